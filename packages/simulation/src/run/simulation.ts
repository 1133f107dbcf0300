// One simulated world: scheduler, services, network and oracle put together, and processes that come and go.

import { diceOf } from '../engine/dice.ts';
import { createFaults, type Faults } from '../engine/faults.ts';
import { createNetwork, type Service } from '../engine/network.ts';
import { createProcess, type SimProcess } from '../engine/process.ts';
import { createScheduler, EPOCH_MS, type Scheduler } from '../engine/scheduler.ts';
import { type ExpectedJob, expectedJob } from '../oracle/expected.ts';
import { createOracle, type Oracle } from '../oracle/oracle.ts';
import { createDynamoDb, type DynamoDb } from '../services/dynamodb.ts';
import { createS3, type S3 } from '../services/s3.ts';
import { createSqs, type Sqs } from '../services/sqs.ts';
import type { Accepted } from '../services/sqs-watch.ts';
import type { Actor } from '../world/actors.ts';
import { backendsOf, createResources } from '../world/backends.ts';
import { clientsOf } from '../world/clients.ts';
import { NAMES } from '../world/names.ts';
import { type World, worldOf } from '../world/world.ts';
import { describeCall } from './describe.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Only these faults take place. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Told of everything that happens: virtual milliseconds since the start, who, what. */
  readonly trace?: ((ms: number, who: string, what: string) => void) | undefined;
}

export interface Simulation {
  readonly seed: number;
  readonly world: World;
  readonly jobs: readonly ExpectedJob[];
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly oracle: Oracle;
  readonly sqs: Sqs;
  readonly dynamodb: DynamoDb;
  readonly s3: S3;
  /** Live messages of a queue. */
  live(queue: string): Iterable<Accepted>;
  /** Services that nobody reaches now. */
  readonly outages: Map<Service, number>;
  onBranch(listener: (branch: string, times: number) => void): void;
  note(who: string, what: string): void;
  /** Starts a process. `onCrash` is called when it dies. */
  start(name: string, onCrash: (process: SimProcess) => void): Actor;
  crash(process: SimProcess): void;
  /** Lets go of everything that the processes hold. */
  end(): void;
}

const SQS_TIMEOUT_MS = 20_000;
const POLL_TIMEOUT_MS = 30_000;
const S3_TIMEOUT_MS = 60_000;
/** So often, in events, the whole state is looked at, not only what just changed. */
const AUDIT_EVERY = 64;

