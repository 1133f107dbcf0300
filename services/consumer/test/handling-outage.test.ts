// The handler while S3 is unreachable, what it awaits before it releases messages or ends the process, and that it keeps
// nothing of finished work.
import { describe, expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import { bug, messageOf, plan, setUp, soon, storeUntilAborted } from './handler-setup.ts';
import { received } from './support.ts';

const away = new MovieLoadError('dependency_away', 'S3 does not answer: the work that needs it waits in the queue.');

describe('messages whose part waits for S3', () => {
  test('are released for half a minute at most, however often they were received, and that is not a failure', async () => {
    const { handler, steps, logged, facts, exits, counters } = setUp({ store: () => Promise.reject(away) });
    await soon(handler.handle([messageOf(plan, 0), messageOf(plan, 1)]));
    await soon(handler.handle([messageOf(plan, 0, { receiveCount: 6 })]));
    expect(steps.filter((step) => step.startsWith('visibility'))).toEqual(['visibility 0=15 1=0', 'visibility 0=30']);
    expect(new Set(logged)).toEqual(new Set(['warn: released until S3 answers again']));
    expect([exits, counters.released]).toEqual([[], 3]);
    expect(facts).toMatchObject([
      { group: 0, messages: 2, err: away },
      { group: 0, messages: 1 },
    ]);
  });

  test('are released at once, without a log line, when the process ends', async () => {
    const work = Promise.withResolvers<void>();
    const { handler, steps, logged } = setUp({ store: () => work.promise });
    void handler.handle([messageOf(plan, 0, { receiveCount: 6 })]);
    const drained = handler.drain();
    work.reject(away);
    expect(await soon(drained)).toBe(0);
    expect(steps.at(-1)).toBe('visibility 0=0');
    expect(logged).toEqual([]);
  });
});

test('messages of a newer version are released only when no heartbeat is in flight', async () => {
  const beat = Promise.withResolvers<[]>();
  const work = Promise.withResolvers<void>();
  const { handler, steps, clock, queue } = setUp({ store: () => work.promise });
  queue.changeVisibility = async () => beat.promise;
  const { groupId } = messageOf(plan, 0);
  const newer = received('n', { groupId, body: JSON.stringify({ plan: { version: 99 } }) });
  const handled = handler.handle([messageOf(plan, 0), newer]);
  await clock.advance(20_000);
  work.resolve();
  await clock.advance(1);
  expect(steps).toEqual(['store 0', 'visibility 0=60 n=60', 'stored 0', 'delete 0']);
  beat.resolve([]);
  await soon(handled);
  expect(steps.at(-1)).toBe('visibility n=15');
});

test('a bug does not end the process before messages received meanwhile are released, too', async () => {
  const { handler, exits, queue } = setUp({ store: () => Promise.reject(bug) });
  const releases: (() => void)[] = [];
  queue.changeVisibility = () => new Promise((resolve) => releases.push(() => resolve([])));
  const turn = () => new Promise(setImmediate);
  const both = [handler.handle([messageOf(plan, 0)])];
  await turn();
  both.push(handler.handle([messageOf(plan, 10)]));
  await turn();
  expect(releases).toHaveLength(2);
  releases[0]?.();
  await turn();
  expect(exits).toEqual([]);
  releases[1]?.();
  await soon(Promise.all(both));
  await turn();
  expect(exits).toMatchObject([{ code: 70 }]);
});

describe('after the end', () => {
  /** The number of waits for the clock. */
  function countingWaits({ clock }: Pick<ReturnType<typeof setUp>, 'clock'>) {
    const { sleep } = clock;
    let waiting = 0;
    clock.sleep = async (ms, signal) => {
      waiting += 1;
      await sleep(ms, signal).finally(() => {
        waiting -= 1;
      });
    };
    return () => waiting;
  }

  test('of a drain, no wait and no heartbeat continues', async () => {
    const set = setUp({ store: storeUntilAborted });
    const waiting = countingWaits(set);
    void set.handler.handle([messageOf(plan, 0)]);
    const drained = set.handler.drain();
    await set.clock.advance(6000);
    await soon(drained);
    await new Promise(setImmediate);
    expect(waiting()).toBe(0);
  });

  test('of a receive at which the handler itself failed, no heartbeat is sent', async () => {
    const { handler, clock, queue, exits } = setUp();
    const { now } = clock;
    // Called by the heartbeat, by its loop, and then by the handler.
    let asked = 0;
    clock.now = () => {
      asked += 1;
      if (asked === 3) throw new Error('no time');
      return now();
    };
    await soon(handler.handle([messageOf(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toMatchObject([{ code: 70 }]);
    await clock.advance(120_000);
    expect(queue.changes).toEqual([]);
  });

  test('of a thousand jobs of newer versions, their log lines are forgotten', async () => {
    const { handler, logged } = setUp();
    const newer = JSON.stringify({ plan: { version: 99 } });
    const ofJob = (job: number) => {
      const groupId = `${String(job).padStart(8, '0')}-0000-5000-8000-000000000000#0`;
      return handler.handle([received(String(job), { body: newer, groupId })]);
    };
    for (let job = 0; job < 1000; job += 1) await ofJob(job);
    await ofJob(0);
    expect(logged).toHaveLength(1000);
    await ofJob(1000);
    await ofJob(0);
    expect(logged).toHaveLength(1002);
  });
});
