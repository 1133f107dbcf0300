// What every module of this package works with: the world as ports, and the retrying call.
import { type Clock, classifyError, fullJitter, type ObjectsPort, type Random, type TablePort } from '@movie-load/aws';

export type Dependency = 'dynamodb' | 's3';

/** What happens inside, for logs, counters and the breaker. Handlers must not throw. */
export type JobEvent =
  /** A call succeeded, or failed in a way that may pass (`attempt` counts from 1): what a breaker looks at. */
  | { readonly kind: 'success'; readonly dependency: Dependency }
  | { readonly kind: 'failure'; readonly dependency: Dependency; readonly attempt: number; readonly error: unknown }
  /** A batch is stored and counted. */
  | {
      readonly kind: 'stored';
      readonly job_id: string;
      readonly group: number;
      readonly messages: number;
      readonly movies: number;
    }
  /** This process has the lease and begins to write the object. `takeover`: somebody else had begun. */
  | { readonly kind: 'assembling'; readonly job_id: string; readonly takeover: boolean }
  /** So many more movies are in the object that is being written. */
  | { readonly kind: 'assembled'; readonly job_id: string; readonly movies: number }
  /** Somebody else assembles; this process waits for COMPLETE. */
  | { readonly kind: 'waiting'; readonly job_id: string }
  /** An assembly was given up: the lease was lost, the upload was gone, or the caller aborted. */
  | { readonly kind: 'assembly_failed'; readonly job_id: string; readonly error: unknown }
  /** This process set the job COMPLETE. */
  | { readonly kind: 'completed'; readonly job_id: string; readonly movies: number; readonly bytes: number };

export interface JobsContext {
  readonly table: TablePort;
  readonly objects: ObjectsPort;
  readonly clock: Clock;
  readonly random: Random;
  /** This process's name in ledgers, traces and leases. */
  readonly instance: string;
  readonly leaseMs: number;
  /** Bytes of each part of an object but its last: 8 MiB unless given, 5 MiB at least on S3. */
  readonly partBytes?: number | undefined;
  /** How often a call is tried: a consumer is patient as long as its signal lets it, a reader wants an answer. */
  readonly maxAttempts: number;
  emit(event: JobEvent): void;
}

/** How long a caller lets something take, and what it wants to hear meanwhile. */
export interface StoreOptions {
  readonly signal: AbortSignal;
  /** Called on each stored slice, uploaded part and renewed lease of somebody else. */
  readonly onProgress?: (() => void) | undefined;
}

const RETRY_BASE_MS = 100;
const RETRY_CAP_MS = 5000;

/**
 * Tries a call again and again, with full jitter, until it succeeds, the signal aborts, or the error cannot pass
 * (`classifyError` says `bug`, or `isFinal`), or the context's attempts are used up. What it throws is the SDK's error with a property `dependency`.
 */
export async function call<T>(
  { clock, random, emit, maxAttempts }: JobsContext,
  dependency: Dependency,
  signal: AbortSignal,
  attemptOnce: () => Promise<T>,
  isFinal: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const result = await attemptOnce();
      emit({ kind: 'success', dependency });
      return result;
    } catch (error) {
      const isOver = attempt >= maxAttempts || classifyError(error) === 'bug' || isFinal(error);
      if (signal.aborted || isOver) throw tagged(error, dependency);
      emit({ kind: 'failure', dependency, attempt, error });
      await pause(clock, fullJitter(random, attempt, RETRY_BASE_MS, RETRY_CAP_MS), signal, tagged(error, dependency));
    }
  }
}

/** Sleeps; when the signal ends it, throws what made us sleep, which tells more than that somebody gave up. */
async function pause(clock: Clock, ms: number, signal: AbortSignal, because: unknown): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw because;
  }
}

function tagged(error: unknown, dependency: Dependency): unknown {
  if (typeof error === 'object' && error !== null && Object.isExtensible(error)) Object.assign(error, { dependency });
  return error;
}

/** Which service an error of this package came from; undefined when it came from none. */
export function dependencyOf(error: unknown): Dependency | undefined {
  const dependency =
    typeof error === 'object' && error !== null && 'dependency' in error ? error.dependency : undefined;
  return dependency === 'dynamodb' || dependency === 's3' ? dependency : undefined;
}

/** The promise's result, or the signal's reason when it aborts first. Leaves no listener behind. */
export async function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A last call on the way out, for which the caller's signal is aborted already: tried once, for at most so long. */
export async function lastCall(clock: Clock, ms: number, attempt: (signal: AbortSignal) => Promise<unknown>) {
  const deadline = new AbortController();
  const finished = new AbortController();
  const timer = clock.sleep(ms, finished.signal).then(
    () => deadline.abort(),
    () => {},
  );
  try {
    await orAbort(attempt(deadline.signal), deadline.signal);
  } catch {
    // Whoever comes next copes: the lease ends by itself, and the bucket's rule removes an unfinished upload.
  } finally {
    finished.abort();
    await timer;
  }
}
