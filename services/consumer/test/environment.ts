// An embedded AWS with the resources, adapters onto it, and consumers: in this process, or as processes of their own.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type AwsClients,
  type OpenQueue,
  type OutgoingMessage,
  openObjects,
  openTable,
  resilientObjects,
  resilientQueue,
  resilientTable,
  systemClock,
  systemRandom,
  type TableItem,
  toolPolicy,
} from '@movie-load/aws';
import { createJobStore, type JobStore } from '@movie-load/jobs';
import type { Faults, LocalAwsOptions } from '@movie-load/local-aws';
import { generateMovies } from '@movie-load/movies';
import {
  type JobPlan,
  jobIdOf,
  jobKey,
  type Movie,
  type ServiceReport,
  serviceReportSchema,
  shapeOf,
} from '@movie-load/schema';
import { sendMessages, startTestAws } from '@movie-load/testing';
import { type ConsumerOptions, createConsumer } from '../src/consumer.ts';
import { loadMessage } from './support.ts';

export interface Environment {
  readonly env: Readonly<Record<string, string>>;
  readonly clients: AwsClients;
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
  readonly jobs: JobStore;
  /** Requests that reached the endpoint, by operation. */
  readonly requests: ReadonlyMap<string, number>;
  /** Faults that the endpoint injects; may be changed at any time. */
  faults: Faults;
  /** Sends messages of the plan to the queue. Default: all. */
  send(plan: JobPlan, numbers?: readonly number[]): Promise<void>;
  sendRaw(messages: readonly OutgoingMessage[]): Promise<void>;
  /** The job's object as text; undefined when it does not exist. */
  object(plan: JobPlan): Promise<string | undefined>;
  jobItem(plan: JobPlan): Promise<TableItem | undefined>;
  inFlight(): Promise<number>;
  close(): Promise<void>;
}

export async function startEnvironment(options: LocalAwsOptions = {}): Promise<Environment> {
  const aws = await startTestAws(options);
  const { env, clients, queue, dlq, requests } = aws;
  const jobs = createJobStore({
    table: resilientTable(aws.table, toolPolicy()),
    objects: resilientObjects(aws.objects, toolPolicy()),
    clock: systemClock,
    random: systemRandom,
    instance: 'test',
  });

  const sendRaw = (messages: readonly OutgoingMessage[]) => sendMessages(queue, messages);

  return {
    env,
    clients,
    queue,
    dlq,
    jobs,
    requests,
    get faults() {
      return aws.faults;
    },
    set faults(faults) {
      aws.faults = faults;
    },
    send: (plan, numbers = Array.from({ length: shapeOf(plan).messages }, (_, number) => number)) =>
      sendRaw(numbers.map((number) => ({ ...loadMessage(plan, number), deduplicationId: crypto.randomUUID() }))),
    sendRaw,
    object: async (plan) => (await aws.object(`${jobIdOf(plan)}.json`))?.toString('utf8'),
    jobItem: (plan) => aws.table.get(jobKey(jobIdOf(plan))),
    inFlight: async () => (await queue.status()).inFlight,
    close: aws.close,
  };
}

/** The movies that a job's object must have, in their order. */
export const moviesOf = (plan: JobPlan): Movie[] => [...generateMovies(plan.seed, { first: 0, count: plan.movies })];

export const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A consumer without long polls, over the environment. */
export function consumerOf(environment: Environment, extra: Partial<ConsumerOptions> = {}) {
  const { clients, queue, dlq } = environment;
  const ended = new AbortController();
  const exits: number[] = [];
  const consumer = createConsumer({
    queue,
    dlq,
    table: openTable(clients, 'movie-job-information'),
    objects: openObjects(clients, 'movie-bucket'),
    clock: systemClock,
    random: systemRandom,
    instance: 'consumer under test',
    settings: { visibilitySeconds: 60, drainMs: 8000 },
    log: silentLog,
    exit: (code) => exits.push(code),
    signal: ended.signal,
    ...extra,
  });
  return {
    ...consumer,
    exits,
    /** Receives once and handles the messages. Returns their number. */
    receiveOnce: async (visibilitySeconds = 60) => {
      const messages = await resilientQueue(queue, toolPolicy()).receive({
        max: 10,
        waitSeconds: 0,
        visibilitySeconds,
      });
      await consumer.handler.handle(messages);
      return messages.length;
    },
    end: async () => {
      ended.abort();
      await consumer.handler.drain();
    },
  };
}

export interface ConsumerProcess {
  readonly child: ChildProcess;
  /** The last report it sent. */
  readonly report: () => ServiceReport | undefined;
  readonly log: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts the real service as the CLI and a container do. */
export function startProcess(env: Readonly<Record<string, string>>): ConsumerProcess {
  const child = fork(main, [], {
    env: { PATH: process.env.PATH ?? '', ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let report: ServiceReport | undefined;
  let log = '';
  child.on('message', (message) => {
    report = serviceReportSchema.parse(message);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const { promise: exited, resolve } = Promise.withResolvers<number | NodeJS.Signals | null>();
  child.once('exit', (code, signal) => resolve(signal ?? code));
  return { child, report: () => report, log: () => log, exited };
}
