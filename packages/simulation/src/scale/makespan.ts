// Runs one job from the first receive to COMPLETE in virtual time: the real consumers (their loop, gate, heartbeats,
// storage and objects) on the engines of the embedded AWS, with measured latencies, quotas and CPU times.
import { type JobMode, queueAt, resourceDefinitions, type StepCpu } from '@movie-load/aws';
import { AUTO_MOVIES_PER_MESSAGE, GENERATOR_VERSION } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import { type JobPlan, planJob } from '@movie-load/schema';
import type { Service } from '../engine/backend.ts';
import { diceOf } from '../engine/dice.ts';
import { createScheduler, EPOCH_MS, type Scheduler } from '../engine/scheduler.ts';
import { installVirtualTimers } from '../engine/timers.ts';
import { createDynamoDb } from '../services/dynamodb.ts';
import { createS3 } from '../services/s3.ts';
import { createSqs } from '../services/sqs.ts';
import { clientsOf } from '../world/clients.ts';
import { NAMES, urlOf } from '../world/names.ts';
import { createModelClients } from './calls.ts';
import { type ConsumerDisturbance, createConsumers, type RunningConsumer } from './consumers.ts';
import { createCosts } from './costs.ts';
import { createMachine, type Program } from './machine.ts';
import { createMeasures, type Measures } from './measures.ts';
import { createCallQuota } from './quota.ts';

/** The environment of a run: the machine of the consumers, and the services that they call. */
export interface Environment {
  readonly latencyMs: Readonly<Record<Service, number>>;
  /** Milliseconds of a call besides its latency and its CPU time. */
  readonly overheadMs: number;
  /** The CPU time of a consumer. */
  readonly consumer: StepCpu;
  /** The CPU time of the embedded AWS, another process on the same machine; undefined on AWS. */
  readonly server?: StepCpu | undefined;
  /** The cores of the shared machine; `Infinity`: each consumer has its own core. */
  readonly cores: number;
  /** SQS's quota, for each action. */
  readonly sqsCallsPerSecond: number;
  /** Whether the table is new and on demand, with AWS's quotas. */
  readonly hasTableQuotas: boolean;
  /** The table's warm throughput, if it is not new. */
  readonly tableUnitsPerSecond?: { readonly write: number; readonly read: number } | undefined;
  readonly s3MegabytesPerSecond?: number | undefined;
}

/** A disturbance of a run, `atMs` milliseconds after its first receive. */
export type Disturbance =
  | { readonly kind: 's3_away'; readonly atMs: number; readonly forMs: number }
  | ({ readonly atMs: number } & ConsumerDisturbance);

export interface MakespanOptions {
  readonly environment: Environment;
  readonly mode: JobMode;
  readonly movies: number;
  readonly consumers: number;
  /** Receives that a consumer processes concurrently at most. */
  readonly pollers: number;
  readonly seed?: number | undefined;
  readonly disturbance?: Disturbance | undefined;
}

export interface Makespan {
  /** The time from the first receive to COMPLETE. */
  readonly ms: number;
  /** … of these until the last movies were written to the table. */
  readonly storedMs: number;
  readonly groups: number;
  /** Calls by `<service>:<operation>`, and the throttled ones. */
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<Service, number>>;
  readonly writeUnits: number;
  /** The time that all receives waited for messages, in milliseconds. */
  readonly waitedMs: number;
  /** CPU milliseconds of all consumers, and of the server. */
  readonly consumerCpuMs: number;
  readonly serverCpuMs: number;
  readonly redelivered: number;
}

/** A job that takes longer counts as one that never ends. */
const MAX_RUN_MS = 24 * 60 * 60 * 1000;

export const planOf = (mode: JobMode, movies: number): JobPlan =>
  planJob({
    nonce: 'scale',
    movies,
    movies_per_message: mode === 'packed' ? AUTO_MOVIES_PER_MESSAGE : 1,
    seed: 7,
    generator: GENERATOR_VERSION,
  });

/**
 * Fills the queue, starts the consumers at once, and runs until the job is COMPLETE. The same options give the same
 * result.
 *
 * @throws when a consumer ends by itself or the job does not complete, which are bugs
 */
export async function runModel(options: MakespanOptions): Promise<Makespan> {
  const restoreTimers = installVirtualTimers();
  const model = createModel(options);
  try {
    return await model.run();
  } finally {
    model.end();
    restoreTimers();
  }
}

