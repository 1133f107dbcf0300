// Sabotages of batches, redrives and purges, and of the code that stops after an abort or a failure.
import type { Sabotage } from './sabotage.ts';

const POLICY = 'packages/aws/src/policy.ts';
const PORTS = 'packages/aws/src/resilient-ports.ts';
const QUEUE = 'packages/aws/src/queue.ts';
const SEND = 'packages/queue/src/send.ts';
const SWEEP = 'packages/queue/src/sweep.ts';
const REDRIVE = 'packages/queue/src/redrive.ts';
const RELEASE = 'services/consumer/src/release.ts';
const HEARTBEAT = 'services/consumer/src/heartbeat.ts';
const HANDLER = 'services/consumer/src/handler.ts';

/** Sabotages of batches of which entries fail, and of the messages that a redrive or purge sends, deletes or releases. */
const BATCH_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a refusal counts in what was sent again',
    about: 'A refusal in the second attempt of a batch is reported with its index in that attempt.',
    patches: [
      { file: POLICY, in: 'batchWithPolicy.sendRemaining', at: { property: 'index' }, instead: 'failure.index' },
    ],
  },
  {
    name: 'what SQS did not take of a batch is ignored',
    about: 'Messages that SQS refuses in a batch count as sent.',
    patches: [{ file: QUEUE, in: 'queueAt.send', at: { call: 'failedEntries' }, instead: '[]' }],
  },
  {
    name: 'visibilities that SQS did not change are ignored',
    about: 'Visibility timeouts that SQS refuses to change count as changed.',
    patches: [{ file: QUEUE, in: 'queueAt.changeVisibility', at: { call: 'failedEntries' }, instead: '[]' }],
  },
  {
    name: 'deletes are tried again once at most',
    about: 'Deletes that SQS refuses twice are given up.',
    patches: [
      {
        file: PORTS,
        in: 'resilientQueue.delete',
        at: { call: 'queue.delete' },
        instead: (call) => `${call}.then((failures) => (entries.length < handles.length ? [] : failures))`,
      },
    ],
  },
  {
    name: 'unprocessed items are written again once at most',
    about: 'Items that DynamoDB leaves unprocessed twice are given up.',
    patches: [
      {
        file: PORTS,
        in: 'resilientTable.putBatch',
        at: { call: 'table.putBatch' },
        instead: (call) => `${call}.then((some) => (sent.length < items.length ? [] : some))`,
      },
    ],
  },
  {
    name: 'a release is tried once',
    about: 'A message whose release fails stays invisible, because there is no second attempt.',
    patches: [{ file: RELEASE, in: 'release', at: { property: 'maxAttempts' }, instead: '1' }],
  },
  {
    name: 'a sweep tries each delete once',
    about: 'A redrive or purge gives up a delete that is refused once.',
    patches: [{ file: SWEEP, at: { variable: 'DELETE_ATTEMPTS' }, instead: '1' }],
  },
  {
    name: 'what a sweep could not delete is not reported',
    about: 'A redrive or purge does not report the messages that it could not delete.',
    patches: [{ file: SWEEP, in: 'sweep', at: { call: 'undeleted.add' }, insteadOfStatement: '' }],
  },
  {
    name: 'what a sweep could not delete is visited again',
    about: 'A redrive that receives a message again which it could not delete sends it again.',
    patches: [
      { file: SWEEP, in: 'sweep', at: { variable: 'redelivered' }, instead: '[]' },
      { file: SWEEP, in: 'sweep', at: { variable: 'unvisited' }, instead: (all) => all.replace(/ && .*\)$/, ')') },
    ],
  },
  {
    name: 'a sweep releases nothing',
    about: 'A redrive or purge leaves the messages that it received but does not want invisible.',
    patches: [{ file: SWEEP, in: 'changeVisibilities', at: { start: true }, before: 'if (seconds === 0) return;' }],
  },
  {
    name: 'a redrive forgets how many were asked for',
    about: 'A redrive that is limited to a number of messages takes all of them.',
    patches: [{ file: REDRIVE, in: 'sweepMatching', at: { assignmentTo: 'remaining' }, insteadOfStatement: '' }],
  },
  {
    name: 'a purge takes what does not match',
    about: 'A purge deletes dead letters of other reasons, too.',
    patches: [{ file: REDRIVE, in: 'sweepMatching', at: { call: 'matches' }, instead: 'true' }],
  },
  {
    name: 'a dry run deletes',
    about: 'A dry run of a redrive deletes the dead letters that it should only count.',
    patches: [{ file: REDRIVE, in: 'sweepMatching', at: { property: 'toDelete' }, instead: 'processed' }],
  },
];

/** Sabotages after which work continues after an abort, counts as handled too early, or is not extended in time. */
const ABORT_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'sending goes on after its caller was told that it failed',
    about: 'When one batch of a send fails, the others continue after the caller has got the error.',
    patches: [
      { file: SEND, in: 'sendJob', at: { call: 'stop.abort' }, insteadOfStatement: '' },
      { file: SEND, in: 'sendJob', at: { call: 'Promise.allSettled' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'a receive counts as handled while a group is still at work',
    about: 'A receive counts as handled when its first group is done.',
    patches: [
      {
        file: HANDLER,
        in: 'ReceiveHandler.#handleReceive',
        at: { call: 'Promise.all' },
        instead: (call) => call.replace('Promise.all', 'Promise.race'),
      },
    ],
  },
  {
    name: 'slices are written without the caller’s signal',
    about: 'Writing slices cannot be aborted.',
    patches: [
      { file: PORTS, in: 'resilientTable.putBatch', at: { argumentOf: 'table.putBatch', index: 1 }, instead: '{}' },
    ],
  },
  {
    name: 'storing gets a signal that never aborts',
    about: 'Storing continues when its visibility timeout is lost or its process stops.',
    patches: [
      {
        file: HANDLER,
        in: 'ReceiveHandler.#store',
        at: { argumentOf: 'jobs.store', index: 1 },
        instead: '{ signal: new AbortController().signal, onProgress: extension.progress }',
      },
    ],
  },
  {
    name: 'a command receives again after Ctrl-C',
    about: 'A redrive, purge or list continues to receive after it was interrupted.',
    patches: [
      {
        file: SWEEP,
        in: 'sweep',
        at: { argumentOf: 'dlq.receive', index: 0 },
        instead: (all) => all.replace(', signal', ''),
      },
    ],
  },
  {
    name: 'an extension comes when the visibility is over',
    about: 'The heartbeat is slower than the visibility timeout: messages are delivered again while they are handled.',
    patches: [
      {
        file: HEARTBEAT,
        in: 'HeartbeatLoop.constructor',
        at: { assignmentTo: 'this.#intervalMs' },
        instead: 'this.#intervalMs = options.visibilitySeconds * 1300',
      },
    ],
  },
];

export const PARTIAL_FAILURE_SABOTAGES: readonly Sabotage[] = [...BATCH_SABOTAGES, ...ABORT_SABOTAGES];
