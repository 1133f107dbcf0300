// Processes of a simulated world that do one task and end: producers, and the commands of operators.
import { type Dice, diceOf } from '../engine/dice.ts';
import type { Actor } from '../world/actors.ts';
import type { Simulation } from './simulation.ts';

export type Task = (actor: Actor) => Promise<void>;

const INTERRUPT_WITHIN_MS = 10_000;
/** The time of a task to end: its last calls may time out, and be tried again. */
const INTERRUPTED_FOR_MS = 10 * 60_000;

export class Tasks {
  /** The names of what has work to do. */
  readonly working = new Set<string>();
  readonly #simulation: Simulation;
  readonly #dice: Dice;
  #started = 0;
  /** From now on no task may give up, and none is interrupted. */
  mustSucceed = false;

  constructor(simulation: Simulation, dice: Dice) {
    this.#simulation = simulation;
    this.#dice = dice;
  }

  /** Starts a process for a task, and returns its name. With `again`, a new process starts when it dies. */
  start(kind: string, task: Task, again: boolean): string {
    const { scheduler, oracle, note, start } = this.#simulation;
    this.#started += 1;
    const name = `${kind}.${this.#started}`;
    const { mustSucceed } = this;
    this.working.add(name);
    const actor = start(name, () => {
      this.working.delete(name);
      oracle.count(`${kind} died`);
      if (again) {
        scheduler.after(this.#dice.int(100, 120_000), () => this.start(kind, task, this.#dice.chance(0.5)));
      }
    });
    const end = (text: string) => {
      this.working.delete(name);
      actor.calls.done();
      note(name, text);
    };
    if (!mustSucceed) this.#mayBeInterrupted(actor);
    actor.process
      .run(() => task(actor))
      .then(
        () => end('has done its work'),
        (error: unknown) => {
          oracle.count(`${kind} gave up`);
          end(`gives up: ${String(error)}`);
          if (mustSucceed || (kind === 'producer' && !mayStop(actor, error)))
            oracle.violate('liveness', `${kind} may not give up here: ${error instanceof Error ? error.stack : error}`);
        },
      );
    return name;
  }

  /** An operator presses Ctrl-C: the command must end, whatever it waits for. */
  #mayBeInterrupted({ process, calls, stop }: Actor): void {
    const { seed, scheduler, faults, oracle, note } = this.#simulation;
    const { name } = process;
    const plan = diceOf(seed, `interrupt|${name}`);
    if (!plan.chance(name.startsWith('producer') ? 0.12 : 0.3)) return;
    // A command may take milliseconds or minutes.
    const ms = Math.ceil(INTERRUPT_WITHIN_MS ** plan.next());
    const isAtWork = () => this.working.has(name) && !process.stalled;
    scheduler.after(ms, () => {
      if (!isAtWork() || !faults.planned(`interrupt ${name}`)) return;
      note(name, 'is interrupted');
      calls.interrupted();
      process.run(() => stop.abort(new Error('interrupted')));
      scheduler.after(INTERRUPTED_FOR_MS, () => {
        if (!isAtWork()) return;
        const minutes = INTERRUPTED_FOR_MS / 60_000;
        oracle.violate('an interrupt ends the work', `${name} still works ${minutes} minutes later`);
      });
    });
  }
}

/** A producer stops when SQS refuses one of its messages for good, and when it is interrupted. */
function mayStop({ calls }: Actor, error: unknown): boolean {
  if (calls.isInterrupted) return true;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'send_refused' && calls.hasMet('entry_refused_for_good');
}
