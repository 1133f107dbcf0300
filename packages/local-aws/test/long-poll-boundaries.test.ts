// The limits of a long poll: the end of its wait, the next visibility timeout, and one message for one poll.

import { describe, expect, test } from '@jest/globals';
import { LongPolls } from '../src/sqs/long-polls.ts';

describe('a long poll', () => {
  function start(WaitTimeSeconds: number) {
    const polls = new LongPolls({ clock: Date });
    const QueueUrl = String(polls.engine.call('CreateQueue', { QueueName: 'q' }).QueueUrl);
    const answers: unknown[] = [];
    const poll = () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const answer = (output: unknown) => {
        answers.push(output);
        resolve();
      };
      polls.receive({ QueueUrl, WaitTimeSeconds }, answer, reject);
      return promise;
    };
    return { polls, answers, poll, send: () => polls.engine.call('SendMessage', { QueueUrl, MessageBody: 'x' }) };
  }

  test('receives nothing after its wait is over', async () => {
    const { polls, answers, poll, send } = start(1);
    await poll();
    expect([answers, polls.size]).toEqual([[{}], 0]);
    send();
    await Promise.resolve();
    expect(polls.engine.queueByName('q').readyCount).toBe(1);
    expect(answers).toHaveLength(1);
  });

  test('is answered when a message in flight becomes visible, also when that is earlier than planned', async () => {
    const polls = new LongPolls({ clock: Date });
    const bodies = await Promise.all(
      [1, 600].map(async (VisibilityTimeout) => {
        const QueueName = `q${VisibilityTimeout}`;
        const QueueUrl = String(polls.engine.call('CreateQueue', { QueueName }).QueueUrl);
        polls.engine.call('SendMessage', { QueueUrl, MessageBody: QueueName });
        const { Messages } = polls.engine.call('ReceiveMessage', { QueueUrl, VisibilityTimeout });
        const [{ ReceiptHandle } = {}] = Messages as { readonly ReceiptHandle?: string }[];
        const { promise, resolve, reject } = Promise.withResolvers<unknown>();
        polls.receive({ QueueUrl, WaitTimeSeconds: 20 }, resolve, reject);
        if (VisibilityTimeout > 1) {
          polls.engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 1 });
        }
        return promise;
      }),
    );
    expect(bodies).toMatchObject([{ Messages: [{ Body: 'q1' }] }, { Messages: [{ Body: 'q600' }] }]);
  });

  test('ends with its answer, and one message answers one poll', async () => {
    const { polls, answers, poll, send } = start(20);
    const both = [poll(), poll()];
    send();
    await both[0];
    expect([answers.length, polls.size]).toEqual([1, 1]);
    polls.close();
    await both[1];
    expect([answers[1], polls.size]).toEqual([{}, 0]);
    // After close() no poll waits.
    await poll();
    expect([answers.length, polls.size]).toEqual([3, 0]);
  });
});
