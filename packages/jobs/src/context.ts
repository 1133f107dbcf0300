// The context that every module of this package gets: AWS as ports, whose calls follow the policy of the program that
// opened them.
import { abortable, type Clock, type ObjectsPort, type Random, type TablePort } from '@movie-load/aws';
import type { Slots } from './slots.ts';

/** Events for logs and counters. Handlers must not throw. */
export type JobEvent =
  /** A batch is stored and counted. */
  | {
      readonly kind: 'stored';
      readonly job_id: string;
      readonly group: number;
      readonly messages: number;
      readonly movies: number;
      /** Movies among them that the ledger had counted before. Repeating them changed nothing. */
      readonly repeated: number;
      /** Items written to the table. */
      readonly slices: number;
    }
  /** The job's parts are written to this upload from now on; `replaces` is an upload that S3 no longer has. */
  | {
      readonly kind: 'upload_began';
      readonly job_id: string;
      readonly upload_id: string;
      readonly replaces: string | undefined;
    }
  /** A part of the object is in S3. `ms` is the time for reading its slices and sending it; `part` counts from 0. */
  | {
      readonly kind: 'part_written';
      readonly job_id: string;
      readonly part: number;
      readonly parts: number;
      readonly movies: number;
      readonly bytes: number;
      readonly ms: number;
    }
  /** S3 stays unreachable: the part is left to the consumer that completes the job. */
  | { readonly kind: 'part_left'; readonly job_id: string; readonly part: number; readonly error: unknown }
  /** Every movie is stored; this process completes the object. */
  | { readonly kind: 'completing'; readonly job_id: string }
  /** The messages' job was deleted: what they had stored is removed, and they may be deleted. */
  | { readonly kind: 'dropped'; readonly job_id: string; readonly group: number; readonly messages: number }
  /** This process set the job COMPLETE. */
  | { readonly kind: 'completed'; readonly job_id: string; readonly movies: number; readonly bytes: number };

export interface JobStoreOptions {
  readonly table: TablePort;
  readonly objects: ObjectsPort;
  readonly clock: Clock;
  readonly random: Random;
  /** This process's name in ledgers and traces. */
  readonly instance: string;
  /** See `partsOf`. Tests and the simulation set it, because their S3 accepts smaller parts. */
  readonly minPartMovies?: number | undefined;
  /** Days after which items expire; undefined: never. */
  readonly retentionDays?: number | undefined;
  /** The largest part that is buffered; larger parts are read twice. Default: 16 MiB. */
  readonly bufferBytes?: number | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
}

type SharedOptions = Pick<JobStoreOptions, 'table' | 'objects' | 'clock' | 'random' | 'instance' | 'retentionDays'>;

/** Internal to this package. */
export interface JobsContext extends SharedOptions {
  readonly minPartMovies: number;
  readonly bufferBytes: number;
  /**
   * Limits the parts that are read and sent at once. Work in a slot must not wait for another slot, which could be a
   * deadlock.
   */
  readonly slots: Slots;
  /** Ids of the uploads that this process knows, by job id. */
  readonly uploads: Map<string, string>;
  emit(event: JobEvent): void;
}

/** The signal that ends the work, and a callback for its progress. */
export interface StoreOptions {
  readonly signal: AbortSignal;
  /** Called after each call that stored slices, and after each part of the object. */
  readonly onProgress?: (() => void) | undefined;
}

/**
 * Cleans up after work whose own signal may have aborted: the call gets a signal that aborts after `limitMs`. Never
 * throws.
 */
export async function tryCleanUp(clock: Clock, limitMs: number, attempt: (signal: AbortSignal) => Promise<unknown>) {
  const deadline = new AbortController();
  const finished = new AbortController();
  const timer = clock.sleep(limitMs, finished.signal).then(
    () => deadline.abort(),
    () => {},
  );
  try {
    await abortable(attempt(deadline.signal), deadline.signal);
  } catch {
    // Cleaning up is optional: a lifecycle rule of the bucket removes unfinished uploads anyway.
  } finally {
    finished.abort();
    await timer;
  }
}
