// The clock of a lesson: the script moves it, and it wakes sleepers in order. Only short pauses end by themselves.
import { expect, test } from '@jest/globals';
import { LabClock } from '@movie-load/local-aws';
import { LessonClock } from '../src/clock.ts';

function start() {
  const clock = new LessonClock(new LabClock({ now: () => 1000 }));
  const wakeUps: [string, number][] = [];
  const sleep = (name: string, ms: number, signal?: AbortSignal) =>
    clock.sleep(ms, signal).then(
      () => wakeUps.push([name, clock.now()]),
      () => wakeUps.push([`${name} aborted`, clock.now()]),
    );
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { clock, wakeUps, sleep, settle };
}

test('sleepers wake in the order of their times, each at its own time', async () => {
  const { clock, wakeUps, sleep, settle } = start();
  void sleep('later', 9000);
  void sleep('exactly', 10_000);
  void sleep('beyond', 10_001);
  void sleep('sooner', 3000);
  await clock.forward(10_000, settle);
  expect(wakeUps).toEqual([
    ['sooner', 4000],
    ['later', 10_000],
    ['exactly', 11_000],
  ]);
  expect(clock.now()).toBe(11_000);
  await clock.forward(1, settle);
  expect(wakeUps.at(-1)).toEqual(['beyond', 11_001]);
});

test('a sleeper that wakes may sleep again within the same move of the clock', async () => {
  const { clock, wakeUps, sleep, settle } = start();
  void sleep('first', 3000).then(() => sleep('second', 3000));
  await clock.forward(6000, settle);
  expect(wakeUps).toEqual([
    ['first', 4000],
    ['second', 7000],
  ]);
});

test('a pause of up to two seconds moves the clock itself, by at least a millisecond', async () => {
  const { clock, wakeUps, sleep, settle } = start();
  await sleep('none', 0);
  await sleep('short', 2000);
  expect(wakeUps).toEqual([
    ['none', 1001],
    ['short', 3001],
  ]);
  void sleep('long', 2001);
  await settle();
  expect(wakeUps).toHaveLength(2);
  expect(clock.now()).toBe(3001);
});

test('an aborted sleep ends at once, and does not wake again', async () => {
  const { clock, wakeUps, sleep, settle } = start();
  const controller = new AbortController();
  const sleeping = sleep('one', 5000, controller.signal);
  await clock.forward(1000, settle);
  controller.abort();
  await sleeping;
  await clock.forward(10_000, settle);
  expect(wakeUps).toEqual([['one aborted', 2000]]);
  await sleep('two', 5000, controller.signal);
  expect(wakeUps.at(-1)?.[0]).toBe('two aborted');
});
