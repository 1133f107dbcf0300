// When one call is repeated, and how long it waits.
import { describe, expect, test } from '@jest/globals';
import { connectionReset, createVirtualClock, longestWaits } from '@movie-load/testing';
import { callWithPolicy, classifyForConsumer, createBreaker, EntriesFailed } from '../src/index.ts';
import { aws, policyOf } from './policy-support.ts';

/** Fails with these, one after another, then answers. */
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

describe('a call with a policy', () => {
  test('is repeated after transient errors, with longer waits each time', async () => {
    const { policy, retries } = policyOf();
    const call = failing(connectionReset, aws('ThrottlingException'), connectionReset);
    expect(await callWithPolicy(policy, OPERATION, call)).toBe('answer');
    expect(retries.map(({ operation, attempt, waitMs }) => [operation, attempt, waitMs])).toEqual([
      ['sqs:Test', 1, 100],
      ['sqs:Test', 2, 200],
      ['sqs:Test', 3, 400],
    ]);
  });

  test.each([aws('AccessDenied'), aws('QueueDoesNotExist'), aws('ValidationException')])(
    'is not repeated after %s',
    async (error) => {
      const call = failing(error);
      await expect(callWithPolicy(policyOf().policy, OPERATION, call)).rejects.toBe(error);
      expect(call.times).toBe(1);
    },
  );

  test('waits, in a consumer, for an operator to restore access, but not after a bug or for a missing upload', async () => {
    const { policy } = policyOf({ classify: classifyForConsumer });
    expect(
      await callWithPolicy(policy, OPERATION, failing(aws('AccessDenied'), aws('ResourceNotFoundException'))),
    ).toBe('answer');
    for (const error of [aws('ValidationException'), aws('NoSuchUpload'), aws('InvalidPart')]) {
      await expect(callWithPolicy(policy, OPERATION, failing(error))).rejects.toBe(error);
    }
  });

  test.each([
    ['a wrong clock', 'RequestTimeTooSkewed'],
    ['a signature of another time', 'SignatureDoesNotMatch'],
    ['a signature that has expired', 'InvalidSignatureException'],
    ['expired credentials (S3)', 'ExpiredToken'],
    ['expired credentials', 'ExpiredTokenException'],
  ])('is repeated once after %s, because the SDK corrects it then or cannot', async (_, name) => {
    const { policy } = policyOf();
    const once = failing(aws(name));
    expect(await callWithPolicy(policy, OPERATION, once)).toBe('answer');
    const twice = failing(aws(name), aws(name), aws(name));
    await expect(callWithPolicy(policy, OPERATION, twice)).rejects.toMatchObject({ name });
    expect(twice.times).toBe(2);
    // Each call has its own "once".
    expect(await callWithPolicy(policy, OPERATION, failing(aws(name)))).toBe('answer');
  });

  test('throws the last error when its attempts are used up', async () => {
    const { policy } = policyOf({ maxAttempts: 3 });
    const call = failing(connectionReset, connectionReset, connectionReset, connectionReset);
    await expect(callWithPolicy(policy, OPERATION, call)).rejects.toThrow('socket hang up');
    expect(call.times).toBe(3);
    const attempt = failing(connectionReset, connectionReset);
    await expect(callWithPolicy(policy, { ...OPERATION, maxAttempts: 1 }, attempt)).rejects.toThrow('socket hang up');
    expect(attempt.times).toBe(1);
  });

  test('ends with the reason of its signal: before an attempt, during one, and while it waits', async () => {
    const stop = new AbortController();
    const { policy } = policyOf({ clock: createVirtualClock(), onRetry: () => stop.abort(new Error('enough')) });
    await expect(
      callWithPolicy(policy, { ...OPERATION, signal: stop.signal }, failing(connectionReset)),
    ).rejects.toThrow('enough');
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

  test('reports its result to the breaker, and waits for the breaker unless a late call would be useless', async () => {
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
    const nine = Array.from({ length: 9 }, () => connectionReset);
    for (const error of [aws('ValidationException'), aws('AccessDenied'), ...nine]) {
      await expect(callWithPolicy(policy, { ...OPERATION, signal }, failing(error))).rejects.toBe(error);
    }
    expect(breaker.open).toBe(true);
    const waiting = failing();
    const response = callWithPolicy(policy, { ...OPERATION, signal }, waiting);
    await clock.advance(1000);
    expect(waiting.times).toBe(0);
    const urgent = failing(connectionReset);
    const heartbeat = { ...OPERATION, signal, waitsForBreaker: false };
    await expect(callWithPolicy(policy, heartbeat, urgent)).rejects.toThrow();
    expect(urgent.times).toBe(1);
    await clock.advance(30_000);
    expect(await response).toBe('answer');
    ended.abort();
  });

  test('reports at once which dependency is unreachable, and why, when it must not wait for an open breaker', async () => {
    const NAMES = { sqs: 'SQS', dynamodb: 'DynamoDB', s3: 'S3' } as const;
    const { signal } = new AbortController();
    for (const dependency of ['sqs', 'dynamodb', 's3'] as const) {
      let failures = 0;
      const breaker = {
        dependency,
        get open() {
          return failures >= 2;
        },
        succeeded: () => undefined,
        failed: () => {
          failures += 1;
        },
        whenClosed: () => new Promise<void>(() => undefined),
      };
      const call = failing(connectionReset, connectionReset, connectionReset);
      const failure = await callWithPolicy(
        policyOf({ breaker }).policy,
        { ...OPERATION, signal, failsFast: true },
        call,
      ).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'dependency_away',
        message: `${NAMES[dependency]} does not answer: the work that needs it waits in the queue.`,
        cause: { code: 'ECONNRESET' },
      });
      expect(call.times).toBe(2);
      // A heartbeat is sent nevertheless.
      const urgent = { ...OPERATION, signal, failsFast: true, waitsForBreaker: false };
      expect(await callWithPolicy(policyOf({ breaker }).policy, urgent, failing())).toBe('answer');
    }
  });

  /** A closed breaker, and the results that it gets. */
  function listeningBreaker() {
    const heard: string[] = [];
    const breaker = {
      dependency: 'sqs' as const,
      open: false,
      succeeded: () => void heard.push('succeeded'),
      failed: () => void heard.push('failed'),
      whenClosed: async () => undefined,
    };
    return { heard, breaker };
  }

  test('throws the reason of its signal for an aborted last attempt, and reports nothing to the breaker', async () => {
    const { heard, breaker } = listeningBreaker();
    const stop = new AbortController();
    const aborted = async () => {
      stop.abort(new Error('the process ends'));
      throw connectionReset;
    };
    const call = { ...OPERATION, signal: stop.signal, maxAttempts: 1 };
    await expect(callWithPolicy(policyOf({ breaker }).policy, call, aborted)).rejects.toThrow('the process ends');
    expect(heard).toEqual([]);
  });

  test('counts as a success for the breaker when only entries of it failed', async () => {
    const { heard, breaker } = listeningBreaker();
    const { policy } = policyOf({ breaker });
    await callWithPolicy(policy, OPERATION, failing(new EntriesFailed('sqs:Test', 1, 2, undefined), connectionReset));
    expect(heard).toEqual(['succeeded', 'failed', 'succeeded']);
  });
});

test('the waits of a call double from attempt to attempt, up to ten seconds', async () => {
  const slept: number[] = [];
  const { policy, retries } = policyOf({ clock: { now: () => 0, sleep: async (ms) => void slept.push(ms) } });
  await callWithPolicy(policy, OPERATION, failing(...Array.from({ length: 10 }, () => connectionReset)));
  expect(slept).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  expect(retries.map(({ waitMs }) => waitMs)).toEqual(slept);
  expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a retry is reported with its error before its wait, and no attempt follows the last one', async () => {
  const errors = [connectionReset, aws('ThrottlingException'), connectionReset];
  const { policy, retries } = policyOf({ maxAttempts: 9 });
  const call = failing(...errors);
  await expect(callWithPolicy(policy, { ...OPERATION, maxAttempts: 3 }, call)).rejects.toBe(errors[2]);
  expect(retries.map(({ error }) => error)).toEqual(errors.slice(0, 2));
  expect(call.times).toBe(3);
});