function createModel(options: MakespanOptions) {
  const { environment, mode, movies, seed = 1 } = options;
  const dice = diceOf(seed, 'scale');
  const scheduler = createScheduler(dice, () => {});
  const services = createModelServices(scheduler, seed, environment);
  const machine = createMachine({ cores: environment.cores, scheduler, random: dice.next });
  const server = environment.server && machine.createProgram();
  const measures = createMeasures();
  const downUntil = new Map<Service, number>();
  const plan = planOf(mode, movies);
  const client = createModelClients({
    scheduler,
    costs: createCosts({ ...environment, moviesPerMessage: plan.movies_per_message }),
    server,
    random: dice.next,
    apply: services.apply,
    isWithinQuota: createCallQuota(environment.sqsCallsPerSecond),
    isDown: (service) => (downUntil.get(service) ?? 0) > scheduler.now(),
    measures,
  });
  let completedOn: number | undefined;
  let failure: unknown;
  const onExit = (error: unknown) => {
    failure ??= error;
  };
  const onCompleted = () => {
    completedOn ??= scheduler.now();
  };
  const consumers = createConsumers({ ...options, seed, scheduler, machine, client, onCompleted, onExit });

  function disturb(disturbance: Disturbance): void {
    if (disturbance.kind === 's3_away') downUntil.set('s3', scheduler.now() + disturbance.forMs);
    else consumers.disturb(disturbance);
  }

  return {
    async run(): Promise<Makespan> {
      const startedOn = new Date(EPOCH_MS).toISOString();
      const { groups } = await sendJob({ queue: services.queue, plan, started_on: startedOn, random: dice });
      for (let index = 0; index < options.consumers; index += 1) scheduler.after(0, () => consumers.start(index));
      const { disturbance } = options;
      if (disturbance !== undefined) scheduler.after(disturbance.atMs, () => disturb(disturbance));
      const limits = { steps: Number.POSITIVE_INFINITY, until: EPOCH_MS + MAX_RUN_MS };
      await scheduler.run(() => completedOn !== undefined || failure !== undefined, limits);
      if (failure !== undefined) throw failure;
      if (completedOn === undefined) throw new Error(`a job of ${movies} movies, ${mode}, is not COMPLETE in a day`);
      return { groups, ...resultOf({ completedOn, measures, consumers: consumers.all, server }) };
    },
    end(): void {
      for (const { process } of consumers.all) process.crash();
    },
  };
}

interface EndedRun {
  readonly completedOn: number;
  readonly measures: Measures;
  readonly consumers: readonly RunningConsumer[];
  readonly server: Program | undefined;
}

function resultOf({ completedOn, measures, consumers, server }: EndedRun): Omit<Makespan, 'groups'> {
  return {
    ms: completedOn - EPOCH_MS,
    storedMs: measures.lastWriteOn - EPOCH_MS,
    calls: Object.fromEntries(measures.calls),
    throttled: measures.throttled,
    writeUnits: measures.writeUnits,
    waitedMs: measures.waitedMs,
    consumerCpuMs: consumers.reduce((sum, { program }) => sum + program.usedMs, 0),
    serverCpuMs: server?.usedMs ?? 0,
    redelivered: consumers.reduce((sum, { consumer }) => sum + consumer.counters.redelivered, 0),
  };
}

/** SQS, DynamoDB and S3 with the resources of the project, and a queue that is filled before the run. */
function createModelServices(scheduler: Scheduler, seed: number, { hasTableQuotas, tableUnitsPerSecond }: Environment) {
  const sqs = createSqs({ scheduler, dice: diceOf(seed, 'sqs') });
  const dynamodb = createDynamoDb({
    clock: scheduler,
    uuid: diceOf(seed, 'dynamodb').uuid,
    ...(hasTableQuotas && { quotas: { onDemand: tableUnitsPerSecond ?? {} } }),
  });
  const s3 = createS3({ clock: scheduler, uuid: diceOf(seed, 's3').uuid });
  const { queue, dlq, table, bucket } = resourceDefinitions(NAMES);
  dynamodb.apply('CreateTable', table);
  s3.apply('CreateBucket', { Bucket: bucket.name });
  for (const { name, attributes } of [dlq, queue]) {
    sqs.engine.call('CreateQueue', { QueueName: name, Attributes: attributes });
  }
  const directClient = {
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: object }) =>
      sqs.apply(command.constructor.name.replace(/Command$/, ''), command.input, 'producer'),
  };
  const producer = clientsOf({ sqs: directClient, poll: directClient, dynamodb: directClient, s3: directClient });
  return {
    queue: queueAt(producer, NAMES.queue, urlOf(NAMES.queue)),
    apply: {
      sqs: sqs.apply,
      dynamodb: (operation: string, input: object) => dynamodb.apply(operation, input),
      s3: (operation: string, input: object) => s3.apply(operation, input),
    },
  };
}
