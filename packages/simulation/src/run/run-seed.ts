// Runs one seed from beginning to end: first with faults, then without, and checks the result.
import { setImmediate } from 'node:timers/promises';
import { DEAD_LETTER_ATTRIBUTES } from '@movie-load/schema';
import { EPOCH_MS } from '../engine/scheduler.ts';
import { installVirtualTimers } from '../engine/timers.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import type { Violation } from '../oracle/findings.ts';
import { FAULTS_THAT_LEAVE_ITEMS } from '../world/deletion.ts';
import { NAMES } from '../world/names.ts';
import { type Theme, themeOf } from '../world/theme.ts';
import { Scenario } from './scenario.ts';
import { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts';
import { describeUnfinishedRun } from './stuck.ts';

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

/**
 * A run has about a thousand steps. A run with 40 times as many is in an endless loop, unless an outage lasts
 * hours.
 */
const MAX_STEPS_WITH_FAULTS = 40_000;
const MAX_STEPS_WITHOUT_FAULTS = 60_000;
/** A run that reaches its limit of steps is in an endless loop when its steps took less virtual time than this each. */
const SLOW_STEP_MS = 15;
/** After this time the messages that a dead redrive has received are visible again. */
const REDRIVE_MS = 120_000;
/** In one of this number of seeds the jobs are also verified, and their objects lost and repaired. */
const VERIFY_EVERY = 3;
/**
 * For this time after the last fault, work that began before may still make no progress: heartbeats allow fifteen
 * minutes, and a stall may come on top.
 */
const CALM_MS = 20 * 60_000;
/** In one of this number of seeds the complete jobs are sent again. */
const SEND_AGAIN_EVERY = 4;
/** After this time no call in flight can still take effect. */
const LATEST_EFFECT_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Runs a seed. The same options give the same run, to the last event.
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
    const scenario = new Scenario(simulation);
    scenario.start();
    const limits = { steps: MAX_STEPS_WITH_FAULTS, until: EPOCH_MS + simulation.world.faultsStopMs };
    const runEnd = await scheduler.run(() => oracle.violation !== undefined || scenario.isDone(), limits);
    oracle.audit();
    // An outage of hours also has many steps, but fewer in a second.
    const isLooping = runEnd === 'steps' && scheduler.now() - EPOCH_MS < MAX_STEPS_WITH_FAULTS * SLOW_STEP_MS;
    if (isLooping) violateLiveness(simulation, scenario, 'while faults strike, the run does not end');
    if (oracle.violation === undefined) await runWithoutFaults(simulation, scenario);
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
    faults: faults.struckIds,
    faultCounts: faults.counts,
    branches: oracle.counts,
  };
}

/** Stops all faults, and checks that every job becomes COMPLETE: without help, after a redrive, or after one resume. */
async function runWithoutFaults(simulation: Simulation, scenario: Scenario): Promise<void> {
  const { oracle, faults, outages, scheduler } = simulation;
  faults.stop();
  outages.clear();
  simulation.note('world', 'faults stop');
  scenario.requireSuccess();
  oracle.faultsStopped(CALM_MS);
  if (!(await runUntilIdle(simulation, scenario, 'once faults stop, the queue empties'))) return;
  const { deletions } = oracle.stored;
  const jobs = simulation.jobs.filter((job) => !deletions.isDeleted(job));
  expectComplete(simulation, 'without help', (job) => oracle.isFullySent(job) && !isDeadLettered(simulation, job));

  const hasDeadLetteredJobs = () => simulation.jobs.some((job) => isDeadLettered(simulation, job));
  for (let round = 0; round < 5 && hasDeadLetteredJobs(); round += 1) {
    // Messages that a dead redrive had received become visible again.
    await scheduler.run(() => oracle.violation !== undefined, {
      steps: MAX_STEPS_WITHOUT_FAULTS,
      until: scheduler.now() + REDRIVE_MS,
    });
    scenario.redrive();
    if (!(await runUntilIdle(simulation, scenario, 'after a redrive, the queue empties'))) return;
  }
  if (hasDeadLetteredJobs()) oracle.violate('liveness', 'redrives leave valid messages behind');
  expectComplete(simulation, 'after a redrive', (job) => oracle.isFullySent(job));
  if (!(await expectDeletedJobsStayDeleted(simulation, scenario))) return;

  for (const job of jobs) if (!oracle.stored.isComplete(job)) scenario.resume(job);
  if (!(await runUntilIdle(simulation, scenario, 'after a resume, the queue empties'))) return;
  expectComplete(simulation, 'after one resume', () => true);

  const sendCountBefore = oracle.sendCount();
  const resumes = new Set(jobs.map((job) => scenario.resume(job)));
  if (!(await runUntilIdle(simulation, scenario, 'after a needless resume, the queue empties'))) return;
  // Only the sends of these resumes count: those of an earlier resume that died may still take effect now.
  const sent = oracle.sentBy(resumes, sendCountBefore);
  if (sent > 0) oracle.violate('a resume of what is COMPLETE sends nothing', `${sent} were sent`);
  expectForgedDeadLettered(simulation, scenario);
  if (simulation.seed % SEND_AGAIN_EVERY === 0) await sendAgain(simulation, scenario);
  if (simulation.seed % VERIFY_EVERY === 0) {
    for (const job of jobs) scenario.verifyAndRepair(job);
    await runUntilIdle(simulation, scenario, 'verify and repair end');
  }
  oracle.audit();
}

