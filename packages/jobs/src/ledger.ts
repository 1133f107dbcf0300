// Adds the numbers of stored messages to the ledger of their group (step 4 of docs/design.md). Adding to a set is a
// union, so a repeat changes nothing.
import type { TableItem } from '@movie-load/aws';
import { type JobShape, ledgerKey, messagesOfGroup, shapeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { boundedSetSize, expressionNames, missingFrom, numberSet } from './item.ts';
import { expirySet, NOT_DELETED } from './marker.ts';
import type { StoreBatch } from './slices.ts';

interface CountedBefore {
  /** Movies of the batch that were counted before: a repeat. */
  readonly repeated: number;
}
export type CountResult =
  | ({ readonly kind: 'open' } & CountedBefore)
  /** Full, whichever consumer filled it. */
  | ({ readonly kind: 'full'; readonly ledger: TableItem } & CountedBefore)
  /** The job was deleted: nothing is counted. */
  | { readonly kind: 'deleted' };

/** Counts a batch's messages, and returns the state of the group's ledger. */
export async function addToLedger(context: JobsContext, batch: StoreBatch, signal: AbortSignal): Promise<CountResult> {
  const { first, count } = messagesOfGroup(shapeOf(batch.plan), batch.group);
  const numbers = numberSet(batch.messages.map(({ number }) => number - first));
  const expires = expirySet(context);
  const before = await context.table.update({
    key: ledgerKey(batch.job_id, batch.group),
    update: `ADD #stored :numbers SET ${['#expected = :expected', '#stored_on = :now', '#stored_by = :me', ...expires.sets].join(', ')}`,
    condition: NOT_DELETED.condition,
    names: {
      ...expressionNames('stored', 'expected', 'stored_on', 'stored_by'),
      ...NOT_DELETED.names,
      ...expires.names,
    },
    values: {
      ...expires.values,
      ':numbers': numbers,
      ':expected': { N: String(count) },
      ':now': { S: new Date(context.clock.now()).toISOString() },
      ':me': { S: context.instance },
    },
    // The set before the update shows which messages are repeats. The set after it follows, because `ADD` is an
    // atomic union.
    returns: 'before',
    signal,
  });
  if (before === undefined) return { kind: 'deleted' };
  const counted = new Set(before.stored?.NS);
  const after = { ...before, stored: { NS: [...new Set([...counted, ...(numbers.NS ?? [])])] } };
  const stored = boundedSetSize(after.stored, count, ledgerKey(batch.job_id, batch.group));
  const repeats = batch.messages.filter(({ number }) => counted.has(String(number - first)));
  const repeated = repeats.reduce((sum, { movies }) => sum + movies.length, 0);
  return stored >= count ? { kind: 'full', ledger: after, repeated } : { kind: 'open', repeated };
}

/** The message numbers (within the job) that are missing in a group's ledger. */
export const missingNumbers = (shape: JobShape, group: number, stored: ReadonlySet<number>): number[] =>
  missingFrom(messagesOfGroup(shape, group), stored);
