// Runs one seed from beginning to end: first with faults, then without, and checks the result.
import { setImmediate } from 'node:timers/promises';
import { DEAD_LETTER_ATTRIBUTES } from '@movie-load/schema';
import { EPOCH_MS } from '../engine/scheduler.ts';
import { installVirtualTimers } from '../engine/timers.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import type { Violation } from '../oracle/findings.ts';
import { LEAVES_SOMETHING } from '../world/deletion.ts';
import { NAMES } from '../world/names.ts';
import { type Theme, themeOf } from '../world/theme.ts';
import { Life } from './life.ts';
import { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts';
import { describeStuck } from './stuck.ts';

export interface SeedResult {
  readonly seed: number;
  readonly theme: Theme;
  readonly violation: Violation | undefined;
  /** The number of scheduler events. */
  readonly steps: number;
  /** Virtual milliseconds. */
  readonly virtualMs: number;
  /** Every fault that took place, in order: the schedule. */
  readonly faults: readonly string[];
  /** The count of each kind of fault. */
  readonly faultCounts: Readonly<Record<string, number>>;
  /** The count of each branch of the protocol. */
  readonly branches: Readonly<Record<string, number>>;
}

/** A run has about a thousand steps. A run with 40 times that loops. */
const STORM_STEPS = 40_000;
const QUIET_STEPS = 60_000;
const SLOW_STEP_MS = 15;
const REDRIVE_MS = 120_000;
/** In one of this number of seeds the jobs are also verified, and their objects lost and repaired. */
const VERIFY_EVERY = 3;
/**
 * After faults, work that began among them may be without progress for as long as heartbeats allow, and a stop
 * longer.
 */
const CALM_MS = 20 * 60_000;
/** In one of this number of seeds the complete jobs are sent again. */
const SEND_AGAIN_EVERY = 4;
/** No call in flight takes effect later than that. */
const LATEST_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Runs a seed. The same seed (and the same `only`) gives the same run, to the last event.
 *
 * @example const { violation } = await runSeed({ seed: 7 });
 */
export async function runSeed(options: SimulationOptions): Promise<SeedResult> {
  const simulation = createSimulation(options);
  const { oracle, scheduler, faults } = simulation;
  const onRejection = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    oracle.violate('no unhandled rejection', text);
  };
  process.on('unhandledRejection', onRejection);
  const restoreTimers = installVirtualTimers();
  try {
    const life = new Life(simulation);
    life.begin();
    const storm = { steps: STORM_STEPS, until: EPOCH_MS + simulation.world.quietMs };
    const end = await scheduler.run(() => oracle.violation !== undefined || life.allIsDone(), storm);
    oracle.audit();
    // An outage of hours also has many steps, but fewer in a second.
    const isSpinning = end === 'steps' && scheduler.now() - EPOCH_MS < STORM_STEPS * SLOW_STEP_MS;
    if (isSpinning) violateLiveness(simulation, life, 'while faults come, work goes on without end');
    if (oracle.violation === undefined) await quiet(simulation, life);
    await setImmediate();
  } finally {
    simulation.end();
    restoreTimers();
    process.off('unhandledRejection', onRejection);
  }
  return {
    seed: options.seed,
    theme: themeOf(options.seed),
    violation: oracle.violation,
    steps: scheduler.steps,
    virtualMs: scheduler.now() - EPOCH_MS,
    faults: faults.used,
    faultCounts: faults.counts,
    branches: oracle.counts,
  };
}

/** Faults have stopped: now every job must become COMPLETE, with no more help than it may need. */
async function quiet(simulation: Simulation, life: Life): Promise<void> {
  const { oracle, faults, outages, scheduler } = simulation;
  faults.stop();
  outages.clear();
  simulation.note('world', 'faults stop');
  life.calm();
  oracle.calm(CALM_MS);
  if (!(await settle(simulation, life, 'once faults stop, the queue empties'))) return;
  const { deletions } = oracle.stored;
  const jobs = simulation.jobs.filter((job) => !deletions.isDeleted(job));
  expectComplete(simulation, 'without help', (job) => oracle.isFullySent(job) && !isDeadLettered(simulation, job));

  const someAreDead = () => simulation.jobs.some((job) => isDeadLettered(simulation, job));
  for (let round = 0; round < 5 && someAreDead(); round += 1) {
    // Messages that a dead redrive had received become visible again.
    await scheduler.run(() => oracle.violation !== undefined, {
      steps: QUIET_STEPS,
      until: scheduler.now() + REDRIVE_MS,
    });
    life.redrive();
    if (!(await settle(simulation, life, 'after a redrive, the queue empties'))) return;
  }
  if (someAreDead()) oracle.violate('liveness', 'redrives leave valid messages behind');
  expectComplete(simulation, 'after a redrive', (job) => oracle.isFullySent(job));
  if (!(await deletedStayDeleted(simulation, life))) return;

  for (const job of jobs) if (!oracle.stored.isComplete(job)) life.resume(job);
  if (!(await settle(simulation, life, 'after a resume, the queue empties'))) return;
  expectComplete(simulation, 'after one resume', () => true);

  const before = oracle.mark();
  const resumes = new Set(jobs.map((job) => life.resume(job)));
  if (!(await settle(simulation, life, 'after a needless resume, the queue empties'))) return;
  // Only these, because messages that a resume sent when it died may take effect as late as this.
  const sent = oracle.sentBy(resumes, before);
  if (sent > 0) oracle.violate('a resume of what is COMPLETE sends nothing', `${sent} were sent`);
  expectForged(simulation, life);
  if (simulation.seed % SEND_AGAIN_EVERY === 0) await sendAgain(simulation, life);
  if (simulation.seed % VERIFY_EVERY === 0) {
    for (const job of jobs) life.verifyAndRepair(job);
    await settle(simulation, life, 'verify and repair end');
  }
  oracle.audit();
}

