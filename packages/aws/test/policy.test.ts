import { describe, expect, test } from '@jest/globals';
import { createVirtualClock, longestWaits } from '@movie-load/testing';
import fc from 'fast-check';
import {
  type BatchFailure,
  type CallPolicy,
  callWithPolicy,
  classifyForConsumer,
  createBreaker,
  EntriesFailed,
  type QueuePort,
  type Retry,
  resilientQueue,
  resilientTable,
  type SingleCallTable,
  type TableItem,
} from '../src/index.ts';

const away = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
const aws = (name: string, $fault: 'client' | 'server' = 'client') => Object.assign(new Error(name), { name, $fault });

/** A clock on which sleeping takes no time. */
const instantly = { now: () => 0, sleep: async (_ms: number, signal?: AbortSignal) => signal?.throwIfAborted() };

function policyOf(extra: Partial<CallPolicy> = {}) {
  const retries: Retry[] = [];
  const policy: CallPolicy = {
    clock: instantly,
    random: longestWaits,
    maxAttempts: Number.POSITIVE_INFINITY,
    onRetry: (retry) => retries.push(retry),
    ...extra,
  };
  return { policy, retries };
}

/** Fails with these, one after the other, then answers. */
function failing(...errors: unknown[]) {
  const call = async () => {
    call.times += 1;
    if (errors.length > 0) throw errors.shift();
    return 'answer';
  };
  call.times = 0;
  return call;
}

const OPERATION = { operation: 'sqs:Test' };

describe('a call', () => {
  test('is made again while it fails in a way that may pass, and waits longer each time', async () => {
    const { policy, retries } = policyOf();
    const call = failing(away(), aws('ThrottlingException'), away());
    expect(await callWithPolicy(policy, OPERATION, call)).toBe('answer');
    expect(retries.map(({ operation, attempt, waitMs }) => [operation, attempt, waitMs])).toEqual([
      ['sqs:Test', 1, 100],
      ['sqs:Test', 2, 200],
      ['sqs:Test', 3, 400],
    ]);
  });

  test.each([aws('AccessDenied'), aws('QueueDoesNotExist'), aws('ValidationException')])(
    'is not made again after %s',
    async (error) => {
      const call = failing(error);
      await expect(callWithPolicy(policyOf().policy, OPERATION, call)).rejects.toBe(error);
      expect(call.times).toBe(1);
    },
  );

  test('of a consumer waits for an operator who restores access, but not for a bug or an upload that is gone', async () => {
    const { policy } = policyOf({ classify: classifyForConsumer });
    expect(
      await callWithPolicy(policy, OPERATION, failing(aws('AccessDenied'), aws('ResourceNotFoundException'))),
    ).toBe('answer');
    for (const error of [aws('ValidationException'), aws('NoSuchUpload'), aws('InvalidPart')]) {
      await expect(callWithPolicy(policy, OPERATION, failing(error))).rejects.toBe(error);
    }
  });

  test.each([
    ['a clock that is off', 'RequestTimeTooSkewed'],
    ['a signature of another time', 'SignatureDoesNotMatch'],
    ['a signature that has expired', 'InvalidSignatureException'],
    ['credentials that have run out (S3)', 'ExpiredToken'],
    ['credentials that have run out', 'ExpiredTokenException'],
  ])('after %s is made once more: the SDK has corrected it by then, or cannot', async (_, name) => {
    const { policy } = policyOf();
    const once = failing(aws(name));
    expect(await callWithPolicy(policy, OPERATION, once)).toBe('answer');
    const twice = failing(aws(name), aws(name), aws(name));
    await expect(callWithPolicy(policy, OPERATION, twice)).rejects.toMatchObject({ name });
    expect(twice.times).toBe(2);
    // Each call has its own once.
    expect(await callWithPolicy(policy, OPERATION, failing(aws(name)))).toBe('answer');
  });

  test('throws what failed when its attempts are used up', async () => {
    const { policy } = policyOf({ maxAttempts: 3 });
    const call = failing(away(), away(), away(), away());
    await expect(callWithPolicy(policy, OPERATION, call)).rejects.toThrow('socket hang up');
    expect(call.times).toBe(3);
    const own = failing(away(), away());
    await expect(callWithPolicy(policy, { ...OPERATION, maxAttempts: 1 }, own)).rejects.toThrow('socket hang up');
    expect(own.times).toBe(1);
  });

  test('ends with the reason of its signal: before an attempt, during one, while it waits', async () => {
    const stop = new AbortController();
    const { policy } = policyOf({ clock: createVirtualClock(), onRetry: () => stop.abort(new Error('enough')) });
    await expect(callWithPolicy(policy, { ...OPERATION, signal: stop.signal }, failing(away()))).rejects.toThrow(
      'enough',
    );
    const never = failing();
    await expect(callWithPolicy(policy, { ...OPERATION, signal: stop.signal }, never)).rejects.toThrow('enough');
    expect(never.times).toBe(0);
    const during = new AbortController();
    const aborted = async () => {
      during.abort(new Error('the process ends'));
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    };
    await expect(callWithPolicy(policy, { ...OPERATION, signal: during.signal }, aborted)).rejects.toThrow(
      'the process ends',
    );
  });

  test('tells the breaker how it went, and waits for it unless it would come too late', async () => {
    const clock = createVirtualClock();
    const ended = new AbortController();
    const breaker = createBreaker({
      dependency: 'sqs',
      clock,
      random: longestWaits,
      signal: ended.signal,
      probe: async () => {},
    });
    const { policy } = policyOf({ breaker, maxAttempts: 1 });
    const { signal } = ended;
    const nine = Array.from({ length: 9 }, away);
    for (const error of [aws('ValidationException'), aws('AccessDenied'), ...nine]) {
      await expect(callWithPolicy(policy, { ...OPERATION, signal }, failing(error))).rejects.toBe(error);
    }
    expect(breaker.open).toBe(true);
    const waiting = failing();
    const answered = callWithPolicy(policy, { ...OPERATION, signal }, waiting);
    await clock.advance(1000);
    expect(waiting.times).toBe(0);
    const urgent = failing(away());
    const heartbeat = { ...OPERATION, signal, waitsForBreaker: false };
    await expect(callWithPolicy(policy, heartbeat, urgent)).rejects.toThrow();
    expect(urgent.times).toBe(1);
    await clock.advance(30_000);
    expect(await answered).toBe('answer');
    ended.abort();
  });
});