export function createSimulation({ seed, only, trace }: SimulationOptions): Simulation {
  const world = worldOf(seed);
  const jobs = world.jobs.map(({ plan }) => expectedJob(plan));
  const dice = diceOf(seed, 'simulation');
  const faults = createFaults({ seed, rates: world.rates, budget: world.budget, only });
  let untilAudit = AUDIT_EVERY;
  const scheduler = createScheduler(diceOf(seed, 'ties'), () => {
    untilAudit -= 1;
    if (untilAudit > 0) return;
    untilAudit = AUDIT_EVERY;
    oracle.audit();
  });
  const outages = new Map<Service, number>();
  let branchListener: ((branch: string, times: number) => void) | undefined;
  const note = (who: string, what: string) => trace?.(scheduler.now() - EPOCH_MS, who, what);

  const clock = { now: scheduler.now };
  const dynamodb = createDynamoDb({
    clock,
    uuid: diceOf(seed, 'dynamodb').uuid,
    stale: { ms: () => Math.floor(dice.next() * world.staleMs), mostMs: world.staleMs },
    pageItems: () => world.pageItems,
    onWrite: (before, after) => oracle.stored.wrote(before, after),
  });
  const s3 = createS3({
    clock,
    uuid: diceOf(seed, 's3').uuid,
    minPartBytes: 1,
    onWrite: ({ key }) => oracle.stored.put(key),
  });
  const sqs: Sqs = createSqs({
    scheduler,
    dice: diceOf(seed, 'sqs'),
    watcher: {
      sent: (...all) => oracle.watcher.sent(...all),
      received: (...all) => oracle.watcher.received(...all),
      deleted: (...all) => oracle.watcher.deleted(...all),
      visibility: (...all) => oracle.watcher.visibility(...all),
      refused: (...all) => oracle.watcher.refused(...all),
      moved: (...all) => oracle.watcher.moved(...all),
      purged: (...all) => oracle.watcher.purged(...all),
    },
  });
  createResources({ sqs, dynamodb, s3 }, world.maxReceiveCount);
  const live = (queue: string) => sqs.live(queue);
  const oracle: Oracle = createOracle({
    jobs,
    queue: NAMES.queue,
    dlq: NAMES.dlq,
    live,
    item: (job_id, part) => dynamodb.item(NAMES.table, { job_id: { S: job_id }, part: { S: part } }),
    object: (key) => s3.engine.bytes(NAMES.bucket, key),
    now: scheduler.now,
    onBranch: (branch, times) => branchListener?.(branch, times),
  });

  const backends = backendsOf({
    sqs,
    dynamodb,
    s3,
    down: (service) => (outages.get(service) ?? 0) > scheduler.now(),
    count: oracle.count,
  });
  const onCrash = new Map<SimProcess, (process: SimProcess) => void>();
  const crash = (process: SimProcess) => {
    if (!process.alive) return;
    process.crash();
    note(process.name, '✝ the process dies');
    oracle.count('crashes');
    onCrash.get(process)?.(process);
    onCrash.delete(process);
  };
  const longest = Math.max(world.visibilitySeconds, world.leaseSeconds) * 1000;
  const stallMs = (degree: number) => Math.ceil(longest * (0.5 + 2.5 * degree));
  const network = createNetwork({
    seed,
    scheduler,
    faults,
    latencyMs: world.latencyMs,
    stallMs,
    crash,
    note: (process, text) => note(process.name, text),
    onEffect({ process, operation, input, output }) {
      if (operation === 'CompleteMultipartUpload') oracle.count('object in several parts');
      if (operation === 'AbortMultipartUpload') oracle.count('upload aborted');
      // Polls that bring nothing would fill the trace.
      if (trace === undefined || (operation === 'ReceiveMessage' && !('Messages' in output))) return;
      note(process.name, describeCall({ operation, input, output, identify: oracle.identify, byHandle: sqs.byHandle }));
    },
  });

  const sleeps = new Map<SimProcess, number>();
  const onSleep = (process: SimProcess) => {
    const count = (sleeps.get(process) ?? 0) + 1;
    sleeps.set(process, count);
    const fault = faults.at(`${process.name}|sleep|${count}`, ['crash_asleep', 'stall_asleep']);
    if (fault?.kind === 'crash_asleep') scheduler.after(1 + Math.floor(fault.degree * 1000), () => crash(process));
    if (fault?.kind === 'stall_asleep') process.stall(stallMs(fault.degree));
    if (fault !== undefined) note(process.name, `${fault.kind}`);
  };

  return {
    seed,
    world,
    jobs,
    scheduler,
    faults,
    oracle,
    sqs,
    dynamodb,
    s3,
    live,
    outages,
    onBranch(listener) {
      branchListener = listener;
    },
    note,
    crash,
    end() {
      for (const process of onCrash.keys()) process.crash();
    },
    start(name, whenItCrashes) {
      const skewMs = Math.round((diceOf(seed, `skew|${name}`).next() - 0.5) * 2 * world.skewMs);
      const process = createProcess({ name, seed, scheduler, skewMs, onSleep });
      onCrash.set(process, whenItCrashes);
      const client = (service: Service, timeoutMs: number) =>
        network.client({ process, service, backend: backends[service], timeoutMs });
      const poll = client('sqs', POLL_TIMEOUT_MS);
      const clients = clientsOf({
        sqs: client('sqs', SQS_TIMEOUT_MS),
        poll,
        dynamodb: client('dynamodb', SQS_TIMEOUT_MS),
        s3: client('s3', S3_TIMEOUT_MS),
      });
      note(name, 'starts');
      return { process, clients, poll, world, oracle, note: (text) => note(name, text) };
    },
  };
}
