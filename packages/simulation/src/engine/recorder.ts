// The interface of a recorder, which gets every event of a run (for the page that plays it).
import type { AnsweredCall, Effect, StartedCall } from './calls.ts';

export interface Recorder {
  /** A line of the trace. */
  note(ms: number, who: string, what: string): void;
  /** A fault strikes now. */
  onFault(id: string): void;
  onCall(call: StartedCall): void;
  onAnswer(call: AnsweredCall): void;
  onEffect(effect: Effect): void;
  /** Everything that follows from the last event has happened, and the next one begins. */
  onNextEvent(): void;
}
