// What every module of this package works with: the world as ports. Their calls follow the policy of whoever opened them.
import { abortable, type Clock, type ObjectsPort, type Random, type TablePort } from '@movie-load/aws';

/** What happens inside, for logs and counters. Handlers must not throw. */
export type JobEvent =
  /** A batch is stored and counted. */
  | {
      readonly kind: 'stored';
      readonly job_id: string;
      readonly group: number;
      readonly messages: number;
      readonly movies: number;
      /** Items written to the table. */
      readonly slices: number;
    }
  /** This process has the lease and begins to write the object. `takeover`: another process had begun. */
  | { readonly kind: 'assembling'; readonly job_id: string; readonly takeover: boolean }
  /** `movies` more are in the object that is being written. */
  | { readonly kind: 'assembled'; readonly job_id: string; readonly movies: number }
  /** Another process assembles; this one waits for COMPLETE. */
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
  emit(event: JobEvent): void;
}

/** How long a caller lets something take, and what it wants to hear meanwhile. */
export interface StoreOptions {
  readonly signal: AbortSignal;
  /** Called on each stored slice, uploaded part and lease that another process renewed. */
  readonly onProgress?: (() => void) | undefined;
}

/** A last call on the way out, for which the caller's signal is aborted already: it may take `ms`. Never throws. */
export async function lastCall(clock: Clock, ms: number, attempt: (signal: AbortSignal) => Promise<unknown>) {
  const deadline = new AbortController();
  const finished = new AbortController();
  const timer = clock.sleep(ms, finished.signal).then(
    () => deadline.abort(),
    () => {},
  );
  try {
    await abortable(attempt(deadline.signal), deadline.signal);
  } catch {
    // It is not needed: the lease ends by itself, and the bucket's rule removes an unfinished upload.
  } finally {
    finished.abort();
    await timer;
  }
}
