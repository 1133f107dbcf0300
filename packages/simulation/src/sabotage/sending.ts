// Sabotages of sending, resume, dead-lettering and redrive: the losses that a later resume would hide.
import type { Sabotage } from './sabotage.ts';

const SEND = 'packages/queue/src/send.ts';
const POLICY = 'packages/aws/src/policy.ts';
const ERRORS = 'packages/aws/src/errors.ts';
const DEAD_LETTER = 'packages/queue/src/dead-letter.ts';
const REDRIVE = 'packages/queue/src/redrive.ts';
const MISSING = 'packages/jobs/src/missing.ts';

export const SENDING: readonly Sabotage[] = [
  {
    name: 'ignore partial batch failures',
    patches: [{ file: POLICY, in: 'batchWithPolicy', at: { call: 'left.push' }, instead: 'left.length = 0' }],
  },
  {
    name: 'a failed send counts as sent',
    patches: [
      { file: POLICY, in: 'batchWithPolicy', at: { throws: 'error' }, insteadOfStatement: 'return [];' },
      { file: POLICY, in: 'callWithPolicy', at: { comparisonOf: 'maxAttempts' }, instead: 'true' },
    ],
  },
  {
    name: 'the wrong entries of a batch are sent again',
    patches: [{ file: POLICY, in: 'batchWithPolicy', at: { argumentOf: 'left.push', index: 0 }, instead: 'sent[0]' }],
  },
  {
    name: 'a refusal loses its place when a batch is sent again',
    patches: [
      {
        file: POLICY,
        in: 'batchWithPolicy',
        at: { loopOver: 'left' },
        instead: (all) => `${all}.map((_, index) => ({ index }))`,
      },
    ],
  },
  {
    name: 'giving up on a batch is silent',
    patches: [{ file: POLICY, in: 'batchWithPolicy', at: { loopOver: 'left' }, instead: '[]' }],
  },
  {
    name: 'throttling is the caller’s fault',
    patches: [
      {
        file: ERRORS,
        in: 'classifyError',
        at: { call: 'THROTTLING.test' },
        before: `if (THROTTLING.test(name)) return 'caller';`,
      },
    ],
  },
  {
    name: 'deduplication ids without the number',
    patches: [{ file: SEND, in: 'messagesOf', at: { argumentOf: 'deduplicationId', index: 2 }, instead: '0' }],
  },
  {
    name: 'resume with old deduplication ids',
    patches: [{ file: SEND, in: 'sendJob', at: { call: 'random.uuid' }, instead: `'always-the-same'` }],
  },
  {
    name: 'ignore a refused dead letter',
    patches: [{ file: DEAD_LETTER, in: 'deadLetter', at: { throws: 'MovieLoadError' }, insteadOfStatement: '' }],
  },
  {
    name: 'dead-letter by body as deduplication id',
    patches: [
      {
        file: DEAD_LETTER,
        in: 'deadLetterOf',
        at: { property: 'deduplicationId' },
        instead: `'body-' + [...body].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4294967296, 7)`,
      },
    ],
  },
  {
    name: 'redrive deletes first',
    patches: [
      {
        file: REDRIVE,
        in: 'redrive.send',
        at: { call: 'to.send' },
        before: 'await from.delete(batch.map(({ source }) => source.receiptHandle));',
      },
    ],
  },
  {
    name: 'redrive with the old deduplication id',
    patches: [
      {
        file: REDRIVE,
        in: 'outgoing',
        at: { property: 'deduplicationId' },
        instead: (id) => `letter.original_deduplication_id ?? ${id}`,
      },
    ],
  },
  {
    name: 'redrive to the group of the dead letter',
    patches: [{ file: REDRIVE, in: 'outgoing', at: { property: 'groupId' }, instead: `message.groupId ?? ''` }],
  },
  {
    name: 'redrive deletes what the queue did not take',
    patches: [{ file: REDRIVE, in: 'redrive.send', at: { comparisonOf: 'failure' }, instead: 'true' }],
  },
  {
    name: 'resume does not count a full group',
    patches: [{ file: MISSING, in: 'inGroup', at: { call: 'climbAgain' }, insteadOfStatement: '' }],
  },
  {
    name: 'resume does not count a full node',
    patches: [{ file: MISSING, in: 'inNode', at: { call: 'climbAgain' }, insteadOfStatement: '' }],
  },
  {
    name: 'resume does not count a full root',
    patches: [{ file: MISSING, in: 'findMissing', at: { call: 'climbAgain' }, insteadOfStatement: '' }],
  },
  {
    name: 'refused deletes are not tried again',
    patches: [
      {
        file: 'packages/aws/src/resilient-ports.ts',
        in: 'resilientQueue.delete',
        at: { call: 'queue.delete' },
        instead: (call) => `${call}.then(() => [])`,
      },
    ],
  },
];
