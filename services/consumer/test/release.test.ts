import { describe, expect, test } from '@jest/globals';
import { acknowledge } from '../src/acknowledge.ts';
import { backoffSeconds, release, releaseChanges } from '../src/release.ts';
import { createFakeQueue, createVirtualClock, longestWaits, received, refusal } from './support.ts';

const three = [received('a', { receiveCount: 3 }), received('b'), received('c')];

function setUp() {
  const clock = createVirtualClock();
  const queue = createFakeQueue();
  const controller = new AbortController();
  return { clock, queue, controller, options: { clock, random: longestWaits, signal: controller.signal } };
}

describe('giving back', () => {
  test('waits longer with each delivery: ten of them span more than an hour', () => {
    const waits = Array.from({ length: 10 }, (_, index) => backoffSeconds(index + 1));
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    expect(waits.slice(0, 9).reduce((sum, seconds) => sum + seconds)).toBeGreaterThan(3600);
  });

  test('after a failure only the first message of the group waits', () => {
    expect(releaseChanges(three, 'backoff').map(({ seconds }) => seconds)).toEqual([60, 0, 0]);
  });

  test('when the process ends all come back at once', () => {
    expect(releaseChanges(three, 'now').map(({ seconds }) => seconds)).toEqual([0, 0, 0]);
  });

  test('what SQS refuses is tried again with the same visibility, an expired handle is not', async () => {
    const { clock, queue, options } = setUp();
    queue.changeAnswers.push(new Error('away'), [
      refusal(0, 'InternalError'),
      refusal(1, 'ReceiptHandleIsInvalid', true),
    ]);
    const done = release(queue, three, 'backoff', options);
    await clock.advance(60_000);
    expect(await done).toEqual([]);
    expect(queue.changes.at(-1)).toEqual([{ receiptHandle: 'handle-a', seconds: 60 }]);
    expect(queue.changes).toHaveLength(3);
  });

  test('a queue that stays away ends the trying, and says what is left', async () => {
    const { clock, queue, options } = setUp();
    queue.changeAnswers.push(...Array.from({ length: 100 }, () => new Error('away')));
    const done = release(queue, three, 'now', options);
    await clock.advance(10 * 60_000);
    expect(await done).toEqual(three);
  });
});

describe('acknowledging', () => {
  test('tries refused deletes again until none is left, and ignores expired handles', async () => {
    const { clock, queue, options } = setUp();
    queue.deleteAnswers.push(new Error('away'), [refusal(1, 'InternalError'), refusal(2, 'InvalidParameterValue')]);
    const done = acknowledge(queue, three, options);
    await clock.advance(60_000);
    await done;
    expect(queue.deleted).toEqual(['handle-a', 'handle-b']);
  });

  test('ends with the signal', async () => {
    const { clock, queue, options, controller } = setUp();
    queue.deleteAnswers.push(...Array.from({ length: 100 }, () => new Error('away')));
    const done = acknowledge(queue, three, options);
    const failed = expect(done).rejects.toThrow('enough');
    await clock.advance(1000);
    controller.abort(new Error('enough'));
    await failed;
    expect(queue.deleted).toEqual([]);
  });

  test('does not repeat what AWS calls invalid', async () => {
    const { queue, options } = setUp();
    queue.deleteAnswers.push(Object.assign(new Error('wrong'), { name: 'ValidationException' }));
    await expect(acknowledge(queue, three, options)).rejects.toThrow('wrong');
  });
});
