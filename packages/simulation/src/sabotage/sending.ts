// Sabotages of sending, resume, dead-lettering and redrive.
import type { Sabotage } from './sabotage.ts';

const SEND = 'packages/queue/src/send.ts';
const POLICY = 'packages/aws/src/policy.ts';
const ERRORS = 'packages/aws/src/errors.ts';
const DEAD_LETTER = 'packages/queue/src/dead-letter.ts';
const REDRIVE = 'packages/queue/src/redrive.ts';
const MISSING = 'packages/jobs/src/missing.ts';

export const SEND_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'ignore partial batch failures',
    about: 'Of a batch that fails in part, the failed entries count as done.',
    patches: [{ file: POLICY, in: 'batchWithPolicy', at: { call: 'remaining.push' }, instead: 'remaining.length = 0' }],
  },
  {
    name: 'a failed send counts as sent',
    about: 'A batch that failed as a whole counts as sent.',
    patches: [
      { file: POLICY, in: 'batchWithPolicy', at: { throws: 'error' }, insteadOfStatement: 'return [];' },
      { file: POLICY, in: 'callWithPolicy', at: { comparisonOf: 'maxAttempts' }, instead: 'true' },
    ],
  },
  {
    name: 'the wrong entries of a batch are sent again',
    about: 'Of a batch that fails in part, the first entry is sent again instead of the failed ones.',
    patches: [
      { file: POLICY, in: 'batchWithPolicy', at: { argumentOf: 'remaining.push', index: 0 }, instead: 'attempted[0]' },
    ],
  },
  {
    name: 'a refusal loses its place when a batch is sent again',
    about: 'When a second attempt is refused, the wrong entries of the batch are reported.',
    patches: [
      {
        file: POLICY,
        in: 'batchWithPolicy',
        at: { loopOver: 'remaining' },
        instead: (all) => `${all}.map((_, index) => ({ index }))`,
      },
    ],
  },
  {
    name: 'giving up on a batch is silent',
    about: 'When all attempts of a batch have failed, its caller gets no error.',
    patches: [{ file: POLICY, in: 'batchWithPolicy', at: { loopOver: 'remaining' }, instead: '[]' }],
  },
  {
    name: 'throttling is the caller’s fault',
    about: 'A throttled call counts as an error that no second attempt can cure.',
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
    about: 'All messages of a group have one deduplication id: SQS drops all but the first.',
    patches: [{ file: SEND, in: 'messagesOf', at: { argumentOf: 'deduplicationId', index: 2 }, instead: '0' }],
  },
  {
    name: 'resume with old deduplication ids',
    about: 'A resume sends with the ids of an earlier send: SQS drops the messages for five minutes.',
    patches: [{ file: SEND, in: 'sendJob', at: { call: 'random.uuid' }, instead: `'always-the-same'` }],
  },
  {
    name: 'ignore a refused dead letter',
    about: 'A message that the dead-letter queue refused is deleted nevertheless.',
    patches: [{ file: DEAD_LETTER, in: 'deadLetter', at: { throws: 'MovieLoadError' }, insteadOfStatement: '' }],
  },
  {
    name: 'dead-letter by body as deduplication id',
    about: 'Two dead letters with one body have one deduplication id: SQS drops the second.',
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
    about: 'A redrive deletes the dead letter before it is in the queue again: a crash between the two loses it.',
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
    about: 'A redrive sends with the message’s first id: SQS drops it within five minutes.',
    patches: [
      {
        file: REDRIVE,
        in: 'redrivenMessage',
        at: { property: 'deduplicationId' },
        instead: (id) => `deadLetter.original_deduplication_id ?? ${id}`,
      },
    ],
  },
  {
    name: 'redrive to the group of the dead letter',
    about: 'A redrive sends messages to the dead letter’s group instead of the original one.',
    patches: [{ file: REDRIVE, in: 'redrivenMessage', at: { property: 'groupId' }, instead: `message.groupId ?? ''` }],
  },
  {
    name: 'redrive deletes what the queue did not take',
    about: 'A redrive deletes dead letters that the queue has refused.',
    patches: [{ file: REDRIVE, in: 'redrive.send', at: { comparisonOf: 'failure' }, instead: 'true' }],
  },
  {
    name: 'resume does not count a full group',
    about: 'A resume sends nothing for a full group that is missing in its parent: the job never continues.',
    patches: [{ file: MISSING, in: 'missingInGroup', at: { call: 'climbTrigger' }, insteadOfStatement: '' }],
  },
  {
    name: 'resume does not count a full node',
    about: 'A resume sends nothing for a full node of the tree that is missing in its parent: the job never continues.',
    patches: [{ file: MISSING, in: 'missingInNode', at: { call: 'climbTrigger' }, insteadOfStatement: '' }],
  },
  {
    name: 'resume does not count a full root',
    about: 'A resume sends nothing when all is counted and only the object is missing: the job never becomes COMPLETE.',
    patches: [{ file: MISSING, in: 'findMissing', at: { call: 'climbTrigger' }, insteadOfStatement: '' }],
  },
  {
    name: 'refused deletes are not tried again',
    about: 'Deletes that SQS refuses for the moment are not tried again: handled messages are delivered again.',
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
