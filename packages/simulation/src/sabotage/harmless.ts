// Changes that break no promise, because no promise depends on what they take away. The simulation must not notice them:
// a check that cries at every change would prove as little as one that never does.
import type { Sabotage } from './sabotage.ts';

export const HARMLESS: readonly Sabotage[] = [
  {
    name: 'no lease: everybody assembles',
    patches: [
      {
        file: 'packages/jobs/src/lease.ts',
        find: '  return after !== undefined;',
        replace: '  return after !== undefined || true;',
      },
    ],
  },
  {
    name: 'refused deletes are not tried again',
    patches: [
      {
        file: 'services/consumer/src/acknowledge.ts',
        find: '    handles = failures.filter((failure) => !handleIsGone(failure)).flatMap(({ index }) => handles[index] ?? []);',
        replace: '    handles = failures.length > 0 ? [] : [];',
      },
    ],
  },
  {
    name: 'a dead letter for each delivery',
    patches: [
      {
        file: 'packages/queue/src/dead-letter.ts',
        find: 'deduplicationId: messageId, attributes:',
        replace: `deduplicationId: \`\${messageId}.\${receiveCount}\`, attributes:`,
      },
    ],
  },
];
