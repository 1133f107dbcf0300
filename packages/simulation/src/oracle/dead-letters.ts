// Checks which processes delete which messages from the dead-letter queue.

import { DEAD_LETTER_ATTRIBUTES } from '@movie-load/schema';
import type { AcceptedMessage } from '../services/sqs-watch.ts';
import type { Invariant } from './invariants.ts';

export type DeadLetters = ReturnType<typeof createDeadLetters>;

export interface DeadLettersOptions {
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
}

/** A purge may delete dead letters of some reasons, a list none. `messages.ts` checks other processes (redrives). */
export function createDeadLetters({ violate, count }: DeadLettersOptions) {
  /** The reasons that each purge or list may delete, by the process's name. */
  const allowedReasons = new Map<string, ReadonlySet<string>>();
  const purgedMessages = new Set<string>();
  return {
    /** The process was asked to purge dead letters of these reasons, and no others. */
    expectPurge: (caller: string, reasons: readonly string[]) => void allowedReasons.set(caller, new Set(reasons)),
    /** The process only lists dead letters, and may delete none. */
    expectList: (caller: string) => void allowedReasons.set(caller, new Set()),
    isPurgeOrList: (caller: string) => allowedReasons.has(caller),
    /** A purge or list deleted a message. */
    messagePurged(deadLetter: AcceptedMessage, caller: string): void {
      const { id, body, attributes } = deadLetter;
      count('dead letter purged');
      const reason = attributes[DEAD_LETTER_ATTRIBUTES.reason]?.StringValue ?? 'none';
      if (!allowedReasons.get(caller)?.has(reason))
        violate('a purge deletes only what matches', `${caller} deleted ${id}, whose reason is ${reason}`);
      purgedMessages.add(`${originalGroup(deadLetter)} ${body}`);
    },
    wasPurged: (group: string, body: string) => purgedMessages.has(`${group} ${body}`),
  };
}

/** The group that a message was sent to, also when it is a dead letter. */
export const originalGroup = ({ group, attributes }: AcceptedMessage): string | undefined =>
  attributes[DEAD_LETTER_ATTRIBUTES.originalGroup]?.StringValue ?? group;
