import type { ErrorCode } from './error-codes.ts';

/** What an error carries besides its text. */
export interface ErrorDetails {
  /** Facts that help to find the cause; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The base of every error that movie-load throws itself. `code` is stable and for programs; the message says what
 * happened, to what, and what to do next.
 *
 * @example throw new MovieLoadError('queue_missing', 'There is no queue "movie-load.fifo". Run `movie-load setup` first.');
 */
export class MovieLoadError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { details = {}, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** Thrown for an invalid request of a person or program: a wrong option, setting or body. Exit code 2. */
export class UsageError extends MovieLoadError {
  constructor(message: string, extra: ErrorDetails = {}) {
    super('usage', message, extra);
  }
}

/** True for an error of movie-load with this code. */
export const hasCode = (error: unknown, code: ErrorCode): boolean =>
  error instanceof MovieLoadError && error.code === code;
