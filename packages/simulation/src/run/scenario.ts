// Runs the scenario of a simulated world: starts consumers and producers, and lets its events and traps happen.
import { type Dice, diceOf } from '../engine/dice.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import { type Actor, deleteJob, produce, resume, verifyAndRepair } from '../world/actors.ts';
import { NAMES } from '../world/names.ts';
import { listAsOperator, purgeAsOperator, redriveAll } from '../world/operators.ts';
import type { Trap } from '../world/traps.ts';
import type { WorldEvent } from '../world/world.ts';
import { Consumers } from './consumers.ts';
import { ManualActions } from './manual-actions.ts';
import type { Simulation } from './simulation.ts';
import { Tasks } from './tasks.ts';

/** The branch that is counted when a trap takes effect, by the trap's action. */
const BRANCH_OF_ACTION = {
  drain: 'drained while messages come',
  purge: 'killed and purged',
  kill: 'killed in a bad moment',
} as const;

export class Scenario {
  readonly #simulation: Simulation;
  readonly #dice: Dice;
  readonly #consumers: Consumers;
  readonly #tasks: Tasks;
  readonly #manualActions: ManualActions;
  #eventsLeft: number;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#dice = diceOf(simulation.seed, 'life');
    this.#consumers = new Consumers(simulation, this.#dice);
    this.#tasks = new Tasks(simulation, this.#dice);
    this.#manualActions = new ManualActions(simulation, this.#dice);
    this.#eventsLeft = simulation.world.events.length;
  }

  /** Forged messages that were not purged. */
  get forged() {
    return this.#manualActions.forged;
  }

  /** The names of the tasks that still have work to do. */
  get workingNames(): ReadonlySet<string> {
    return this.#tasks.workingNames;
  }

  start(): void {
    const { world, jobs, scheduler, faults, onBranch } = this.#simulation;
    this.#consumers.start();
    jobs.forEach((job, index) => {
      this.#tasks.workingNames.add(`begin ${index}`);
      scheduler.after(world.jobs[index]?.startMs ?? 0, () => {
        this.#tasks.workingNames.delete(`begin ${index}`);
        this.produce(job);
      });
    });
    onBranch((branch, times) => {
      for (const trap of world.traps) {
        if (trap.branch === branch && trap.times === times) scheduler.after(0, () => this.#springTrap(trap));
      }
    });
    for (const event of world.events) {
      scheduler.at(EPOCH_MS + event.atMs, () => {
        this.#eventsLeft -= 1;
        if (faults.strikePlanned(event.id)) this.#runEvent(event);
      });
    }
  }

  produce(job: ExpectedJob): string {
    return this.#tasks.start('producer', (actor) => produce(actor, job, this.#concurrencyOf(job)), false);
  }

  resume(job: ExpectedJob, restartOnCrash = false): string {
    const { oracle } = this.#simulation;
    const work = async (actor: Actor) => {
      await resume(actor, job, this.#concurrencyOf(job)).catch((error: unknown) => {
        if (!oracle.stored.deletions.isDeleted(job)) throw error;
        oracle.count('resume: of a deleted job');
      });
    };
    return this.#tasks.start('resume', work, restartOnCrash);
  }

  redrive(restartOnCrash = false, max?: number): string {
    return this.#tasks.start('redrive', (actor) => redriveAll(actor, this.#isInDeadLetterQueue, max), restartOnCrash);
  }

  delete(job: ExpectedJob, force: boolean): string {
    return this.#tasks.start('delete', (actor) => deleteJob(actor, job, force), true);
  }

  /** Starts a process that verifies the job, then loses its object (as by `aws s3 mv`) and repairs it. */
  verifyAndRepair(job: ExpectedJob): string {
    const { oracle, s3 } = this.#simulation;
    const moveAway = () => {
      oracle.stored.allowMissingObject(job);
      s3.apply('DeleteObject', { Bucket: NAMES.bucket, Key: job.objectKey });
    };
    return this.#tasks.start('verify', (actor) => verifyAndRepair(actor, job, moveAway), false);
  }

  /** Whether no task is at work and the queue is empty. */
  isIdle(): boolean {
    return this.workingNames.size === 0 && [...this.#simulation.liveMessages(NAMES.queue)].length === 0;
  }

  isDone(): boolean {
    const { jobs, oracle } = this.#simulation;
    const isFinished = (job: ExpectedJob) => oracle.stored.isComplete(job) || oracle.stored.deletions.isDeleted(job);
    return this.#eventsLeft === 0 && this.isIdle() && jobs.every(isFinished);
  }

  /** From now on a dead consumer is replaced at once, and every task must succeed. */
  requireSuccess(): void {
    this.#consumers.restartsAtOnce = true;
    this.#tasks.mustSucceed = true;
  }

  readonly #isInDeadLetterQueue = (id: string): boolean =>
    [...this.#simulation.liveMessages(NAMES.dlq)].some((message) => message.id === id);

  #concurrencyOf(job: ExpectedJob): number {
    const { world, jobs } = this.#simulation;
    return world.jobs[jobs.indexOf(job)]?.concurrency ?? 1;
  }

  #springTrap({ id, action }: Trap): void {
    const { faults, oracle, note } = this.#simulation;
    if (!faults.strikePlanned(id)) return;
    note('world', `${id}: ${action}`);
    if (action === 'abort_uploads') {
      this.#manualActions.abortUploads();
      return;
    }
    oracle.count(BRANCH_OF_ACTION[action]);
    if (action === 'drain') this.#consumers.drain();
    else this.#consumers.kill();
    if (action === 'purge') this.#manualActions.purge();
  }

  #runEvent(event: WorldEvent): void {
    const { note } = this.#simulation;
    const outage = 'service' in event ? ` of ${event.service} for ${Math.ceil(event.forMs / 1000)} s` : '';
    note('world', `${event.id}${outage}`);
    if ('job' in event) this.#runJobEvent(event);
    else this.#runWorldEvent(event);
  }

  #runJobEvent(event: Extract<WorldEvent, { readonly job: number }>): void {
    const job = this.#simulation.jobs[event.job];
    if (job === undefined) return;
    if (event.kind === 'resume') this.resume(job, true);
    else if (event.kind === 'produce_again') this.produce(job);
    else if (event.kind === 'delete') this.delete(job, event.force);
    else this.#manualActions.putMessage(event, job);
  }

  #runWorldEvent(event: Exclude<WorldEvent, { readonly job: number }>): void {
    const { scheduler, oracle, sqs, outages } = this.#simulation;
    switch (event.kind) {
      case 'outage':
        outages.set(event.service, scheduler.now() + event.forMs);
        break;
      case 'redeliver':
        if (sqs.redeliver(this.#dice)) oracle.count('delivered again before its time');
        break;
      case 'redrive':
        this.redrive(true, this.#dice.pick([undefined, 1, 3]));
        break;
      case 'purge_dead_letters':
        this.#tasks.start('purge', (actor) => purgeAsOperator(actor, this.#isInDeadLetterQueue), false);
        break;
      case 'look':
        this.#tasks.start('look', listAsOperator, false);
        break;
      case 'drain':
        this.#consumers.drain(event.consumer);
        break;
      case 'kill':
        this.#consumers.kill(event.consumer);
        break;
      case 'purge':
        this.#manualActions.purge();
        break;
      default:
    }
  }
}
