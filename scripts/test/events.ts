// The messages that the Jest reporter sends to the runner: one JSON object per line on file descriptor 3.

export const EVENTS_FD = 3;

/** The result of one test file. */
export interface FileResult {
  readonly event: 'result';
  readonly file: string;
  readonly seconds: number;
  readonly passed: number;
  /** A file that could not be loaded counts as one failed test. */
  readonly failed: number;
  readonly skipped: number;
  /** Why each skipped test was skipped; one entry per test. */
  readonly reasons: readonly string[];
  /** Jest's report of the failures; empty without failures. */
  readonly failure: string;
  /** The output of the tests. */
  readonly output: string;
}

/** `start` when a file starts, `result` when it has ended, `done` when Jest has run all its files. */
export type RunnerEvent = { readonly event: 'start'; readonly file: string } | FileResult | { readonly event: 'done' };
