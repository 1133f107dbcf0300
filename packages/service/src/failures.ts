// Errors that end a process: those that main throws, and those that no code catches.
import { EXIT, MovieLoadError } from '@movie-load/schema';
import { exitCodeOf } from './exit.ts';
import type { Logger } from './logger.ts';
import { serializeError } from './serialize-error.ts';

/**
 * Logs an error that main threw: a `MovieLoadError` as a sentence, because a person can act on it; others with their
 * stack.
 *
 * @returns the exit code
 */
export function logFailure(log: Logger, error: unknown): number {
  if (error instanceof MovieLoadError) {
    const { code, details, cause } = error;
    const { type, message } = serializeError(cause);
    log.error({ code, details, ...(cause === undefined ? {} : { cause: { type, message } }) }, error.message);
  } else log.fatal({ err: error }, 'ended by an error');
  return exitCodeOf(error);
}

/** Ends the process on an error that no code has caught: with 70 for a malformed request, with 1 for any other. */
export function endOnUncaught(log: Logger, exit: (code: number) => void = process.exit): void {
  const crash = (error: unknown, message: string) => {
    log.fatal({ err: error }, message);
    exit(exitCodeOf(error) === EXIT.bug ? EXIT.bug : EXIT.failed);
  };
  process.on('unhandledRejection', (error) => crash(error, 'unhandled rejection: this is a bug'));
  process.on('uncaughtException', (error) => crash(error, 'uncaught exception: this is a bug'));
}
