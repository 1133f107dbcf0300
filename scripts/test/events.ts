// What the Jest reporter tells the runner, one JSON object a line on file descriptor 3.

export const EVENTS_FD = 3;

/** How one test file ended. */
export interface FileResult {
  readonly event: 'result';
  readonly file: string;
  readonly seconds: number;
  readonly passed: number;
  /** A file that could not be loaded counts as one failed test. */
  readonly failed: number;
  readonly skipped: number;
  /** One entry per skipped test. */
  readonly reasons: readonly string[];
  /** What Jest says about the failures; empty when there is none. */
  readonly failure: string;
  /** What the tests printed. */
  readonly output: string;
}

export type RunnerEvent = { readonly event: 'start'; readonly file: string } | FileResult | { readonly event: 'done' };
