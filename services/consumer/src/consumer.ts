// A consumer without its long polls: breakers, guarded ports, job store and handler put together. The simulation runs
// exactly this over its models; `main.ts` adds sqs-consumer, HTTP and reports.
import {
  type Clock,
  describeError,
  type ObjectsPort,
  type QueuePort,
  type Random,
  type TablePort,
} from '@movie-load/aws';
import { createJobStore, type JobEvent } from '@movie-load/jobs';
import { jobKey, objectKey } from '@movie-load/schema';
import { type Breaker, createBreaker, type Dependency } from './breaker.ts';
import { type ConsumerCounters, countCompleted, createConsumerCounters } from './counters.ts';
import { guardObjects, guardQueue, guardTable } from './guards.ts';
import { createHandler, type Handler, type HandlerLog, type HandlerOptions } from './handler.ts';

export interface ConsumerOptions {
  readonly queue: QueuePort;
  readonly dlq: QueuePort;
  readonly table: TablePort;
  readonly objects: ObjectsPort;
  readonly clock: Clock;
  readonly random: Random;
  /** This process among the consumers. */
  readonly instance: string;
  readonly settings: HandlerOptions['settings'] & { readonly leaseMs: number; readonly partBytes?: number | undefined };
  readonly log: HandlerLog;
  readonly counters?: ConsumerCounters;
  /** Called once when the process cannot go on; see `createHandler`. */
  readonly exit: HandlerOptions['exit'];
  readonly onStored?: NonNullable<HandlerOptions['onStored']>;
  /** Called when a job is COMPLETE and counted. */
  readonly onCompleted?: () => void;
  /** Ends the breakers' probing, when the process has ended its work. */
  readonly signal: AbortSignal;
}

export interface Consumer {
  readonly handler: Handler;
  readonly counters: ConsumerCounters;
  readonly breakers: Readonly<Record<Dependency, Breaker>>;
  /** The queue behind its breaker: whoever receives without sqs-consumer receives from it. */
  readonly queue: QueuePort;
  /** Resolves while nothing says that receiving makes no sense; rejects with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void>;
}

/** A job that need not exist: asking for it shows whether the table or the bucket answers. */
const NO_JOB = '00000000-0000-5000-8000-000000000000';

/**
 * @example
 * const consumer = createConsumer({ queue, dlq, table, objects, clock, random, instance, settings, log, exit, signal });
 * await consumer.ready();
 * await consumer.handler.handle(await consumer.queue.receive({ max: 10, waitSeconds: 20, visibilitySeconds: 60 }));
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { queue, table, objects, clock, random, instance, settings, log, signal } = options;
  const counters = options.counters ?? createConsumerCounters();

  const breaker = (dependency: Dependency, probe: (signal: AbortSignal) => Promise<unknown>) =>
    createBreaker({
      dependency,
      clock,
      random,
      signal,
      probe,
      onChange: (open, error) => {
        if (open) log.warn({ dependency, error: describeError(error) }, 'a dependency fails: waiting for it');
        else log.info({ dependency }, 'the dependency answers again');
      },
    });
  const breakers = {
    sqs: breaker('sqs', (until) => queue.status({ signal: until })),
    dynamodb: breaker('dynamodb', (until) => table.get(jobKey(NO_JOB), { signal: until })),
    s3: breaker('s3', (until) => objects.size(objectKey(NO_JOB), { signal: until })),
  };

  const jobs = createJobStore({
    table: countingSlices(guardTable(table, breakers.dynamodb), counters),
    objects: guardObjects(objects, breakers.s3),
    clock,
    random,
    instance,
    leaseMs: settings.leaseMs,
    partBytes: settings.partBytes,
    onEvent: (event) => {
      note(event, counters, log);
      if (event.kind === 'completed') options.onCompleted?.();
    },
  });
  const guarded = guardQueue(queue, breakers.sqs);
  const handler = createHandler({
    ...options,
    queue: guarded,
    dlq: guardQueue(options.dlq, breakers.sqs),
    jobs,
    counters,
  });

  return {
    handler,
    counters,
    breakers,
    queue: guarded,
    ready: async (until) => {
      while (breakers.sqs.open || breakers.dynamodb.open) {
        await breakers.sqs.whenClosed(until);
        await breakers.dynamodb.whenClosed(until);
      }
    },
  };
}

/** Counts and tells what happens inside the job store. Its calls are the guards' business. */
function note(event: JobEvent, counters: ConsumerCounters, log: HandlerLog): void {
  switch (event.kind) {
    case 'stored':
      counters.storedMessages += event.messages;
      counters.storedMovies += event.movies;
      break;
    case 'assembling':
      log.info({ job_id: event.job_id, takeover: event.takeover }, 'every movie is stored: writing the object');
      break;
    case 'assembled':
      counters.assembledMovies += event.movies;
      break;
    case 'assembly_failed':
      log.warn({ job_id: event.job_id, error: describeError(event.error) }, 'an assembly was given up');
      break;
    case 'completed':
      countCompleted(counters, event.job_id);
      log.info({ job_id: event.job_id, object: objectKey(event.job_id), movies: event.movies }, 'COMPLETE');
      break;
  }
}

function countingSlices(table: TablePort, counters: ConsumerCounters): TablePort {
  return {
    ...table,
    putBatch: async (items, options) => {
      const unprocessed = await table.putBatch(items, options);
      counters.slices += items.length - unprocessed.length;
      return unprocessed;
    },
  };
}
