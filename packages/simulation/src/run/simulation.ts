// One simulated world: scheduler, services, network and oracle put together, and processes that come and go.

import type { Service } from '../engine/backend.ts';
import { diceOf } from '../engine/dice.ts';
import { createFaults, type Faults } from '../engine/faults.ts';
import type { Recorder } from '../engine/recorder.ts';
import { createScheduler, EPOCH_MS, type Scheduler } from '../engine/scheduler.ts';
import { type ExpectedJob, expectedJob } from '../oracle/expected.ts';
import { Oracle } from '../oracle/oracle.ts';
import type { Accepted } from '../services/sqs-watch.ts';
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
  /** Faults that take place whatever the dice say; with `only`, those of them that it has. */
  readonly placed?: readonly string[] | undefined;
  /** Told of everything that happens: virtual milliseconds since the start, who, what. */
  readonly trace?: ((ms: number, who: string, what: string) => void) | undefined;
  /** Told of the same in parts that a program can use; nothing is recorded without it. */
  readonly recorder?: WorldRecorder | undefined;
}

export interface WorldRecorder extends Recorder {
  /** The world is made, and nothing has happened yet. */
  begins(simulation: Simulation): void;
}

export interface Simulation extends Services, Processes {
  readonly seed: number;
  readonly world: World;
  readonly jobs: readonly ExpectedJob[];
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly oracle: Oracle;
  /** Live messages of a queue. */
  live(queue: string): Iterable<Accepted>;
  /** Until when a service is unreachable, in milliseconds since the epoch. */
  readonly outages: Map<Service, number>;
  onBranch(listener: (branch: string, times: number) => void): void;
  note(who: string, what: string): void;
}

/** The whole state is looked at after this many events, not only what just changed. */
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
    onFault: recorder?.fault,
  });
  let untilAudit = AUDIT_EVERY;
  const audit = () => {
    untilAudit -= 1;
    if (untilAudit > 0) return;
    untilAudit = AUDIT_EVERY;
    oracle.audit();
  };
  const scheduler = createScheduler(diceOf(seed, 'ties'), audit, recorder?.nextEvent);
  const outages = new Map<Service, number>();
  const note = (who: string, what: string) => {
    trace?.(scheduler.now() - EPOCH_MS, who, what);
    recorder?.note(scheduler.now() - EPOCH_MS, who, what);
  };

  let branchListener: ((branch: string, times: number) => void) | undefined;
  const live = (queue: string) => services.sqs.live(queue);
  // The oracle and the services know each other: it looks at them when they tell it of an effect.
  const oracle: Oracle = new Oracle({
    jobs,
    queue: NAMES.queue,
    dlq: NAMES.dlq,
    live,
    item: (job_id, part) => services.dynamodb.item(NAMES.table, { job_id: { S: job_id }, part: { S: part } }),
    object: (key) => services.s3.engine.bytes(NAMES.bucket, key),
    uploadedParts: (id) => services.s3.uploadedParts(NAMES.bucket, id),
    now: scheduler.now,
    onBranch: (branch, times) => branchListener?.(branch, times),
  });
  const services: Services = createServices({ seed, world, scheduler, oracle });
  const isTraced = trace !== undefined || recorder !== undefined;
  const rest = { outages, note, isTraced, recorder };
  const processes = createProcesses({ seed, world, scheduler, faults, oracle, services, ...rest });

  const simulation: Simulation = {
    ...services,
    ...processes,
    seed,
    world,
    jobs,
    scheduler,
    faults,
    oracle,
    live,
    outages,
    onBranch(listener) {
      branchListener = listener;
    },
    note,
  };
  recorder?.begins(simulation);
  return simulation;
}
