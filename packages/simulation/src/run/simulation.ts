// Creates one simulated world: scheduler, services, network, oracle and processes.

import type { Service } from '../engine/backend.ts';
import { diceOf } from '../engine/dice.ts';
import { createFaults, type Faults } from '../engine/faults.ts';
import type { Recorder } from '../engine/recorder.ts';
import { createScheduler, EPOCH_MS, type Scheduler } from '../engine/scheduler.ts';
import { type ExpectedJob, expectedJob } from '../oracle/expected.ts';
import { Oracle } from '../oracle/oracle.ts';
import type { AcceptedMessage } from '../services/sqs-watch.ts';
import { withDeletion } from '../world/deletion.ts';
import { NAMES } from '../world/names.ts';
import { createServices, type Services } from '../world/services.ts';
import { type World, worldOf } from '../world/world.ts';
import { createProcesses, type Processes } from './processes.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** One job of this number of movies, instead of the jobs that the seed has. */
  readonly movies?: number | undefined;
  /** Only these faults take place. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Faults that strike in addition; with `only`, those of them that it has. */
  readonly placed?: readonly string[] | undefined;
  /** Called with each line of the trace: virtual milliseconds since the start, the actor, the text. */
  readonly trace?: ((ms: number, who: string, what: string) => void) | undefined;
  /** Gets every event of the run, in a form for programs. */
  readonly recorder?: WorldRecorder | undefined;
}

export interface WorldRecorder extends Recorder {
  /** Called when the world has been created, before its first event. */
  onWorldCreated(simulation: Simulation): void;
}

export interface Simulation extends Services, Processes {
  readonly seed: number;
  readonly world: World;
  readonly jobs: readonly ExpectedJob[];
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly oracle: Oracle;
  /** The messages that a queue has now: waiting, in flight or delayed. */
  liveMessages(queue: string): Iterable<AcceptedMessage>;
  /** The end of a service's outage, in milliseconds since the epoch. */
  readonly outages: Map<Service, number>;
  /** Sets the function that is called with each branch of the protocol that is reached, and its count. */
  onBranch(listener: (branch: string, times: number) => void): void;
  note(who: string, what: string): void;
}

/** After this number of events the oracle checks the whole state, not only the last change. */
const AUDIT_EVERY = 64;

export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, movies, only, placed, trace, recorder } = options;
  const world = movies === undefined ? withDeletion(seed, worldOf(seed)) : worldOf(seed, movies);
  const jobs = world.jobs.map(({ plan }) => expectedJob(plan, world.minPartMovies));
  const faults = createFaults({
    seed,
    rates: world.rates,
    budget: world.budget,
    only,
    placed,
    onFault: recorder?.onFault,
  });
  let untilAudit = AUDIT_EVERY;
  const audit = () => {
    untilAudit -= 1;
    if (untilAudit > 0) return;
    untilAudit = AUDIT_EVERY;
    oracle.audit();
  };
  const scheduler = createScheduler(diceOf(seed, 'ties'), audit, recorder?.onNextEvent);
  const outages = new Map<Service, number>();
  const note = (who: string, what: string) => {
    trace?.(scheduler.now() - EPOCH_MS, who, what);
    recorder?.note(scheduler.now() - EPOCH_MS, who, what);
  };

  let branchListener: ((branch: string, times: number) => void) | undefined;
  const liveMessages = (queue: string) => services.sqs.live(queue);
  // The services report each effect to the oracle, which then reads their state.
  const oracle: Oracle = new Oracle({
    jobs,
    queue: NAMES.queue,
    dlq: NAMES.dlq,
    liveMessages,
    item: (job_id, part) => services.dynamodb.item(NAMES.table, { job_id: { S: job_id }, part: { S: part } }),
    object: (key) => services.s3.engine.bytes(NAMES.bucket, key),
    uploadedParts: (id) => services.s3.uploadedParts(NAMES.bucket, id),
    now: scheduler.now,
    onBranch: (branch, times) => branchListener?.(branch, times),
  });
  const services: Services = createServices({ seed, world, scheduler, oracle });
  const isTraced = trace !== undefined || recorder !== undefined;
  const traceOptions = { outages, note, isTraced, recorder };
  const processes = createProcesses({ seed, world, scheduler, faults, oracle, services, ...traceOptions });

  const simulation: Simulation = {
    ...services,
    ...processes,
    seed,
    world,
    jobs,
    scheduler,
    faults,
    oracle,
    liveMessages,
    outages,
    onBranch(listener) {
      branchListener = listener;
    },
    note,
  };
  recorder?.onWorldCreated(simulation);
  return simulation;
}
