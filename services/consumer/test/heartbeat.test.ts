import { describe, expect, test } from '@jest/globals';
import { createVirtualClock } from '@movie-load/testing';
import { createHeartbeat } from '../src/heartbeat.ts';
import { createFakeQueue, received, refusal } from './support.ts';

const [a, b, c] = [received('a'), received('b'), received('c')];
const MINUTE = 60_000;

function setUp(extra: Partial<Parameters<typeof createHeartbeat>[0]> = {}) {
  const clock = createVirtualClock();
  const queue = createFakeQueue();
  const failures: string[] = [];
  const heartbeat = createHeartbeat({
    queue,
    clock,
    visibilitySeconds: 60,
    onFailure: (error, _, why) => failures.push(`${why} ${error}`),
    ...extra,
  });
  const handles = () =>
    queue.changes.map((changes) => changes.map(({ receiptHandle }) => receiptHandle.slice(-1)).join(''));
  return { clock, queue, heartbeat, failures, handles };
}

describe('heartbeats', () => {
  test('extend all messages of a receive together, at a third of the visibility timeout', async () => {
    const { clock, queue, heartbeat, handles } = setUp();
    heartbeat.extend([a, b]);
    await clock.advance(19_999);
    expect(queue.changes).toEqual([]);
    await clock.advance(1);
    expect(queue.changes).toEqual([
      [
        { receiptHandle: 'handle-a', seconds: 60 },
        { receiptHandle: 'handle-b', seconds: 60 },
      ],
    ]);
    await clock.advance(40_000);
    expect(handles()).toEqual(['ab', 'ab', 'ab']);
  });

  test('of several receives are sent in order, each at its own time', async () => {
    const { clock, heartbeat, handles } = setUp();
    heartbeat.extend([a]);
    await clock.advance(15_000);
    heartbeat.extend([b, c]);
    await clock.advance(25_000);
    expect(handles()).toEqual(['a', 'bc', 'a']);
  });

  test('end for a message that is finished, and for a receive whose messages are all finished', async () => {
    const { clock, heartbeat, handles } = setUp();
    const extension = heartbeat.extend([a, b]);
    void extension.stop([a]);
    await clock.advance(20_000);
    void extension.stop([b]);
    await clock.advance(10 * MINUTE);
    expect(handles()).toEqual(['b']);
    expect(extension.signal.aborted).toBe(false);
  });

  test('end after 15 minutes without progress, and the work is aborted', async () => {
    const { clock, heartbeat, handles } = setUp();
    const extension = heartbeat.extend([a]);
    await clock.advance(10 * MINUTE);
    extension.progress();
    await clock.advance(14 * MINUTE);
    expect(extension.signal.aborted).toBe(false);
    await clock.advance(2 * MINUTE);
    expect(extension.signal.reason).toMatchObject({ name: 'HeartbeatEnded', message: 'heartbeats ended: no progress' });
    const beats = handles().length;
    await clock.advance(10 * MINUTE);
    expect(handles()).toHaveLength(beats);
  });

  test('end after 11 hours whatever the progress', async () => {
    const { clock, heartbeat, handles } = setUp({ visibilitySeconds: 1800 });
    const extension = heartbeat.extend([a]);
    for (let minutes = 0; minutes < 11 * 60 - 1; minutes++) {
      await clock.advance(MINUTE);
      extension.progress();
    }
    expect(extension.signal.aborted).toBe(false);
    await clock.advance(MINUTE);
    expect(extension.signal.reason).toMatchObject({ message: 'heartbeats ended: too old' });
    // One each ten minutes; after eleven hours none.
    expect(handles()).toHaveLength(65);
    await clock.advance(60 * MINUTE);
    expect(handles()).toHaveLength(65);
  });

  test('that fail are reported and continue', async () => {
    const { clock, queue, heartbeat, failures, handles } = setUp();
    queue.changeAnswers.push(new Error('away'));
    heartbeat.extend([a]);
    await clock.advance(40_000);
    expect(failures).toEqual(['call_failed Error: away']);
    expect(handles()).toEqual(['a', 'a']);
  });

  test('leave out a message that another consumer has received', async () => {
    const { clock, queue, heartbeat, failures, handles } = setUp();
    queue.changeAnswers.push([refusal(0, 'InvalidParameterValue')]);
    heartbeat.extend([a, b]);
    await clock.advance(40_000);
    expect(handles()).toEqual(['ab', 'b']);
    expect(failures).toHaveLength(1);
  });

  test('are awaited by `stop`, because one in flight would undo a release', async () => {
    const answer = Promise.withResolvers<[]>();
    const { clock, heartbeat } = setUp({ queue: { changeVisibility: () => answer.promise } });
    const extension = heartbeat.extend([a]);
    await clock.advance(20_000);
    let stopped = false;
    const done = extension.stop([a]).then(() => {
      stopped = true;
    });
    await clock.advance(10_000);
    expect(stopped).toBe(false);
    answer.resolve([]);
    await done;
    expect(stopped).toBe(true);
  });

  test('are not delayed by another one that hangs', async () => {
    const calls: string[] = [];
    const { clock, heartbeat } = setUp({
      queue: {
        changeVisibility: ([change]) => {
          calls.push(change?.receiptHandle ?? '');
          return calls.length === 1 ? new Promise(() => undefined) : Promise.resolve([]);
        },
      },
    });
    heartbeat.extend([a]);
    heartbeat.extend([b]);
    await clock.advance(45_000);
    expect(calls).toEqual(['handle-a', 'handle-b', 'handle-b']);
    expect(heartbeat.overdueMs()).toBe(0);
  });

  test('are tried once each, with a signal that ends with the process', async () => {
    const callOptions: { signal?: AbortSignal | undefined; maxAttempts?: number | undefined }[] = [];
    const { clock, heartbeat } = setUp({
      queue: {
        changeVisibility: (_, options = {}) => {
          callOptions.push(options);
          return new Promise(() => undefined);
        },
      },
    });
    heartbeat.extend([a]);
    await clock.advance(20_000);
    expect(callOptions.map(({ signal, maxAttempts }) => [signal?.aborted, maxAttempts])).toEqual([[false, 1]]);
    heartbeat.stop();
    expect(callOptions[0]?.signal?.aborted).toBe(true);
  });

  test('continue for an entry that fails for a moment, not for one that another consumer has', async () => {
    const { clock, queue, heartbeat, failures, handles } = setUp();
    queue.changeAnswers.push([refusal(0, 'InternalError'), refusal(2, 'ReceiptHandleIsInvalid', true)]);
    heartbeat.extend([a, b, c]);
    await clock.advance(40_000);
    expect(handles()).toEqual(['abc', 'ab']);
    expect(failures).toEqual(['messages_lost Error: another consumer has the messages']);
  });

  test('that are refused for a message deleted meanwhile are not reported', async () => {
    const answer = Promise.withResolvers<ReturnType<typeof refusal>[]>();
    const { clock, heartbeat, failures } = setUp({ queue: { changeVisibility: () => answer.promise } });
    const extension = heartbeat.extend([a, b]);
    await clock.advance(20_000);
    void extension.stop([a]);
    answer.resolve([refusal(0, 'InvalidParameterValue')]);
    await clock.advance(1000);
    expect(failures).toEqual([]);
  });

  test('end exactly after their time without progress, and at their maximum age', async () => {
    const quiet = setUp({ maxQuietMs: 60_000 });
    const extension = quiet.heartbeat.extend([a]);
    await quiet.clock.advance(59_999);
    expect(extension.signal.aborted).toBe(false);
    await quiet.clock.advance(1);
    expect(extension.signal.reason).toMatchObject({ message: 'heartbeats ended: no progress' });

    const old = setUp({ maxAgeMs: 60_000 });
    const oldExtension = old.heartbeat.extend([a]);
    await old.clock.advance(59_999);
    oldExtension.progress();
    await old.clock.advance(1);
    expect(oldExtension.signal.reason).toMatchObject({ message: 'heartbeats ended: too old' });
  });

  test('that are minutes late, because the process slept, are sent once, then a third of the timeout later', async () => {
    const { clock, heartbeat, handles } = setUp();
    const { now } = clock;
    heartbeat.extend([a]);
    let sleptMs = 0;
    clock.now = () => now() + sleptMs;
    sleptMs = 5 * MINUTE + 10_000;
    await clock.advance(20_000);
    expect(handles()).toEqual(['a']);
    expect(heartbeat.overdueMs()).toBe(0);
    await clock.advance(19_999);
    expect(handles()).toEqual(['a']);
    await clock.advance(1);
    expect(handles()).toEqual(['a', 'a']);
  });

  test('begin again for a receive that arrives after all earlier ones have ended', async () => {
    const { clock, heartbeat, handles } = setUp();
    void heartbeat.extend([a]).stop([a]);
    await clock.advance(60_000);
    heartbeat.extend([b]);
    await clock.advance(20_000);
    expect(handles()).toEqual(['b']);
  });

  test('are not sent after `stop`, and then count as late', async () => {
    const { clock, heartbeat, handles } = setUp();
    heartbeat.extend([a]);
    await clock.advance(10_000);
    heartbeat.stop();
    await clock.advance(30_000);
    expect(handles()).toEqual([]);
    expect(heartbeat.overdueMs()).toBe(20_000);
    expect(setUp().heartbeat.overdueMs()).toBe(0);
  });

  test('have a signal for the work, which `abort` aborts with the given reason', () => {
    const extension = setUp().heartbeat.extend([a]);
    const reason = new Error('the process ends');
    extension.abort(reason);
    expect(extension.signal.reason).toBe(reason);
  });

  test('of all receives are sent by one loop with one wait at a time', async () => {
    const clock = createVirtualClock();
    let waiting = 0;
    let most = 0;
    const counting = {
      ...clock,
      sleep: async (ms: number, signal?: AbortSignal) => {
        waiting += 1;
        most = Math.max(most, waiting);
        await clock.sleep(ms, signal).finally(() => {
          waiting -= 1;
        });
      },
    };
    const { heartbeat } = setUp({ clock: counting });
    for (const message of [a, b, c]) {
      heartbeat.extend([message]);
      await clock.advance(1000);
    }
    await clock.advance(60_000);
    expect(most).toBe(1);
    heartbeat.stop();
  });
});
