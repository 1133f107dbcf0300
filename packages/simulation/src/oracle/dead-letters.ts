// Who may take what out of the dead-letter queue for good.

import { DEAD_LETTER_ATTRIBUTES } from '@movie-load/schema';
import type { Accepted } from '../services/sqs-watch.ts';
import type { Invariant } from './invariants.ts';

export type DeadLetters = ReturnType<typeof createDeadLetters>;

export interface DeadLettersOptions {
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
}

/** Purges and looks are told apart by what they may delete: some reasons, or nothing. */
export function createDeadLetters({ violate, count }: DeadLettersOptions) {
  /** Reasons that processes purge, by their names. */
  const purges = new Map<string, ReadonlySet<string>>();
  const purged = new Set<string>();
  return {
    /** The process was asked to purge these, and nothing else. */
    purges: (caller: string, reasons: readonly string[]) => void purges.set(caller, new Set(reasons)),
    /** The process only looks. */
    lists: (caller: string) => void purges.set(caller, new Set()),
    isPurge: (caller: string) => purges.has(caller),
    /** A message left the dead-letter queue by a purge. */
    purged(deadLetter: Accepted, caller: string): void {
      const { id, body, attributes } = deadLetter;
      count('dead letter purged');
      const reason = attributes[DEAD_LETTER_ATTRIBUTES.reason]?.StringValue ?? 'none';
      if (!purges.get(caller)?.has(reason))
        violate('a purge deletes only what matches', `${caller} deleted ${id}, whose reason is ${reason}`);
      purged.add(`${originalGroup(deadLetter)} ${body}`);
    },
    wasPurged: (group: string, body: string) => purged.has(`${group} ${body}`),
  };
}

/** The group that a message was sent to, also when it is a dead letter. */
export const originalGroup = ({ group, attributes }: Accepted): string | undefined =>
  attributes[DEAD_LETTER_ATTRIBUTES.originalGroup]?.StringValue ?? group;
