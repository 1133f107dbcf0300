// Which entries of a batch are sent again, and what is reported of the others.
import { describe, expect, test } from '@jest/globals';
import { connectionReset } from '@movie-load/testing';
import fc from 'fast-check';
import {
  type BatchFailure,
  EntriesFailed,
  type QueuePort,
  resilientQueue,
  resilientTable,
  type SingleCallTable,
  type TableItem,
} from '../src/index.ts';
import { policyOf } from './policy-support.ts';

/** The result of a batch call: it throws, or some entries fail, some of them permanently. */
interface BatchResult {
  readonly throws: boolean;
  readonly failed: readonly { readonly index: number; readonly isPermanent: boolean }[];
}
const batchResult: fc.Arbitrary<BatchResult> = fc.record({
  throws: fc.boolean(),
  failed: fc.uniqueArray(fc.record({ index: fc.nat(9), isPermanent: fc.boolean() }), {
    selector: ({ index }) => index,
  }),
});

function queueWithResults(results: readonly BatchResult[]) {
  const attempts: string[][] = [];
  const refused = new Set<string>();
  const accepted: string[] = [];
  const send = async (handles: readonly string[]): Promise<BatchFailure[]> => {
    const { throws, failed } = results[attempts.length] ?? { throws: false, failed: [] };
    attempts.push([...handles]);
    if (throws) throw connectionReset;
    const failures = failed.filter(({ index }) => index < handles.length);
    handles.forEach((handle, index) => {
      const failure = failures.find((entry) => entry.index === index);
      if (failure === undefined) accepted.push(handle);
      else if (failure.isPermanent) refused.add(handle);
    });
    return failures.map(({ index, isPermanent }) => ({
      index,
      code: isPermanent ? 'ReceiptHandleIsInvalid' : 'InternalError',
      message: '',
      senderFault: isPermanent,
    }));
  };
  const unused = () => Promise.reject(new Error('not used here'));
  const queue: QueuePort = {
    name: 'fake.fifo',
    delete: send,
    send: unused,
    receive: unused,
    changeVisibility: unused,
    status: unused,
  };
  return { queue, attempts, refused, accepted };
}

describe('a batch with a policy', () => {
  const handles = Array.from({ length: 10 }, (_, index) => `handle-${index}`);

  test('sends exactly the failed entries again, and reports permanent failures by their original index', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batchResult, { maxLength: 12 }), async (results) => {
        const { queue, attempts, refused, accepted } = queueWithResults(results);
        const failures = await resilientQueue(queue, policyOf().policy).delete(handles);
        expect(failures.map(({ index }) => handles[index])).toEqual(handles.filter((handle) => refused.has(handle)));
        expect(accepted.toSorted()).toEqual(handles.filter((handle) => !refused.has(handle)));
        // No entry that was accepted or refused is sent again.
        const settled = new Set<string>();
        attempts.forEach((batch, turn) => {
          for (const handle of batch) expect(settled).not.toContain(handle);
          const { throws, failed } = results[turn] ?? { throws: false, failed: [] };
          if (throws) return;
          batch.forEach((handle, index) => {
            if (failed.every((entry) => entry.index !== index || entry.isPermanent)) settled.add(handle);
          });
        });
      }),
    );
  });

  test('reports that its attempts are used up for each remaining entry', async () => {
    const stubborn = { throws: false, failed: [{ index: 0, isPermanent: false }] };
    const { queue, attempts } = queueWithResults([
      {
        throws: false,
        failed: [
          { index: 2, isPermanent: false },
          { index: 4, isPermanent: true },
          { index: 7, isPermanent: false },
        ],
      },
      stubborn,
      stubborn,
    ]);
    const { policy, retries } = policyOf();
    const failures = await resilientQueue(queue, policy).delete(handles, { maxAttempts: 3 });
    expect(retries.map(({ error }) => String(error).split(': ').at(-1))).toEqual([
      '2 of 10 entries failed (InternalError).',
      '1 of 2 entries failed (InternalError).',
    ]);
    expect(attempts.map((batch) => batch.join())).toEqual([handles.join(), 'handle-2,handle-7', 'handle-2']);
    expect(failures).toEqual([
      {
        index: 2,
        code: 'GaveUp',
        message: 'sqs:DeleteMessageBatch: 1 of 1 entries failed (InternalError).',
        senderFault: false,
      },
      expect.objectContaining({ index: 4, code: 'ReceiptHandleIsInvalid' }),
    ]);
  });

  test.each([
    ['that was not sent', 10],
    ['with a negative index', -1],
    ['without an index', Number.NaN],
  ])('sends every entry again that an answer does not name, if it names a failed entry %s', async (_, index) => {
    const attempts: string[][] = [];
    const failure = (place: number, code: string) => ({ index: place, code, message: '', senderFault: false });
    const answers = [[failure(4, 'ReceiptHandleIsInvalid'), failure(index, 'InternalError')], []];
    const { queue } = queueWithResults([]);
    const unclear: QueuePort = {
      ...queue,
      async delete(some) {
        attempts.push([...some]);
        return answers.shift() ?? [failure(index, 'InternalError')];
      },
    };
    const failures = await resilientQueue(unclear, policyOf().policy).delete(handles);
    expect(failures).toMatchObject([{ index: 4, code: 'ReceiptHandleIsInvalid' }]);
    expect(attempts).toEqual([handles, handles.filter((_, place) => place !== 4)]);
    const afterLastAttempt = await resilientQueue(unclear, policyOf({ maxAttempts: 2 }).policy).delete(['a', 'b']);
    expect(afterLastAttempt).toMatchObject([
      { index: 0, code: 'GaveUp' },
      { index: 1, code: 'GaveUp' },
    ]);
  });

  test('is sent again when entries are throttled, though AWS calls that the sender’s fault', async () => {
    let calls = 0;
    const { queue } = queueWithResults([]);
    const throttled: QueuePort = {
      ...queue,
      delete: async () =>
        calls++ === 0 ? [{ index: 0, code: 'RequestThrottled', message: '', senderFault: true }] : [],
    };
    expect(await resilientQueue(throttled, policyOf().policy).delete(['handle'])).toEqual([]);
    expect(calls).toBe(2);
  });
});

