// Processes of a simulated world that do one task and end: producers, and the commands of operators.
import { type Dice, diceOf } from '../engine/dice.ts';
import type { Actor } from '../world/actors.ts';
import type { Simulation } from './simulation.ts';

export type Task = (actor: Actor) => Promise<void>;

/** The longest time from the start of a task until its interrupt. */
const INTERRUPT_WITHIN_MS = 10_000;
/** The time in which an interrupted task must end: its last calls may time out and be tried again. */
const INTERRUPTED_FOR_MS = 10 * 60_000;

export class Tasks {
  /** The names of the tasks that have work to do, and of the jobs whose producer has not started yet. */
  readonly workingNames = new Set<string>();
  readonly #simulation: Simulation;
  readonly #dice: Dice;
  #started = 0;
  /** Whether no task may give up any more. Then none is interrupted either. */
  mustSucceed = false;

  constructor(simulation: Simulation, dice: Dice) {
    this.#simulation = simulation;
    this.#dice = dice;
  }

  /** Starts a process for a task, and returns its name. */
  start(kind: string, task: Task, restartOnCrash: boolean): string {
    const { scheduler, oracle, note, start } = this.#simulation;
    this.#started += 1;
    const name = `${kind}.${this.#started}`;
    const { mustSucceed } = this;
    this.workingNames.add(name);
    const actor = start(name, () => {
      this.workingNames.delete(name);
      oracle.count(`${kind} died`);
      if (restartOnCrash) {
        scheduler.after(this.#dice.int(100, 120_000), () => this.start(kind, task, this.#dice.chance(0.5)));
      }
    });
    const finish = (text: string) => {
      this.workingNames.delete(name);
      actor.callWatch.processEnded();
      note(name, text);
    };
    if (!mustSucceed) this.#planInterrupt(actor);
    actor.process
      .run(() => task(actor))
      .then(
        () => finish('has done its work'),
        (error: unknown) => {
          oracle.count(`${kind} gave up`);
          finish(`gives up: ${String(error)}`);
          if (mustSucceed || (kind === 'producer' && !mayGiveUp(actor, error)))
            oracle.violate('liveness', `${kind} may not give up here: ${error instanceof Error ? error.stack : error}`);
        },
      );
    return name;
  }

  /** Decides whether an operator presses Ctrl-C, and when. Then the command must end, whatever it waits for. */
  #planInterrupt({ process, callWatch, stop }: Actor): void {
    const { seed, scheduler, faults, oracle, note } = this.#simulation;
    const { name } = process;
    const dice = diceOf(seed, `interrupt|${name}`);
    if (!dice.chance(name.startsWith('producer') ? 0.12 : 0.3)) return;
    // From a millisecond to ten seconds, evenly on a logarithmic scale: many commands take only milliseconds.
    const ms = Math.ceil(INTERRUPT_WITHIN_MS ** dice.next());
    const isAtWork = () => this.workingNames.has(name) && !process.isStalled;
    scheduler.after(ms, () => {
      if (!isAtWork() || !faults.strikePlanned(`interrupt ${name}`)) return;
      note(name, 'is interrupted');
      callWatch.interrupt();
      process.run(() => stop.abort(new Error('interrupted')));
      scheduler.after(INTERRUPTED_FOR_MS, () => {
        if (!isAtWork()) return;
        const minutes = INTERRUPTED_FOR_MS / 60_000;
        oracle.violate('an interrupt ends the work', `${name} still works ${minutes} minutes later`);
      });
    });
  }
}

/** A producer may give up only when SQS refused one of its messages for good, or when it was interrupted. */
function mayGiveUp({ callWatch }: Actor, error: unknown): boolean {
  if (callWatch.isInterrupted) return true;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'send_refused' && callWatch.hasSeenFault('entry_refused_for_good');
}
