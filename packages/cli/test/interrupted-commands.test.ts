// Ctrl-C during a command that changes something: it stops there, ends with 130, and leaves no message hidden.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemRandom } from '@movie-load/aws';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import { planJob } from '@movie-load/schema';
import { sendMessages, startTestAws, type TestAws } from '@movie-load/testing';
import { watchSignals } from '../src/signals.ts';
import { runCommand } from './run-command.ts';

watchSignals();

const DEAD_LETTERS = 40;
const plan = planJob({ nonce: 'stop', movies: 200, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });

let aws: TestAws;
beforeEach(async () => {
  aws = await startTestAws();
});
afterEach(() => aws.close());

/** Runs a command that gets a SIGINT when its first call of this operation arrives. */
async function interrupt(operation: string, ...words: string[]) {
  let isSent = false;
  aws.faults = {
    delayMs(called) {
      if (called === operation && !isSent) {
        isSent = true;
        process.listeners('SIGINT').at(-1)?.('SIGINT');
      }
      return 0;
    },
  };
  const ended = await runCommand(aws.env, ...words);
  aws.faults = {};
  expect(isSent).toBe(true);
  return ended;
}

async function fillDeadLetters(): Promise<void> {
  const ids = Array.from({ length: DEAD_LETTERS }, (_, number) => `letter-${number}`);
  await sendMessages(
    aws.dlq,
    ids.map((id) => ({ body: id, groupId: id, deduplicationId: id })),
  );
}

/** At most the batch of the call that was interrupted is gone. */
test.each([
  ['sqs:DeleteMessageBatch', ['dlq', 'purge', '--yes'], DEAD_LETTERS - 10],
  ['sqs:SendMessageBatch', ['dlq', 'redrive'], DEAD_LETTERS - 10],
  ['sqs:ReceiveMessage', ['dlq', 'purge', '--yes'], DEAD_LETTERS],
  ['sqs:ReceiveMessage', ['dlq', 'redrive', '--dry-run'], DEAD_LETTERS],
])('Ctrl-C during %s of %j leaves at least %i of 40 dead letters, all visible', async (operation, words, least) => {
  await fillDeadLetters();
  const { code, stdout } = await interrupt(operation, ...words);
  expect([code, stdout]).toEqual([130, '']);
  const { waiting, inFlight } = await aws.dlq.status();
  expect(waiting).toBeGreaterThanOrEqual(least);
  expect(inFlight).toBe(0);
});

test('Ctrl-C before a peek receives messages leaves them all visible', async () => {
  await sendJob({ queue: aws.queue, plan, started_on: new Date().toISOString(), random: systemRandom });
  const { code } = await interrupt('sqs:GetQueueUrl', 'queue', 'peek');
  expect(code).toBe(130);
  expect(await aws.queue.status()).toMatchObject({ waiting: 200, inFlight: 0 });
});

test('Ctrl-C before a purge begins changes nothing', async () => {
  await sendJob({ queue: aws.queue, plan, started_on: new Date().toISOString(), random: systemRandom });
  expect((await interrupt('sqs:GetQueueAttributes', 'queue', 'purge', '--yes')).code).toBe(130);
  expect(await aws.queue.status()).toMatchObject({ waiting: 200 });
});
