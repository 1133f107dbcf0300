// The protocol between the runner and its worker. A mutant is a source file with one small mistake.

/** Offsets in a source that ran: from, to, from, to, … */
export type Intervals = readonly number[];
/** The intervals that ran, by the path of the source. */
export type Coverage = Readonly<Record<string, Intervals>>;

export interface MeasuredTest {
  readonly name: string;
  /** CPU milliseconds, so that a busy machine does not make a test slow. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly passed: boolean;
  readonly coverage: Coverage;
}

/** The measurement of a test file against the unchanged sources. */
export interface MeasuredFile {
  readonly file: string;
  /** Coverage of its loading and of hooks that several tests share. */
  readonly shared: Coverage;
  /** Time until the first test: loading, and hooks that several tests share. */
  readonly sharedMs?: number | undefined;
  readonly tests: readonly MeasuredTest[];
  /** Why the file cannot be used. */
  readonly problem?: string | undefined;
}

export interface MeasureTask {
  readonly kind: 'measure';
  readonly file: string;
  /** The sources whose coverage is wanted. */
  readonly sources: readonly string[];
}

export interface PlannedFile {
  readonly file: string;
  /** The names of the tests to run. Default: all. */
  readonly tests?: readonly string[] | undefined;
  /** A test that runs longer hangs. */
  readonly limitMs: number;
}

/** A source and the text with which it is loaded instead of its own. */
export interface ChangedFile {
  readonly file: string;
  readonly text: string;
}

/** Runs some tests against changed files. */
export interface TryTask {
  readonly kind: 'try';
  readonly changed: readonly ChangedFile[];
  readonly reloaded: readonly string[];
  /** Test files in order. */
  readonly plan: readonly PlannedFile[];
}

/** Runs seeds of the simulation against changed files. */
export interface SimulateTask {
  readonly kind: 'simulate';
  readonly changed: readonly ChangedFile[];
  readonly reloaded: readonly string[];
  readonly seeds: number;
}

export type Task = MeasureTask | TryTask | SimulateTask;

/**
 * How a mutant was noticed. `failed`: a test failed; `hung`: a test ran into its time limit, which is 20 minutes where
 * a developer runs it; `types`: by the type checker; `invalid`: it cannot be loaded.
 */
export interface Outcome {
  readonly status: 'failed' | 'hung' | 'types' | 'unnoticed' | 'invalid';
  /** The test file that noticed the mutant, `simulation` or `types`. */
  readonly noticedBy?: string | undefined;
  readonly test?: string | undefined;
  readonly detail?: string | undefined;
}

export type Answer =
  | { readonly kind: 'ready' }
  /** Announces the next step, which hangs if it takes longer than the limit. */
  | { readonly kind: 'step'; readonly limitMs: number }
  | { readonly kind: 'measured'; readonly measured: MeasuredFile }
  | { readonly kind: 'tried'; readonly outcome: Outcome };
