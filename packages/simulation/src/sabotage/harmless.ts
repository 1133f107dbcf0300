// Changes that break no promise, because no promise depends on what they take away. The simulation must not notice them:
// a check that cries at every change would prove as little as one that never does.
import type { Sabotage } from './sabotage.ts';

export const HARMLESS: readonly Sabotage[] = [
  {
    name: 'no lease: every consumer assembles',
    patches: [
      {
        file: 'packages/jobs/src/lease.ts',
        in: 'takeLease',
        at: { comparisonOf: 'after' },
        insteadOfStatement: 'if (after === undefined) return true;',
      },
    ],
  },
  {
    name: 'a dead letter for each delivery',
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
