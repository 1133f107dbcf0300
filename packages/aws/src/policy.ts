// The one policy for calls: which errors are retried, how often and after which wait, and what the breaker learns.
//
//   attempt ─▶ succeeded ─▶ result
//      ▲           └ failed ─▶ classify ─┬─ transient, attempts left ─▶ wait (full jitter) ─┐
//      │                                 └─ caller, bug, or the last attempt ─▶ thrown      │
//      └────────────────────────────────────────────────────────────────────────────────────┘
//
// The SDK itself tries once (`createClients`), so no call passes two loops.
import { MovieLoadError } from '@movie-load/schema';
import type { Breaker } from './breaker.ts';
import { type Classify, classifyEntry, classifyError, EntriesFailed } from './errors.ts';
import { fullJitter } from './jitter.ts';
import type { BatchFailure, CallOptions, Clock, Random } from './ports.ts';

/** A failed attempt that will be repeated. */
export interface Retry {
  /** E.g. `sqs:SendMessageBatch`. */
  readonly operation: string;
  /** 1 for the first attempt that failed. */
  readonly attempt: number;
  /** Milliseconds until the next attempt. */
  readonly waitMs: number;
  /** The error of the attempt; `EntriesFailed` when the call was answered and some of its entries had failed. */
  readonly error: unknown;
}

export interface CallPolicy {
  readonly clock: Clock;
  readonly random: Random;
  /** The largest number of attempts, the first included. `Infinity`: until the call's signal aborts. */
  readonly maxAttempts: number;
  /** Default: `classifyError`. Only errors that it classifies as `transient` are retried. */
  readonly classify?: Classify | undefined;
  /** Gets the results of calls. While it is open, calls that can be aborted wait for it. */
  readonly breaker?: Breaker | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

export interface PolicyCall extends CallOptions {
  readonly operation: string;
  /** False for calls that are useless after a wait for the breaker: heartbeats, releases. */
  readonly waitsForBreaker?: boolean | undefined;
}

const BASE_MS = 100;
const CAP_MS = 10_000;

/**
 * Makes a call until it succeeds. Throws the signal's reason once it is aborted; else the last attempt's error.
 *
 * @example await callWithPolicy(policy, { operation: 'sqs:GetQueueUrl', signal }, () => openQueue(clients, name, {
 * signal }));
 */
export async function callWithPolicy<T>(
  policy: CallPolicy,
  { operation, signal, maxAttempts = policy.maxAttempts, waitsForBreaker = true, failsFast = false }: PolicyCall,
  attemptOnce: () => Promise<T>,
): Promise<T> {
  const { clock, random, breaker, classify = classifyError, onRetry } = policy;
  let previousError: unknown;
  for (let attempt = 1, withoutProgress = 1; ; attempt += 1, withoutProgress += 1) {
    signal?.throwIfAborted();
    if (breaker?.open && signal && waitsForBreaker) {
      if (failsFast) throw dependencyAway(breaker, previousError);
      await breaker.whenClosed(signal);
    }
    try {
      const result = await attemptOnce();
      breaker?.succeeded();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      const kind = classify(error, previousError);
      // A batch of which only entries failed was answered: a success for the breaker.
      if (error instanceof EntriesFailed) breaker?.succeeded();
      else if (kind === 'transient') breaker?.failed(error);
      if (kind !== 'transient' || attempt >= maxAttempts) throw error;
      if (error instanceof EntriesFailed && error.isPartial) withoutProgress = 1;
      const waitMs = fullJitter(random, withoutProgress, BASE_MS, CAP_MS);
      onRetry?.({ operation, attempt, waitMs, error });
      await clock.sleep(waitMs, signal);
      previousError = error;
    }
  }
}

const dependencyAway = ({ dependency }: Breaker, cause: unknown) =>
  new MovieLoadError(
    'dependency_away',
    `${SERVICE_NAMES[dependency]} does not answer: the work that needs it waits in the queue.`,
    { cause },
  );

const SERVICE_NAMES = { sqs: 'SQS', dynamodb: 'DynamoDB', s3: 'S3' } as const;

/** The code of a batch's entry whose attempts were used up. */
const GAVE_UP = 'GaveUp';

/**
 * Makes a batch call of SQS until every entry took effect or is refused permanently: repeats exactly the failed
 * entries.
 *
 * @returns entries that failed permanently (SQS's own code) or in every attempt (`GaveUp`), by their index in `entries`
 * @throws the signal's reason, and the last attempt's error when the call as a whole failed
 */
export async function batchWithPolicy<Entry>(
  policy: CallPolicy,
  call: PolicyCall,
  entries: readonly Entry[],
  send: (entries: readonly Entry[]) => Promise<readonly BatchFailure[]>,
): Promise<readonly BatchFailure[]> {
  const failedPermanently: BatchFailure[] = [];
  let remaining = entries.map((entry, index) => ({ entry, index }));
  const sendRemaining = async () => {
    const attempted = remaining;
    const failures = await send(attempted.map(({ entry }) => entry));
    // The answer's indexes are those of this attempt's entries; the result has those of the caller's list.
    const failed = new Map(failures.map((failure) => [failure.index, failure]));
    // A failure with an unknown index may be any entry's: all entries that the answer does not name are sent again.
    const isUnclear = failures.some((failure) => attempted[failure.index] === undefined);
    remaining = [];
    for (const [position, pending] of attempted.entries()) {
      const failure = failed.get(position);
      if (failure === undefined ? isUnclear : classifyEntry(failure) === 'transient') remaining.push(pending);
      else if (failure !== undefined) failedPermanently.push({ ...failure, index: pending.index });
    }
    if (remaining.length > 0)
      throw new EntriesFailed(call.operation, remaining.length, attempted.length, failures[0]?.code);
  };
  try {
    await callWithPolicy(policy, call, sendRemaining);
  } catch (error) {
    if (!(error instanceof EntriesFailed)) throw error;
    for (const { index } of remaining) {
      failedPermanently.push({ index, code: GAVE_UP, message: error.message, senderFault: false });
    }
  }
  return failedPermanently.sort((a, b) => a.index - b.index);
}
