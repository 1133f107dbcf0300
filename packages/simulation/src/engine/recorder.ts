// What a run tells of itself, in parts that a program can use.
import type { Effect, HeardCall, MadeCall } from './calls.ts';

export interface Recorder {
  note(ms: number, who: string, what: string): void;
  /** A fault strikes now. */
  fault(id: string): void;
  made(call: MadeCall): void;
  heard(call: HeardCall): void;
  tookEffect(effect: Effect): void;
  /** All that followed from the last event has happened, the next one comes. */
  nextEvent(): void;
}
