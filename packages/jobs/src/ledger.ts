// Step 4: the numbers of stored messages. A union of sets, so that a repeat changes nothing.
import type { TableItem } from '@movie-load/aws';
import { type JobShape, ledgerKey, messagesOfGroup, shapeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { boundedSetSize, numberSet } from './item.ts';
import { expirySet, NOT_DELETED } from './marker.ts';
import type { StoreBatch } from './slices.ts';

export type Counted =
  | { readonly kind: 'open' }
  /** Also when another consumer filled it. */
  | { readonly kind: 'full'; readonly ledger: TableItem }
  /** The job was deleted: nothing is counted. */
  | { readonly kind: 'deleted' };

/** Counts a batch's messages, and tells how the group's ledger is now. */
export async function addToLedger(context: JobsContext, batch: StoreBatch, signal: AbortSignal): Promise<Counted> {
  const { first, count } = messagesOfGroup(shapeOf(batch.plan), batch.group);
  const expires = expirySet(context);
  const after = await context.table.update({
    key: ledgerKey(batch.job_id, batch.group),
    update: `ADD #stored :numbers SET ${['#expected = :expected', '#stored_on = :now', '#stored_by = :me', expires.set].filter(Boolean).join(', ')}`,
    condition: NOT_DELETED.condition,
    names: {
      '#stored': 'stored',
      '#expected': 'expected',
      '#stored_on': 'stored_on',
      '#stored_by': 'stored_by',
      ...NOT_DELETED.names,
      ...expires.names,
    },
    values: {
      ...expires.values,
      ':numbers': numberSet(batch.messages.map(({ number }) => number - first)),
      ':expected': { N: String(count) },
      ':now': { S: new Date(context.clock.now()).toISOString() },
      ':me': { S: context.instance },
    },
    signal,
  });
  if (after === undefined) return { kind: 'deleted' };
  const stored = boundedSetSize(after.stored, count, ledgerKey(batch.job_id, batch.group));
  return stored >= count ? { kind: 'full', ledger: after } : { kind: 'open' };
}

/** The message numbers (within the job) that a group's ledger lacks. */
export function missingNumbers(shape: JobShape, group: number, stored: ReadonlySet<number>): number[] {
  const { first, count } = messagesOfGroup(shape, group);
  const missing: number[] = [];
  for (let number = 0; number < count; number += 1) if (!stored.has(number)) missing.push(first + number);
  return missing;
}