/** What a batch call does: throws, or fails some entries, some of them for good. */
interface Round {
  readonly throws: boolean;
  readonly failed: readonly { readonly index: number; readonly forGood: boolean }[];
}
const round: fc.Arbitrary<Round> = fc.record({
  throws: fc.boolean(),
  failed: fc.uniqueArray(fc.record({ index: fc.nat(9), forGood: fc.boolean() }), { selector: ({ index }) => index }),
});

function queueOf(rounds: readonly Round[]) {
  const sent: string[][] = [];
  const refused = new Set<string>();
  const taken: string[] = [];
  const send = async (handles: readonly string[]): Promise<BatchFailure[]> => {
    const { throws, failed } = rounds[sent.length] ?? { throws: false, failed: [] };
    sent.push([...handles]);
    if (throws) throw away();
    const failures = failed.filter(({ index }) => index < handles.length);
    handles.forEach((handle, index) => {
      const failure = failures.find((one) => one.index === index);
      if (failure === undefined) taken.push(handle);
      else if (failure.forGood) refused.add(handle);
    });
    return failures.map(({ index, forGood }) => ({
      index,
      code: forGood ? 'ReceiptHandleIsInvalid' : 'InternalError',
      message: '',
      senderFault: forGood,
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
  return { queue, sent, refused, taken };
}

describe('a batch', () => {
  const handles = Array.from({ length: 10 }, (_, index) => `handle-${index}`);

  test('sends exactly the failed entries again, and names those that failed for good by their first place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 12 }), async (rounds) => {
        const { queue, sent, refused, taken } = queueOf(rounds);
        const failures = await resilientQueue(queue, policyOf().policy).delete(handles);
        expect(failures.map(({ index }) => handles[index])).toEqual(handles.filter((handle) => refused.has(handle)));
        expect(taken.toSorted()).toEqual(handles.filter((handle) => !refused.has(handle)));
        // Nothing that was taken or refused is sent again.
        const settled = new Set<string>();
        sent.forEach((batch, turn) => {
          for (const handle of batch) expect(settled).not.toContain(handle);
          const { throws, failed } = rounds[turn] ?? { throws: false, failed: [] };
          if (throws) return;
          batch.forEach((handle, index) => {
            if (failed.every((one) => one.index !== index || one.forGood)) settled.add(handle);
          });
        });
      }),
    );
  });

  test('that uses up its attempts says so for each entry that is left', async () => {
    const stubborn = { throws: false, failed: [{ index: 0, forGood: false }] };
    const { queue, sent } = queueOf([
      {
        throws: false,
        failed: [
          { index: 2, forGood: false },
          { index: 4, forGood: true },
          { index: 7, forGood: false },
        ],
      },
      stubborn,
      stubborn,
    ]);
    const failures = await resilientQueue(queue, policyOf().policy).delete(handles, { maxAttempts: 3 });
    expect(sent.map((batch) => batch.join())).toEqual([handles.join(), 'handle-2,handle-7', 'handle-2']);
    expect(failures).toEqual([
      expect.objectContaining({ index: 2, code: 'GaveUp', senderFault: false }),
      expect.objectContaining({ index: 4, code: 'ReceiptHandleIsInvalid' }),
    ]);
  });

  test.each([
    ['that was not sent', 10],
    ['before the first', -1],
    ['without a place', Number.NaN],
  ])('of which an entry fails %s counts for nothing but what the answer names', async (_, index) => {
    const sent: string[][] = [];
    const failure = (place: number, code: string) => ({ index: place, code, message: '', senderFault: false });
    const answers = [[failure(4, 'ReceiptHandleIsInvalid'), failure(index, 'InternalError')], []];
    const { queue } = queueOf([]);
    const unclear: QueuePort = {
      ...queue,
      async delete(some) {
        sent.push([...some]);
        return answers.shift() ?? [failure(index, 'InternalError')];
      },
    };
    const failures = await resilientQueue(unclear, policyOf().policy).delete(handles);
    expect(failures).toMatchObject([{ index: 4, code: 'ReceiptHandleIsInvalid' }]);
    expect(sent).toEqual([handles, handles.filter((_, place) => place !== 4)]);
    const given = await resilientQueue(unclear, policyOf({ maxAttempts: 2 }).policy).delete(['a', 'b']);
    expect(given).toMatchObject([
      { index: 0, code: 'GaveUp' },
      { index: 1, code: 'GaveUp' },
    ]);
  });

  test('whose entries are throttled is sent again, though AWS calls that the sender’s fault', async () => {
    let calls = 0;
    const { queue } = queueOf([]);
    const throttled: QueuePort = {
      ...queue,
      delete: async () =>
        calls++ === 0 ? [{ index: 0, code: 'RequestThrottled', message: '', senderFault: true }] : [],
    };
    expect(await resilientQueue(throttled, policyOf().policy).delete(['handle'])).toEqual([]);
    expect(calls).toBe(2);
  });
});

describe('items of a batch write', () => {
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

  test('that were left unprocessed are written again, and only those; a little progress shortens the waits', async () => {
    const sent: number[] = [];
    const written: number[] = [];
    const { policy, retries } = policyOf();
    const table = tableOf(async (some) => {
      sent.push(some.length);
      return sent.length === 2 ? some : some.slice(2);
    });
    await resilientTable(table, policy).putBatch(items, { onWritten: (count) => written.push(count) });
    expect(sent).toEqual([6, 4, 4, 2]);
    expect(written).toEqual([2, 2, 2]);
    expect(retries.map(({ waitMs }) => waitMs)).toEqual([100, 200, 100]);
  });

  test('that stay unprocessed are an error', async () => {
    const table = tableOf(async (some) => some);
    const writing = resilientTable(table, policyOf({ maxAttempts: 4 }).policy).putBatch(items);
    await expect(writing).rejects.toBeInstanceOf(EntriesFailed);
    await expect(writing).rejects.toMatchObject({ code: 'entries_failed', message: expect.stringContaining('6 of 6') });
  });
});
