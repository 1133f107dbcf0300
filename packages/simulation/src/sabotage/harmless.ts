// Harmless changes, which break no invariant. The simulation must not notice them: a check that fails at every change
// would prove as little as one that never fails.
import type { Sabotage } from './sabotage.ts';

export const HARMLESS_CHANGES: readonly Sabotage[] = [
  {
    name: 'a list that S3 no longer agrees with is made again by the next delivery',
    about: 'A consumer gives up on a list of parts that has changed, and the next delivery makes a new one.',
    patches: [
      { file: 'packages/jobs/src/complete.ts', in: 'completeJob', at: { text: 'InvalidPart' }, instead: "'Nothing'" },
    ],
  },
  {
    name: 'no process remembers an upload',
    about: 'Each part asks the table for the upload’s id again.',
    patches: [
      { file: 'packages/jobs/src/upload.ts', in: 'openUpload', at: { variable: 'id' }, instead: 'undefined as never' },
    ],
  },
  {
    name: 'a dead letter for each delivery',
    about: 'Each delivery of a message that cannot succeed makes a dead letter of its own.',
    patches: [
      {
        file: 'packages/queue/src/dead-letter.ts',
        in: 'deadLetterOf',
        at: { property: 'deduplicationId' },
        instead: "[messageId, receiveCount].join('.')",
      },
    ],
  },
];
