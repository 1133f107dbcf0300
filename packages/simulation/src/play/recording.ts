// The format of a recorded run, as the page gets it. Only types without imports, because the page imports them, too.

/** A recorded run. The state at an event is the sum of all changes up to it. */
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
  /** The index of the event after which no fault strikes; null when the run ended before. */
  readonly quiet_from: number | null;
  /** The number of events and calls beyond the limit, which are not in the recording. */
  readonly left_out: number;
  /** The first invariant that was broken; null when none was. */
  readonly verdict: Verdict | null;
  /** The number of seeds that were tried until this one broke an invariant; 1 when the seed was given. */
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
  /** A process, `world`, `operator` (who acts without a process of movie-load) or `oracle`. */
  readonly who: string;
  readonly what: string;
  /** Faults that strike at this event. */
  readonly faults?: readonly string[];
  readonly changes?: Changes;
}

/** The changes of the state that an event caused. */
export interface Changes {
  /** By the message's number in this recording; null: it is no longer in a queue. */
  readonly messages?: Readonly<Record<string, MessageState | null>>;
  /** By the job's index. */
  readonly jobs?: Readonly<Record<string, Partial<JobState>>>;
}

export interface MessageState {
  readonly queue: 'queue' | 'dead_letters';
  /** The message's number and job; null: a forged message. */
  readonly of: { readonly job: number; readonly number: number } | null;
  readonly receives: number;
  /** The process that has received the message, and when it becomes visible again. Null: it is visible or delayed. */
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
  /** The number of events before the call: it is made before `events[from]`. */
  readonly from: number;
  /** … and when its caller got the answer. Missing: it never did. */
  readonly to?: number;
  readonly failed?: true;
}

/** The page's request for a run. */
export interface PlayRequest {
  /** Null, with a sabotage: the first seed that notices it. */
  readonly seed: number | null;
  readonly sabotage: string | null;
  /** One small job; null: the jobs of the seed. */
  readonly movies: number | null;
  /** The seed's own faults, none, or some of them. */
  readonly faults: 'all' | 'none' | readonly string[];
  /** Faults that strike in addition. */
  readonly placed: readonly string[];
}

/** The shortest schedule that still breaks the same invariant. */
export interface ShortestSchedule {
  readonly faults: readonly string[];
  /** The number of faults of the original schedule. */
  readonly of: number;
  /** The number of runs that the search took. */
  readonly runs: number;
  readonly recording: Recording;
}

export interface SabotageRow {
  readonly name: string;
  readonly about: string;
  readonly harmless: boolean;
}

/** The request to a worker … */
export type PlayTask =
  | { readonly kind: 'list' }
  | { readonly kind: 'play' | 'shortest'; readonly request: PlayRequest };

/**
 * … and its answer: JSON (`SabotageRow[]`, `Recording`, `ShortestSchedule | null`), or the reason why the request
 * cannot be done.
 */
export type PlayAnswer = { readonly json: string } | { readonly problem: string };