/** Checks that only markers of deleted jobs remain, also after all their messages were sent again. */
async function expectDeletedJobsStayDeleted(simulation: Simulation, scenario: Scenario): Promise<boolean> {
  const { oracle, faults, jobs } = simulation;
  const { stored } = oracle;
  const deleted = jobs.filter((job) => stored.deletions.isDeleted(job));
  if (deleted.length === 0) return true;
  const hasMildFaults =
    oracle.counts.crashes === undefined && FAULTS_THAT_LEAVE_ITEMS.every((kind) => !faults.counts[kind]);
  const expectNoRemains = (when: string) => {
    for (const job of deleted) {
      const remains = stored.remainsOf(job);
      if (remains.length > 0) oracle.violate('nothing is left of a deleted job', `${remains.join(', ')} ${when}`);
      if (!stored.deletions.isFinished(job)) oracle.violate('liveness', `a job is not deleted ${when}`);
    }
  };
  if (hasMildFaults && deleted.every((job) => stored.deletions.isFinished(job))) {
    oracle.count('deleted among mild faults');
    expectNoRemains('after one deletion');
  }
  for (const job of deleted) scenario.delete(job, true);
  if (!(await runUntilIdle(simulation, scenario, 'deletions end'))) return false;
  expectNoRemains('after another deletion');
  for (const job of deleted) scenario.produce(job);
  if (!(await runUntilIdle(simulation, scenario, 'a deleted job is sent again, and the queue empties'))) return false;
  expectNoRemains('after it was sent again');
  oracle.count('deleted job sent again');
  return true;
}

/** Sends complete jobs again: they are stored again, and must not upload anything. */
async function sendAgain(simulation: Simulation, scenario: Scenario): Promise<void> {
  const { scheduler, oracle } = simulation;
  const jobs = simulation.jobs.filter((job) => !oracle.stored.deletions.isDeleted(job));
  const limits = { steps: MAX_STEPS_WITHOUT_FAULTS, until: scheduler.now() + LATEST_EFFECT_MS };
  await scheduler.run(() => oracle.violation !== undefined, limits);
  for (const job of jobs) {
    oracle.stored.uploads.expectNoUploads(job);
    scenario.produce(job);
  }
  if (await runUntilIdle(simulation, scenario, 'after complete jobs were sent again, the queue empties'))
    oracle.count('complete job sent again');
}

async function runUntilIdle(simulation: Simulation, scenario: Scenario, what: string): Promise<boolean> {
  const { scheduler, oracle } = simulation;
  const limits = { steps: MAX_STEPS_WITHOUT_FAULTS, until: scheduler.now() + DAY_MS };
  const end = await scheduler.run(() => oracle.violation !== undefined || scenario.isIdle(), limits);
  oracle.audit();
  if (end !== 'done')
    violateLiveness(
      simulation,
      scenario,
      `${what}: not in ${end === 'steps' ? `${MAX_STEPS_WITHOUT_FAULTS} steps` : 'a day'}`,
    );
  return oracle.violation === undefined;
}

function violateLiveness(simulation: Simulation, scenario: Scenario, what: string): void {
  const { oracle } = simulation;
  if (oracle.violation === undefined)
    oracle.violate('liveness', `${what}; ${describeUnfinishedRun(simulation, scenario.workingNames)}`);
}

function expectComplete({ jobs, oracle }: Simulation, when: string, isExpected: (job: ExpectedJob) => boolean): void {
  for (const job of jobs) {
    if (oracle.stored.deletions.isDeleted(job) || !isExpected(job)) continue;
    oracle.count(`job COMPLETE ${when}`);
    if (!oracle.stored.isComplete(job)) oracle.violate('liveness', `job ${job.plan.nonce} is not COMPLETE ${when}`);
  }
}

/** Whether the dead-letter queue has a valid message of the job: SQS moved it there, or an operator put it there. */
function isDeadLettered({ liveMessages, oracle }: Simulation, job: ExpectedJob): boolean {
  for (const message of liveMessages(NAMES.dlq)) {
    if (oracle.identify(message.body, message.group)?.job === job) return true;
  }
  return false;
}

/** Checks that every forged message that was not purged is in the dead-letter queue with its body and group. */
function expectForgedDeadLettered({ liveMessages, oracle }: Simulation, scenario: Scenario): void {
  const deadLetters = new Set<string>();
  for (const { body, group, attributes } of liveMessages(NAMES.dlq)) {
    const original = attributes[DEAD_LETTER_ATTRIBUTES.originalGroup]?.StringValue ?? group;
    deadLetters.add(`${original} ${body}`);
  }
  for (const { kind, body, group } of scenario.forged) {
    if (!deadLetters.has(`${group} ${body}`) && !oracle.deadLetters.wasPurged(group, body))
      oracle.violate('what can never succeed is dead-lettered', `${kind} is in no queue`);
  }
}
