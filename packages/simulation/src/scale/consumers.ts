// The consumers in the model of whole jobs: starts them, kills or drains them, and replaces them.
import { openObjects, openTable, queueAt } from '@movie-load/aws';
import { type Consumer, createConsumer, createGate, drain, type Pollers, startPollers } from '@movie-load/consumer';
import { BUDGET_CHARACTERS, CONSUMER_DEFAULTS } from '@movie-load/schema';
import type { Service } from '../engine/backend.ts';
import { createProcess, type SimProcess } from '../engine/process.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { clientsOf, pollClientOf } from '../world/clients.ts';
import { NAMES, urlOf } from '../world/names.ts';
import type { createModelClients } from './calls.ts';
import type { createMachine, Program } from './machine.ts';

const { VISIBILITY_SECONDS, DRAIN_SECONDS } = CONSUMER_DEFAULTS;
const DRAIN_MS = DRAIN_SECONDS * 1000;
/** The time from the end of a process until its replacement receives. */
const RESTART_MS = 2000;

/** A consumer dies or gets SIGTERM, and another one replaces it. */
export interface ConsumerDisturbance {
  readonly kind: 'kill' | 'drain';
  readonly consumer: number;
}

export interface RunningConsumer {
  readonly process: SimProcess;
  readonly program: Program;
  readonly consumer: Consumer;
  drain(): Promise<void>;
}

interface ConsumersOptions extends Omit<StartOptions, 'process' | 'program' | 'client'> {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly machine: ReturnType<typeof createMachine>;
  readonly client: ReturnType<typeof createModelClients>;
}

/** The consumers of a run, and the replacements of those that were killed or drained. */
export function createConsumers(options: ConsumersOptions) {
  const { seed, scheduler, machine, client, onExit } = options;
  const all: RunningConsumer[] = [];
  /** The current process of each consumer, by its index. */
  const running: RunningConsumer[] = [];

  function start(index: number, starts = 1): void {
    const process = createProcess({ name: `consumer-${index}.${starts}`, seed, scheduler, skewMs: 0 });
    const program = machine.createProgram();
    const consumerProcess = process.run(() =>
      startConsumer({ ...options, process, program, client: (service) => client({ process, program }, service) }),
    );
    all.push(consumerProcess);
    running[index] = consumerProcess;
  }

  function disturb({ kind, consumer }: ConsumerDisturbance): void {
    const restart = () => void scheduler.after(RESTART_MS, () => start(consumer, 2));
    const target = running[consumer];
    if (kind === 'kill') {
      target?.process.crash();
      restart();
    } else void target?.process.run(() => target.drain().then(restart, onExit));
  }

  return { all: all as readonly RunningConsumer[], start, disturb };
}

interface StartOptions {
  readonly pollers: number;
  readonly process: SimProcess;
  readonly program: Program;
  readonly client: (service: Service) => ReturnType<ReturnType<typeof createModelClients>>;
  readonly onCompleted: () => void;
  readonly onExit: (error: unknown) => void;
}

/** The consumer service without its HTTP server and its signals, with its default settings. */
function startConsumer(options: StartOptions): RunningConsumer {
  const { process, program, client, pollers: count, onCompleted, onExit } = options;
  const { clock, random } = process;
  const poll = client('sqs');
  const clients = clientsOf({ sqs: client('sqs'), poll, dynamodb: client('dynamodb'), s3: client('s3') });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const processEnd = new AbortController();
  const queue = queueAt(clients, NAMES.queue, urlOf(NAMES.queue));
  const consumer = createConsumer({
    queue,
    dlq: queueAt(clients, NAMES.dlq, urlOf(NAMES.dlq)),
    table: openTable(clients, NAMES.table),
    objects: openObjects(clients, NAMES.bucket),
    clock,
    random,
    instance: process.name,
    settings: { visibilitySeconds: VISIBILITY_SECONDS, drainMs: DRAIN_MS },
    log,
    exit: (_code, error) => onExit(error),
    onCompleted,
    signal: processEnd.signal,
  });
  const { sqs, dynamodb } = consumer.breakers;
  const pollers: Pollers = startPollers({
    client: pollClientOf(poll),
    queueUrl: queue.url,
    count,
    visibilitySeconds: VISIBILITY_SECONDS,
    handler: consumer.handler,
    gate: createGate({ pollers: count, budgetCharacters: BUDGET_CHARACTERS, breakers: [sqs, dynamodb] }),
    breaker: sqs,
    clock,
    random,
    uptimeMs: clock.now,
    log,
  });
  return {
    process,
    program,
    consumer,
    async drain() {
      await drain({ consumer, pollers, drainMs: DRAIN_MS, log });
      processEnd.abort(new Error('the process ends'));
    },
  };
}