/** Only markers of deleted jobs remain, and sending all of their messages again does not create them again. */
async function deletedStayDeleted(simulation: Simulation, life: Life): Promise<boolean> {
  const { oracle, faults, jobs } = simulation;
  const { stored } = oracle;
  const deleted = jobs.filter((job) => stored.deletions.isDeleted(job));
  if (deleted.length === 0) return true;
  const isMild = oracle.counts.crashes === undefined && LEAVES_SOMETHING.every((kind) => !faults.counts[kind]);
  const expectNothing = (when: string) => {
    for (const job of deleted) {
      const left = stored.remainsOf(job);
      if (left.length > 0) oracle.violate('nothing is left of a deleted job', `${left.join(', ')} ${when}`);
      if (!stored.deletions.isFinished(job)) oracle.violate('liveness', `a job is not deleted ${when}`);
    }
  };
  if (isMild && deleted.every((job) => stored.deletions.isFinished(job))) {
    oracle.count('deleted among mild faults');
    expectNothing('after one deletion');
  }
  for (const job of deleted) life.delete(job, true);
  if (!(await settle(simulation, life, 'deletions end'))) return false;
  expectNothing('after another deletion');
  for (const job of deleted) life.produce(job);
  if (!(await settle(simulation, life, 'a deleted job is sent again, and the queue empties'))) return false;
  expectNothing('after it was sent again');
  oracle.count('deleted job sent again');
  return true;
}

/** A complete job that is sent again is stored again, and uploads nothing. */
async function sendAgain(simulation: Simulation, life: Life): Promise<void> {
  const { scheduler, oracle } = simulation;
  const jobs = simulation.jobs.filter((job) => !oracle.stored.deletions.isDeleted(job));
  const limits = { steps: QUIET_STEPS, until: scheduler.now() + LATEST_MS };
  await scheduler.run(() => oracle.violation !== undefined, limits);
  for (const job of jobs) {
    oracle.stored.uploads.finish(job);
    life.produce(job);
  }
  if (await settle(simulation, life, 'after complete jobs were sent again, the queue empties'))
    oracle.count('complete job sent again');
}

async function settle(simulation: Simulation, life: Life, what: string): Promise<boolean> {
  const { scheduler, oracle } = simulation;
  const limits = { steps: QUIET_STEPS, until: scheduler.now() + DAY_MS };
  const end = await scheduler.run(() => oracle.violation !== undefined || life.isIdle(), limits);
  oracle.audit();
  if (end !== 'done')
    violateLiveness(simulation, life, `${what}: not in ${end === 'steps' ? `${QUIET_STEPS} steps` : 'a day'}`);
  return oracle.violation === undefined;
}

function violateLiveness(simulation: Simulation, life: Life, what: string): void {
  const { oracle } = simulation;
  if (oracle.violation === undefined) oracle.violate('liveness', `${what}; ${describeStuck(simulation, life.working)}`);
}

function expectComplete({ jobs, oracle }: Simulation, when: string, which: (job: ExpectedJob) => boolean): void {
  for (const job of jobs) {
    if (oracle.stored.deletions.isDeleted(job) || !which(job)) continue;
    oracle.count(`job COMPLETE ${when}`);
    if (!oracle.stored.isComplete(job)) oracle.violate('liveness', `job ${job.plan.nonce} is not COMPLETE ${when}`);
  }
}

/** True when a message of the job is in the dead-letter queue because SQS moved it. */
function isDeadLettered({ live, oracle }: Simulation, job: ExpectedJob): boolean {
  for (const message of live(NAMES.dlq)) {
    if (oracle.identify(message.body, message.group)?.job === job) return true;
  }
  return false;
}

/** Every forged message that was not purged is in the dead-letter queue with its body and its group. */
function expectForged({ live, oracle }: Simulation, life: Life): void {
  const there = new Set<string>();
  for (const { body, group, attributes } of live(NAMES.dlq)) {
    const original = attributes[DEAD_LETTER_ATTRIBUTES.originalGroup]?.StringValue ?? group;
    there.add(`${original} ${body}`);
  }
  for (const { kind, body, group } of life.forged) {
    if (!there.has(`${group} ${body}`) && !oracle.deadLetters.wasPurged(group, body))
      oracle.violate('what can never succeed is dead-lettered', `${kind} is nowhere`);
  }
}