describe('a batch write with a policy', () => {
  const items: TableItem[] = Array.from({ length: 6 }, (_, part) => ({
    job_id: { S: 'a' },
    part: { S: String(part) },
  }));
  const tableOf = (putBatch: SingleCallTable['putBatch']): SingleCallTable => {
    const unused = () => Promise.reject(new Error('not used here'));
    return {
      name: 't',
      get: unused,
      create: unused,
      update: unused,
      updateIf: unused,
      query: unused,
      queryJobs: unused,
      deleteBatch: unused,
      putBatch,
    };
  };

  test('writes unprocessed items again, and only those; after any progress the waits are short again', async () => {
    const attempts: number[] = [];
    const written: number[] = [];
    const { policy, retries } = policyOf();
    const table = tableOf(async (some) => {
      attempts.push(some.length);
      return attempts.length === 2 ? some : some.slice(2);
    });
    await resilientTable(table, policy).putBatch(items, { onWritten: (count) => written.push(count) });
    expect(attempts).toEqual([6, 4, 4, 2]);
    expect(written).toEqual([2, 2, 2]);
    expect(retries.map(({ waitMs }) => waitMs)).toEqual([100, 200, 100]);
  });

  test('continues until the last item is written', async () => {
    const attempts: number[] = [];
    const written: number[] = [];
    const table = tableOf(async (some) => {
      attempts.push(some.length);
      return attempts.length < 3 ? some.slice(-1) : [];
    });
    await resilientTable(table, policyOf().policy).putBatch(items, { onWritten: (count) => written.push(count) });
    expect([attempts, written]).toEqual([
      [6, 1, 1],
      [5, 1],
    ]);
  });

  test('throws when items stay unprocessed', async () => {
    const table = tableOf(async (some) => some);
    const writing = resilientTable(table, policyOf({ maxAttempts: 4 }).policy).putBatch(items);
    await expect(writing).rejects.toBeInstanceOf(EntriesFailed);
    await expect(writing).rejects.toMatchObject({ code: 'entries_failed', message: expect.stringContaining('6 of 6') });
  });
});

describe('a batch deletion with a policy', () => {
  const keys = Array.from({ length: 6 }, (_, part) => ({ job_id: 'a', part: String(part) }));
  const tableOf = (deleteBatch: SingleCallTable['deleteBatch']) => ({ name: 't', deleteBatch }) as SingleCallTable;

  test('removes unprocessed keys again, and only those, until the last one is removed', async () => {
    const attempts: string[] = [];
    /** The number of keys that each call leaves. */
    const unprocessed = [4, 4, 1, 0];
    const table = tableOf(async (some) => {
      attempts.push(some.map(({ part }) => part).join(''));
      return some.slice(0, unprocessed.shift());
    });
    const { policy, retries } = policyOf();
    await resilientTable(table, policy).deleteBatch(keys);
    expect(attempts).toEqual(['012345', '0123', '0123', '0']);
    expect(retries.map(({ waitMs, error }) => [waitMs, String(error)])).toEqual([
      [100, expect.stringContaining('4 of 6 entries failed')],
      [200, expect.stringContaining('4 of 4 entries failed')],
      [100, expect.stringContaining('1 of 4 entries failed')],
    ]);
  });

  test('throws when keys stay unprocessed', async () => {
    const { policy } = policyOf({ maxAttempts: 2 });
    const deleting = resilientTable(
      tableOf(async (some) => some.slice(-1)),
      policy,
    ).deleteBatch(keys);
    await expect(deleting).rejects.toMatchObject({ code: 'entries_failed' });
  });
});
