// Counting: a ledger is a union of numbers within the group, and full exactly when it has all of them, from any
// consumer.
import { describe, expect, test } from '@jest/globals';
import type { TableItem } from '@movie-load/aws';
import { messagesOfGroup, shapeOf } from '@movie-load/schema';
import { addToLedger, missingNumbers } from '../src/ledger.ts';
import { fakeWorld } from './fake-context.ts';
import { batchOf, never, newPlan } from './support.ts';

/** A table with one ledger: `ADD` adds to it, and returns it as it was before. */
function start(has: readonly number[] = []) {
  const stored = new Set(has.map(String));
  const requests: { readonly update: string; readonly values: TableItem; readonly signal: AbortSignal | undefined }[] =
    [];
  const { context } = fakeWorld({
    async update({ key, update, values, signal, returns }) {
      requests.push({ update, values, signal });
      expect([key.part, returns]).toEqual(['ledger', 'before']);
      const storedBefore = [...stored];
      if (/^ADD #stored :numbers\b/.test(update)) for (const number of values[':numbers']?.NS ?? []) stored.add(number);
      return storedBefore.length === 0 ? {} : { stored: { NS: storedBefore } };
    },
  });
  return { context, stored, requests };
}

describe('a ledger', () => {
  const plan = newPlan(25, 1, { group_size: 10 });

  test('counts numbers from the first of its group, and is full when it has all of them', async () => {
    const { context, stored, requests } = start();
    const signal = never();
    const open = { kind: 'open', repeated: 0 };
    expect(await addToLedger(context, batchOf(plan, [10, 11, 12, 13]), signal)).toEqual(open);
    expect([...stored]).toEqual(['0', '1', '2', '3']);
    expect(await addToLedger(context, batchOf(plan, [14, 15, 16, 17, 18]), signal)).toEqual(open);
    const last = await addToLedger(context, batchOf(plan, [19, 10]), signal);
    expect(last).toMatchObject({ kind: 'full', repeated: 1 });
    expect(last.kind === 'full' && last.ledger.stored?.NS?.toSorted()).toEqual([...'0123456789']);
    expect(requests[0]).toMatchObject({ values: { ':expected': { N: '10' }, ':me': { S: 'test' } } });
    expect(requests[0]?.signal).toBe(signal);
  });

  test('of the last group is full with the messages that remain for it', async () => {
    const { context } = start();
    expect(await addToLedger(context, batchOf(plan, [20, 21, 22, 23]), never())).toMatchObject({ kind: 'open' });
    expect(await addToLedger(context, batchOf(plan, [24]), never())).toMatchObject({ kind: 'full', repeated: 0 });
  });

  test('is found full by the next consumer that adds to it, if another one has filled it', async () => {
    const { context } = start([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await addToLedger(context, batchOf(plan, [3]), never())).toMatchObject({ kind: 'full', repeated: 1 });
  });

  test('is compared with the numbers of its group to find the missing ones', () => {
    const shape = shapeOf(plan);
    expect(missingNumbers(shape, 1, new Set([0, 1, 9]))).toEqual([12, 13, 14, 15, 16, 17, 18]);
    expect(missingNumbers(shape, 2, new Set())).toEqual([20, 21, 22, 23, 24]);
    expect(missingNumbers(shape, 2, new Set([0, 1, 2, 3, 4]))).toEqual([]);
    expect(messagesOfGroup(shape, 2)).toEqual({ first: 20, count: 5 });
  });
});
