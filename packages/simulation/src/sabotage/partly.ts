// Sabotages of what follows when a batch fails in part, and when a caller has been told to stop.
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

/** In batches that fail in part, once and then again. */
const BATCHES: readonly Sabotage[] = [
  {
    name: 'a refusal counts in what was sent again',
    patches: [
      { file: POLICY, in: 'batchWithPolicy.sendWhatIsLeft', at: { property: 'index' }, instead: 'failure.index' },
    ],
  },
  {
    name: 'what SQS did not take of a batch is ignored',
    patches: [{ file: QUEUE, in: 'queueAt.send', at: { call: 'failures' }, instead: '[]' }],
  },
  {
    name: 'visibilities that SQS did not change are ignored',
    patches: [{ file: QUEUE, in: 'queueAt.changeVisibility', at: { call: 'failures' }, instead: '[]' }],
  },
  {
    name: 'deletes are tried again once at most',
    patches: [
      {
        file: PORTS,
        in: 'resilientQueue.delete',
        at: { call: 'queue.delete' },
        instead: (call) => `${call}.then((failures) => (some.length < handles.length ? [] : failures))`,
      },
    ],
  },
  {
    name: 'unprocessed items are written again once at most',
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
    patches: [{ file: RELEASE, in: 'release', at: { property: 'maxAttempts' }, instead: '1' }],
  },
  {
    name: 'a sweep tries each delete once',
    patches: [{ file: SWEEP, at: { variable: 'DELETE_ATTEMPTS' }, instead: '1' }],
  },
  {
    name: 'what a sweep could not delete is not reported',
    patches: [{ file: SWEEP, in: 'sweep', at: { call: 'undeleted.add' }, insteadOfStatement: '' }],
  },
  {
    name: 'what a sweep could not delete is visited again',
    patches: [
      { file: SWEEP, in: 'sweep', at: { variable: 'again' }, instead: '[]' },
      { file: SWEEP, in: 'sweep', at: { variable: 'fresh' }, instead: (all) => all.replace(/ && .*\)$/, ')') },
    ],
  },
  {
    name: 'a sweep releases nothing',
    patches: [{ file: SWEEP, in: 'changeAll', at: { start: true }, before: 'if (seconds === 0) return;' }],
  },
  {
    name: 'a redrive forgets how many were asked for',
    patches: [{ file: REDRIVE, in: 'sweepMatching', at: { assignmentTo: 'left' }, insteadOfStatement: '' }],
  },
  {
    name: 'a purge takes what does not match',
    patches: [{ file: REDRIVE, in: 'sweepMatching', at: { call: 'matches' }, instead: 'true' }],
  },
  {
    name: 'a dry run deletes',
    patches: [{ file: REDRIVE, in: 'sweepMatching', at: { property: 'done' }, instead: 'done' }],
  },
];

/** Of work that goes on after its caller has left, and of signals that do not arrive. */
const ENDS: readonly Sabotage[] = [
  {
    name: 'sending goes on after its caller was told that it failed',
    patches: [
      { file: SEND, in: 'sendJob', at: { call: 'stop.abort' }, insteadOfStatement: '' },
      { file: SEND, in: 'sendJob', at: { call: 'Promise.allSettled' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'a receive counts as handled while a group is still at work',
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
    patches: [
      { file: PORTS, in: 'resilientTable.putBatch', at: { argumentOf: 'table.putBatch', index: 1 }, instead: '{}' },
    ],
  },
  {
    name: 'storing gets a signal that never aborts',
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

export const PARTLY: readonly Sabotage[] = [...BATCHES, ...ENDS];
