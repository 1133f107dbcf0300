// The public face of this package.
import type { Clock, ObjectsPort, Random, TablePort } from '@movie-load/aws';
import type { JobEvent, JobsContext, StoreOptions } from './context.ts';
import { createJobCreator } from './job-item.ts';
import type { StoreBatch } from './slices.ts';
import { storeBatch } from './store.ts';

export interface JobStoreOptions {
  readonly table: TablePort;
  readonly objects: ObjectsPort;
  readonly clock: Clock;
  readonly random: Random;
  /** This process's name in ledgers, traces and leases. */
  readonly instance: string;
  /** How long an assembly's lease lasts without being renewed. */
  readonly leaseMs: number;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
}

export interface JobStore {
  /**
   * Stores a batch of one group's messages and does whatever its being stored makes due, up to the job's object. When
   * it resolves, and only then, the messages may be deleted.
   *
   * @throws the SDK's error with a property `dependency` when the signal aborts while a call fails, or when the error is
   * a bug (`classifyError`); the signal's reason; `MovieLoadError` `job_incomplete` when a counted movie is not there.
   */
  store(batch: StoreBatch, options: StoreOptions): Promise<void>;
}

/** @example const jobs = createJobStore({ table, objects, clock: systemClock, random: systemRandom, instance, leaseMs: 60_000 }); */
export function createJobStore(options: JobStoreOptions): JobStore {
  const { onEvent, instance, ...rest } = options;
  const context: JobsContext = { ...rest, instance: instance.slice(0, 200), emit: (event) => onEvent?.(event) };
  const creator = createJobCreator(context);
  return {
    store: (batch, storeOptions) => storeBatch(context, creator, batch, storeOptions),
  };
}
