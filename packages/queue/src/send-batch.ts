// Sends one batch until SQS has taken all of it: exactly the failed entries again, with full jitter between attempts.
import {
  type BatchFailure,
  type Clock,
  classifyError,
  fullJitter,
  type OutgoingMessage,
  type QueuePort,
  type Random,
} from '@movie-load/aws';

/** A failed attempt that will be made again. */
export interface Retry {
  /** 1 for the first attempt that failed. */
  readonly attempt: number;
  /** Until the next attempt. */
  readonly waitMs: number;
  /** What the call threw; undefined when it was answered and some entries had failed. */
  readonly error?: unknown;
  readonly failures: readonly BatchFailure[];
}

export interface SendBatchOptions {
  readonly queue: Pick<QueuePort, 'send'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** After so many attempts the last error is thrown. Default: never. */
  readonly maxAttempts?: number | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

const BASE_MS = 100;
const CAP_MS = 20_000;

/**
 * Returns the entries that SQS refuses for good (sender faults), by their place in `batch`; all others are in the queue.
 * Throws what a call throws when repeating it cannot help, the last error after `maxAttempts`, and the signal's reason.
 */
export async function sendBatch(
  batch: readonly OutgoingMessage[],
  { queue, clock, random, signal, maxAttempts = Number.POSITIVE_INFINITY, onRetry }: SendBatchOptions,
): Promise<readonly BatchFailure[]> {
  const refused: BatchFailure[] = [];
  let open = batch.map((message, index) => ({ message, index }));
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const result = await attemptSend(
      queue,
      open.map(({ message }) => message),
      signal,
    );
    if (result.error !== undefined) {
      signal?.throwIfAborted();
      if (!mayHelp(result.error) || attempt >= maxAttempts) throw result.error;
    }
    const again: typeof open = [];
    for (const failure of result.failures) {
      const entry = open[failure.index];
      if (entry === undefined) continue;
      if (failure.senderFault && !THROTTLING.test(failure.code)) refused.push({ ...failure, index: entry.index });
      else again.push(entry);
    }
    if (result.error === undefined) open = again;
    if (open.length === 0) return refused;
    if (attempt >= maxAttempts) return [...refused, ...open.map(({ index }) => ({ ...GAVE_UP, index }))];
    const waitMs = fullJitter(random, attempt, BASE_MS, CAP_MS);
    onRetry?.({ attempt, waitMs, ...result });
    await clock.sleep(waitMs, signal);
  }
}

/**
 * Makes a call again and again until it is answered. Throws what it throws when repeating cannot help, and the signal's
 * reason.
 */
export async function untilAnswered<T>(
  call: () => Promise<T>,
  { clock, random, signal, onRetry }: Omit<SendBatchOptions, 'queue' | 'maxAttempts'>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayHelp(error)) throw error;
      const waitMs = fullJitter(random, attempt, BASE_MS, CAP_MS);
      onRetry?.({ attempt, waitMs, error, failures: [] });
      await clock.sleep(waitMs, signal);
    }
  }
}

const GAVE_UP = { code: 'GaveUp', message: 'failed in every attempt', senderFault: false };

interface Attempt {
  readonly error?: unknown;
  readonly failures: readonly BatchFailure[];
}

async function attemptSend(
  queue: Pick<QueuePort, 'send'>,
  messages: readonly OutgoingMessage[],
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  try {
    return { failures: await queue.send(messages, { signal }) };
  } catch (error) {
    return { error: error ?? new Error('the call failed without a reason'), failures: [] };
  }
}

const THROTTLING = /throttl|toomanyrequests|requestlimit|slowdown|overlimit/i;

/**
 * True when the same call may succeed later: throttling, time-outs, a dead endpoint, AWS's own errors. False when AWS
 * says that it is the caller's fault: no such queue, no access, a malformed request.
 */
export function mayHelp(error: unknown): boolean {
  if (classifyError(error) === 'bug') return false;
  if (typeof error !== 'object' || error === null) return true;
  const name = 'name' in error ? String(error.name) : '';
  if (THROTTLING.test(name) || ('$retryable' in error && error.$retryable !== undefined)) return true;
  return !('$fault' in error && error.$fault === 'client');
}
