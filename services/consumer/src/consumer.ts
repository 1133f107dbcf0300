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
import { createJobStore } from '@movie-load/jobs';
import { jobKey } from '@movie-load/schema';
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
  readonly settings: HandlerOptions['settings'] & { readonly leaseMs: number };
  readonly log: HandlerLog;
  readonly counters?: ConsumerCounters;
  /** Called once when the process cannot go on; see `createHandler`. */
  readonly exit: HandlerOptions['exit'];
  readonly onStored?: NonNullable<HandlerOptions['onStored']>;
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
    s3: breaker('s3', (until) => objects.size(`${NO_JOB}.json`, { signal: until })),
  };

  const jobs = createJobStore({
    table: guardTable(table, breakers.dynamodb),
    objects: guardObjects(objects, breakers.s3),
    clock,
    random,
    instance,
    leaseMs: settings.leaseMs,
    onEvent: (event) => count(counters, log, event),
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
