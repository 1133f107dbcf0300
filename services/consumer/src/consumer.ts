// A consumer without its long polls: breakers, ports with their policy, job store and handler. The simulation runs
// this and `poller.ts` on the engines of the embedded AWS; `consume.ts` adds HTTP and reports.
import {
  type Breaker,
  type CallPolicy,
  type Clock,
  classifyForConsumer,
  createBreaker,
  type Dependency,
  EntriesFailed,
  type ObjectsPort,
  type QueuePort,
  type Random,
  type Retry,
  resilientObjects,
  resilientQueue,
  resilientTable,
  type SingleCallTable,
} from '@movie-load/aws';
import { createJobStore, type JobEvent, type JobStoreOptions } from '@movie-load/jobs';
import { jobKey, objectKey } from '@movie-load/schema';
import { type ConsumerCounters, countCompleted, createConsumerCounters } from './counters.ts';
import { createHandler, type Handler, type HandlerLog, type HandlerOptions } from './handler.ts';
import type { ConsumerSpans } from './spans.ts';

export interface ConsumerOptions {
  /** Ports that try once; the consumer adds its policy. */
  readonly queue: QueuePort;
  readonly dlq: QueuePort;
  readonly table: SingleCallTable;
  readonly objects: ObjectsPort;
  readonly clock: Clock;
  readonly random: Random;
  /** The unique name of this process. */
  readonly instance: string;
  readonly settings: HandlerOptions['settings'] &
    Pick<JobStoreOptions, 'minPartMovies' | 'bufferBytes' | 'retentionDays'>;
  readonly log: HandlerLog;
  readonly counters?: ConsumerCounters;
  /** Called once when the process cannot continue; see `createHandler`. */
  readonly exit: HandlerOptions['exit'];
  readonly onStored?: NonNullable<HandlerOptions['onStored']>;
  readonly queueAheadMs?: HandlerOptions['queueAheadMs'];
  /** Called when a job is COMPLETE and counted. */
  readonly onCompleted?: () => void;
  /** Set when traces are exported. */
  readonly spans?: ConsumerSpans | undefined;
  /** Ends the breakers' probes after the process has ended its work. */
  readonly signal: AbortSignal;
}

export interface Consumer {
  readonly handler: Handler;
  readonly counters: ConsumerCounters;
  readonly breakers: Readonly<Record<Dependency, Breaker>>;
}

/** A job that need not exist: reading it shows whether the table or the bucket answers. */
const PROBE_JOB_ID = '00000000-0000-5000-8000-000000000000';

/**
 * @example
 * const consumer = createConsumer({ queue, dlq, table, objects, clock, random, instance, settings, log, exit, signal });
 * await consumer.handler.handle(await queue.receive({ max: 10, waitSeconds: 20, visibilitySeconds: 60 }));
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { queue, table, objects, clock, random, instance, settings, log } = options;
  const counters = options.counters ?? createConsumerCounters();

  const breakers = createBreakers(options);
  const policyOf = (dependency: Dependency): CallPolicy => ({
    clock,
    random,
    // Until the receive's signal aborts, because its heartbeat alone decides how long messages are kept.
    maxAttempts: Number.POSITIVE_INFINITY,
    classify: classifyForConsumer,
    breaker: breakers[dependency],
    onRetry: (retry) => logRetry(retry, log),
  });
  const jobs = createJobStore({
    table: resilientTable(table, policyOf('dynamodb')),
    objects: resilientObjects(objects, policyOf('s3')),
    clock,
    random,
    instance,
    minPartMovies: settings.minPartMovies,
    bufferBytes: settings.bufferBytes,
    retentionDays: settings.retentionDays,
    onEvent: (event) => {
      countAndLog(event, counters, log);
      options.spans?.note(event);
      if (event.kind === 'completed') options.onCompleted?.();
    },
  });
  const handler = createHandler({
    ...options,
    queue: resilientQueue(queue, policyOf('sqs')),
    dlq: resilientQueue(options.dlq, policyOf('sqs')),
    jobs,
    counters,
  });
  return { handler, counters, breakers };
}

function createBreakers({ queue, table, objects, clock, random, log, signal }: ConsumerOptions) {
  const breaker = (dependency: Dependency, probe: (signal: AbortSignal) => Promise<unknown>) =>
    createBreaker({
      dependency,
      clock,
      random,
      signal,
      probe,
      onChange: (open, error) => {
        if (open) log.warn({ dependency, err: error }, 'a dependency fails: waiting for it');
        else log.info({ dependency }, 'the dependency answers again');
      },
    });
  return {
    sqs: breaker('sqs', (signal) => queue.status({ signal })),
    dynamodb: breaker('dynamodb', (signal) => table.get(jobKey(PROBE_JOB_ID), { signal })),
    s3: breaker('s3', (signal) => objects.size(objectKey(PROBE_JOB_ID), { signal })),
  };
}

/** Throttled entries are normal under load, so only repeated failures are logged. */
const QUIET_ENTRY_ATTEMPTS = 2;

function logRetry({ operation, attempt, waitMs, error }: Retry, log: HandlerLog): void {
  if (error instanceof EntriesFailed && attempt <= QUIET_ENTRY_ATTEMPTS) return;
  const facts = { operation, attempt, wait_ms: Math.round(waitMs), err: error };
  log.warn(facts, 'failed, will be tried again');
}

/** Counts and logs the events of the job store. */
function countAndLog(event: JobEvent, counters: ConsumerCounters, log: HandlerLog): void {
  switch (event.kind) {
    case 'stored':
      counters.storedMessages += event.messages;
      counters.storedMovies += event.movies;
      counters.repeatedMovies += event.repeated;
      counters.slices += event.slices;
      break;
    case 'upload_began': {
      const { job_id, upload_id, replaces } = event;
      if (replaces === undefined) log.info({ job_id, upload_id }, 'the upload of the object begins');
      else log.warn({ job_id, upload_id, replaces }, 'the upload was gone: another one replaces it');
      break;
    }
    case 'part_written':
      counters.objectParts += 1;
      counters.partSeconds += event.ms / 1000;
      counters.assembledMovies += event.movies;
      log.info(
        { job_id: event.job_id, part: event.part + 1, parts: event.parts, bytes: event.bytes },
        'a part is written',
      );
      break;
    case 'part_left':
      log.warn(
        { job_id: event.job_id, part: event.part + 1, err: event.error },
        'a part is left to the end of the job',
      );
      break;
    case 'completing':
      log.info({ job_id: event.job_id }, 'every movie is stored: completing the object');
      break;
    case 'dropped': {
      const { job_id, group, messages } = event;
      counters.droppedMessages += messages;
      log.info({ job_id, group, messages }, 'dropped: their job was deleted');
      break;
    }
    case 'completed':
      countCompleted(counters, event.job_id);
      log.info({ job_id: event.job_id, object: objectKey(event.job_id), movies: event.movies }, 'COMPLETE');
      break;
  }
}
