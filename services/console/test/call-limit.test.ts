import { expect, test } from '@jest/globals';
import type { Clock } from '@movie-load/aws';
import { createCallLimit } from '../src/call-limit.ts';

const start = () => {
  /** The sleeps that the clock was asked for. They end at once; the time moves only by `pass`. */
  const slept: number[] = [];
  let now = 5000;
  const clock: Clock = { now: () => now, sleep: async (ms) => void slept.push(ms) };
  const pass = (ms: number) => {
    now += ms;
  };
  const limited = createCallLimit({ clock, perSecond: 10, burst: 3 });
  const port = limited({
    name: 'port',
    add: async (a: number, b: number) => a + b,
    fails: () => Promise.reject(new Error('x')),
  });
  return { slept, pass, port, other: limited({ add: async (a: number, b: number) => a + b }) };
};

test('a burst passes at once; further calls of all ports together wait for their turns', async () => {
  const { slept, port, other } = start();
  for (let call = 0; call < 3; call += 1) expect(await port.add(call, 1)).toBe(call + 1);
  expect(slept).toEqual([]);
  await other.add(1, 1);
  await port.add(1, 1);
  expect(slept).toEqual([100, 200]);
});

test('concurrent calls queue up behind each other, and a pause allows the next burst and not more', async () => {
  const { slept, pass, port } = start();
  await Promise.all([1, 2, 3, 4, 5].map((call) => port.add(call, 1)));
  expect(slept).toEqual([100, 200]);
  pass(10_000);
  slept.length = 0;
  for (let call = 0; call < 4; call += 1) await port.add(call, 1);
  expect(slept).toEqual([100]);
});

test('a call is made at its turn, not before', async () => {
  const turn = Promise.withResolvers<void>();
  const limited = createCallLimit({ clock: { now: () => 0, sleep: () => turn.promise }, perSecond: 10, burst: 0 });
  let calls = 0;
  const waiting = limited({ call: async () => ++calls }).call();
  for (let time = 0; time < 5; time += 1) await Promise.resolve();
  expect(calls).toBe(0);
  turn.resolve();
  expect(await waiting).toBe(1);
});

test('a port that is an instance of a class keeps its `this`', async () => {
  class Counter {
    count = 0;
    async add(): Promise<number> {
      this.count += 1;
      return this.count;
    }
  }
  const limited = createCallLimit({ clock: { now: () => 0, sleep: async () => {} }, perSecond: 10, burst: 3 });
  const port = limited(new Counter());
  expect([await port.add(), await port.add()]).toEqual([1, 2]);
});

test('a property that is not a method is passed on unchanged, and so is an error', async () => {
  const { port } = start();
  expect(port.name).toBe('port');
  await expect(port.fails()).rejects.toThrow('x');
});
