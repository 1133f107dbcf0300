// The consumers of a simulated world: each is started again after it has died.
import { EXIT } from '@movie-load/schema';
import type { Dice } from '../engine/dice.ts';
import type { SimProcess } from '../engine/process.ts';
import { type RunningConsumer, runConsumer } from '../world/consumer.ts';
import type { Simulation } from './simulation.ts';

/** One consumer: its current process, which replaces the dead ones. */
interface Slot {
  process: SimProcess | undefined;
  running: RunningConsumer | undefined;
  incarnation: number;
}

export class Consumers {
  readonly #simulation: Simulation;
  readonly #dice: Dice;
  readonly #slots: Slot[] = [];
  /** Whether a dead process is replaced at once. */
  restartsAtOnce = false;

  constructor(simulation: Simulation, dice: Dice) {
    this.#simulation = simulation;
    this.#dice = dice;
  }

  start(): void {
    const { world, scheduler } = this.#simulation;
    for (let index = 0; index < world.consumers; index += 1) {
      const slot: Slot = { process: undefined, running: undefined, incarnation: 0 };
      this.#slots.push(slot);
      scheduler.after(this.#dice.int(0, 2000), () => this.#start(slot, index));
    }
  }

  /** SIGTERM to one consumer, or to all. */
  drain(index?: number): void {
    for (const slot of this.#slotsFor(index)) this.#drain(slot);
  }

  /** SIGKILL to one consumer, or to all. */
  kill(index?: number): void {
    for (const { process } of this.#slotsFor(index)) if (process !== undefined) this.#simulation.crash(process);
  }

  #slotsFor(index: number | undefined): readonly Slot[] {
    return index === undefined ? this.#slots : this.#slots.slice(index, index + 1);
  }

  #start(slot: Slot, index: number): void {
    const { scheduler, oracle, start, crash } = this.#simulation;
    slot.incarnation += 1;
    const actor = start(`consumer-${index + 1}.${slot.incarnation}`, () => {
      slot.process = undefined;
      scheduler.after(this.restartsAtOnce ? 100 : this.#dice.int(100, 60_000), () => this.#start(slot, index));
    });
    slot.process = actor.process;
    slot.running = actor.process.run(() =>
      runConsumer(actor, (code, error) => {
        if (code === EXIT.bug)
          oracle.violate('no request is invalid', String(error instanceof Error ? error.stack : error));
        crash(actor.process);
      }),
    );
  }

  #drain({ process, running }: Slot): void {
    if (process === undefined || running === undefined) return;
    const { oracle, crash } = this.#simulation;
    oracle.count('drained');
    const end = () => crash(process);
    process.run(running.drain).then(end, (error: unknown) => {
      oracle.violate('a drain ends', String(error));
      end();
    });
  }
}
