// What a recorded run is made of, as it goes over the wire. Types alone, of no other module: a page uses them as they
// are.

/** A run, so that it can be stepped through: state at an event = all changes up to it. */
export interface Recording {
  readonly seed: number;
  readonly theme: string;
  readonly sabotage: string | null;
  readonly visibility_seconds: number;
  readonly max_receive_count: number;
  readonly jobs: readonly RecordedJob[];
  readonly events: readonly RecordedEvent[];
  readonly calls: readonly RecordedCall[];
  /** The schedule: every fault that took place, in order. */
  readonly faults: readonly string[];
  /** The event from which on nothing fails; null when the run ended before. */
  readonly quiet_from: number | null;
  /** Events and calls beyond the limit, which are not in the recording. */
  readonly left_out: number;
  /** The first promise that was broken; null when none was. */
  readonly verdict: Verdict | null;
  /** Seeds that were tried until this one broke a promise; 1 when the seed was given. */
  readonly tried: number;
}

export interface Verdict {
  readonly invariant: string;
  /** The invariant in words. */
  readonly sentence: string;
  readonly detail: string;
}

export interface RecordedJob {
  /** `job-0` */
  readonly name: string;
  readonly job_id: string;
  readonly movies: number;
  readonly messages: number;
  /** First message of each message group. */
  readonly groups: readonly number[];
  /** The ledgers, then the nodes of the completion tree, the root last. */
  readonly sets: readonly { readonly name: string; readonly bound: number }[];
  readonly parts: number;
}

/** A line of the trace. */
export interface RecordedEvent {
  /** Virtual milliseconds since the start. */
  readonly ms: number;
  /** A process, `world` or `oracle`. */
  readonly who: string;
  readonly what: string;
  /** Faults that strike here. */
  readonly faults?: readonly string[];
  readonly changes?: Changes;
}

/** What is new in the state after an event. */
export interface Changes {
  /** By the message's number in this recording; null: it is in no queue any more. */
  readonly messages?: Readonly<Record<string, MessageState | null>>;
  /** By the job's index. */
  readonly jobs?: Readonly<Record<string, Partial<JobState>>>;
}

export interface MessageState {
  readonly queue: 'queue' | 'dead_letters';
  /** Which message of which job; null: a forged one. */
  readonly of: { readonly job: number; readonly number: number } | null;
  readonly receives: number;
  /** The process that has it, and until when no other one gets it. Null: it waits. */
  readonly in_flight: { readonly by: string; readonly until_ms: number } | null;
}

export interface JobState {
  readonly status: 'none' | 'RUNNING' | 'COMPLETE' | 'deleted';
  /** Messages whose movies are all in slices. */
  readonly stored: readonly number[];
  /** The numbers in each set, in the order of the job's `sets`. */
  readonly sets: readonly (readonly number[])[];
  /** Parts that the recorded upload has, from 1. */
  readonly parts: readonly number[];
  readonly object: 'none' | 'right' | 'wrong';
}

/** A call of AWS. */
export interface RecordedCall {
  /** `consumer-1.1|dynamodb:UpdateItem|3` */
  readonly site: string;
  /** Events that were there when it was made: it comes before `events[from]`. */
  readonly from: number;
  /** … and when its caller heard of it. Missing: its caller never did. */
  readonly to?: number;
  readonly failed?: true;
}

/** What is asked of the simulation. */
export interface PlayRequest {
  /** Null, with a sabotage: the first seed that notices it. */
  readonly seed: number | null;
  readonly sabotage: string | null;
  /** One small job; null: the jobs of the seed. */
  readonly movies: number | null;
  /** The seed's own faults, none, or some of them. */
  readonly faults: 'all' | 'none' | readonly string[];
  /** Faults that strike whatever the dice say. */
  readonly placed: readonly string[];
}

/** The shortest schedule that still breaks the same promise. */
export interface Shortest {
  readonly faults: readonly string[];
  readonly of: number;
  readonly runs: number;
  readonly recording: Recording;
}

export interface SabotageRow {
  readonly name: string;
  readonly about: string;
  readonly harmless: boolean;
}

/** What a worker is given … */
export type PlayTask =
  | { readonly kind: 'list' }
  | { readonly kind: 'play' | 'shortest'; readonly request: PlayRequest };

/**
 * … and what it answers: JSON (`SabotageRow[]`, `Recording`, `Shortest | null`), or why it cannot be done, in a
 * sentence.
 */
export type PlayAnswer = { readonly json: string } | { readonly problem: string };
