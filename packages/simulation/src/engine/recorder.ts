// The events of a run, for programs.
import type { AnsweredCall, Effect, MadeCall } from './calls.ts';

export interface Recorder {
  note(ms: number, who: string, what: string): void;
  /** A fault strikes now. */
  fault(id: string): void;
  made(call: MadeCall): void;
  answered(call: AnsweredCall): void;
  tookEffect(effect: Effect): void;
  /** Everything that follows from the last event has happened, and the next one begins. */
  nextEvent(): void;
}
