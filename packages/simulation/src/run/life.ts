// The course of a simulated world: consumers and producers start, events and traps strike, operators act.
import { type Dice, diceOf } from '../engine/dice.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import { type Actor, deleteJob, produce, resume, verifyAndRepair } from '../world/actors.ts';
import { NAMES } from '../world/names.ts';
import { listAsOperator, purgeAsOperator, redriveAll } from '../world/operators.ts';
import type { Trap } from '../world/traps.ts';
import type { WorldEvent } from '../world/world.ts';
import { ByHand } from './by-hand.ts';
import { Consumers } from './consumers.ts';
import type { Simulation } from './simulation.ts';
import { Tasks } from './tasks.ts';

const TRAP_COUNTS = {
  drain: 'drained while messages come',
  purge: 'killed and purged',
  kill: 'killed in a bad moment',
} as const;

export class Life {
  readonly #simulation: Simulation;
  readonly #dice: Dice;
  readonly #consumers: Consumers;
  readonly #tasks: Tasks;
  readonly #byHand: ByHand;
  #eventsLeft: number;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#dice = diceOf(simulation.seed, 'life');
    this.#consumers = new Consumers(simulation, this.#dice);
    this.#tasks = new Tasks(simulation, this.#dice);
    this.#byHand = new ByHand(simulation, this.#dice);
    this.#eventsLeft = simulation.world.events.length;
  }

  /** Forged messages that were not purged. */
  get forged() {
    return this.#byHand.forged;
  }

  /** The names of the processes with work. */
  get working(): ReadonlySet<string> {
    return this.#tasks.working;
  }

  begin(): void {
    const { world, jobs, scheduler, faults, onBranch } = this.#simulation;
    this.#consumers.begin();
    jobs.forEach((job, index) => {
      this.#tasks.working.add(`begin ${index}`);
      scheduler.after(world.jobs[index]?.startMs ?? 0, () => {
        this.#tasks.working.delete(`begin ${index}`);
        this.produce(job);
      });
    });
    onBranch((branch, times) => {
      for (const trap of world.traps) {
        if (trap.branch === branch && trap.times === times) scheduler.after(0, () => this.#spring(trap));
      }
    });
    for (const event of world.events) {
      scheduler.at(EPOCH_MS + event.atMs, () => {
        this.#eventsLeft -= 1;
        if (faults.planned(event.id)) this.#happen(event);
      });
    }
  }

  produce(job: ExpectedJob): string {
    return this.#tasks.start('producer', (actor) => produce(actor, job, this.#concurrencyOf(job)), false);
  }

  resume(job: ExpectedJob, again = false): string {
    const { oracle } = this.#simulation;
    const work = async (actor: Actor) => {
      await resume(actor, job, this.#concurrencyOf(job)).catch((error: unknown) => {
        if (!oracle.stored.deletions.isDeleted(job)) throw error;
        oracle.count('resume: of a deleted job');
      });
    };
    return this.#tasks.start('resume', work, again);
  }

  redrive(again = false, max?: number): string {
    return this.#tasks.start('redrive', (actor) => redriveAll(actor, this.#isDeadLetter, max), again);
  }

  delete(job: ExpectedJob, force: boolean): string {
    return this.#tasks.start('delete', (actor) => deleteJob(actor, job, force), true);
  }

  /** Moves the object away, like `aws s3 mv`, and starts a repair. */
  verifyAndRepair(job: ExpectedJob): string {
    const { oracle, s3 } = this.#simulation;
    const moveAway = () => {
      oracle.stored.moveAway(job);
      s3.apply('DeleteObject', { Bucket: NAMES.bucket, Key: job.objectKey });
    };
    return this.#tasks.start('verify', (actor) => verifyAndRepair(actor, job, moveAway), false);
  }

  /** Whether nothing remains to be done, and no process is at work. */
  isIdle(): boolean {
    return this.working.size === 0 && [...this.#simulation.live(NAMES.queue)].length === 0;
  }

  allIsDone(): boolean {
    const { jobs, oracle } = this.#simulation;
    const isOver = (job: ExpectedJob) => oracle.stored.isComplete(job) || oracle.stored.deletions.isDeleted(job);
    return this.#eventsLeft === 0 && this.isIdle() && jobs.every(isOver);
  }

  /** From now on a process that dies starts again at once, and every task must succeed. */
  calm(): void {
    this.#consumers.restartsAtOnce = true;
    this.#tasks.mustSucceed = true;
  }

  readonly #isDeadLetter = (id: string): boolean =>
    [...this.#simulation.live(NAMES.dlq)].some((message) => message.id === id);

  #concurrencyOf(job: ExpectedJob): number {
    const { world, jobs } = this.#simulation;
    return world.jobs[jobs.indexOf(job)]?.concurrency ?? 1;
  }

  #spring({ id, does }: Trap): void {
    const { faults, oracle, note } = this.#simulation;
    if (!faults.planned(id)) return;
    note('world', `${id}: ${does}`);
    if (does === 'abort_uploads') {
      this.#byHand.abortUploads();
      return;
    }
    oracle.count(TRAP_COUNTS[does]);
    if (does === 'drain') this.#consumers.drain();
    else this.#consumers.kill();
    if (does === 'purge') this.#byHand.purge();
  }

  #happen(event: WorldEvent): void {
    const { note } = this.#simulation;
    const outage = 'service' in event ? ` of ${event.service} for ${Math.ceil(event.forMs / 1000)} s` : '';
    note('world', `${event.id}${outage}`);
    if ('job' in event) this.#happenTo(event);
    else this.#happenAround(event);
  }

  #happenTo(event: Extract<WorldEvent, { readonly job: number }>): void {
    const job = this.#simulation.jobs[event.job];
    if (job === undefined) return;
    if (event.kind === 'resume') this.resume(job, true);
    else if (event.kind === 'produce_again') this.produce(job);
    else if (event.kind === 'delete') this.delete(job, event.force);
    else this.#byHand.put(event, job);
  }

  #happenAround(event: Exclude<WorldEvent, { readonly job: number }>): void {
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
        this.#tasks.start('purge', (actor) => purgeAsOperator(actor, this.#isDeadLetter), false);
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
        this.#byHand.purge();
        break;
      default:
    }
  }
}
