// What every module of this package works with: the world as ports. Their calls follow the policy of the program that opened them.
import { abortable, type Clock, type ObjectsPort, type Random, type TablePort } from '@movie-load/aws';
import type { Slots } from './slots.ts';

/** What happens inside, for logs and counters. Handlers must not throw. */
export type JobEvent =
  /** A batch is stored and counted. */
  | {
      readonly kind: 'stored';
      readonly job_id: string;
      readonly group: number;
      readonly messages: number;
      readonly movies: number;
      /** Of the movies, those that the ledger had counted before: a repeat, which changed nothing. */
      readonly repeated: number;
      /** Items written to the table. */
      readonly slices: number;
    }
  /** The job's parts go to this upload from now on; `replaces` is one that S3 no longer has. */
  | {
      readonly kind: 'upload_began';
      readonly job_id: string;
      readonly upload_id: string;
      readonly replaces: string | undefined;
    }
  /** A part of the object is in S3, from the first byte that was read for it after `ms`; `part` counts from 0. */
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
  /** Every movie is stored; this process makes the object whole. */
  | { readonly kind: 'completing'; readonly job_id: string }
  /** The messages' job was deleted: what is left of them is removed, and they may go. */
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
  /** See `partsOf`: for worlds where S3's least part is smaller. */
  readonly minPartMovies?: number | undefined;
  /** Days after which what is stored expires; undefined: never. */
  readonly retentionDays?: number | undefined;
  /** What a part has at most in memory, larger ones are read twice. Default: 16 MiB. */
  readonly bufferBytes?: number | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
}

type Given = Pick<JobStoreOptions, 'table' | 'objects' | 'clock' | 'random' | 'instance' | 'retentionDays'>;

/** Of packages/jobs alone. */
export interface JobsContext extends Given {
  readonly minPartMovies: number;
  readonly bufferBytes: number;
  /** For parts alone: work that holds messages and waits for the slot of another that does would wait for ever. */
  readonly slots: Slots;
  /** Uploads that this process knows, by job. */
  readonly uploads: Map<string, string>;
  emit(event: JobEvent): void;
}

/** How long a caller lets something take, and what it wants to hear meanwhile. */
export interface StoreOptions {
  readonly signal: AbortSignal;
  /** Called on each stored slice and each part of the object. */
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
    // It is not needed.
  } finally {
    finished.abort();
    await timer;
  }
}
