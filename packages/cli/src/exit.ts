// How a command ends: exit codes and error messages. MOVIE_LOAD_DEBUG=1 adds stack traces.
import { getSystemErrorMessage } from 'node:util';
import { EXIT, hasCode, hideCredentials, MovieLoadError, secretsOf, UsageError } from '@movie-load/schema';
import { CommanderError } from 'commander';

/** Thrown where Ctrl-C (130), SIGTERM (143) or SIGHUP (129) ended the work. */
export class Interrupted extends MovieLoadError {
  readonly exitCode: number;

  constructor(exitCode: number = EXIT.interrupted) {
    super('interrupted', 'interrupted');
    this.exitCode = exitCode;
  }
}

/** Prints the error on standard error, and returns the exit code for it. */
export function reportError(error: unknown): number {
  // Commander has printed it already; its `--help` is an "error" with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Interrupted) return error.exitCode;
  const stack = error instanceof Error ? error.stack : String(error);
  const text = `movie-load: ${errorText(error)}\n${process.env.MOVIE_LOAD_DEBUG ? `${stack}\n` : ''}`;
  process.stderr.write(hideCredentials(text, secretsOf(process.env)));
  return isUsageError(error) ? EXIT.usage : EXIT.failed;
}

/** Errors of the command line, including those thrown by code that does not know about command lines. */
const isUsageError = (error: unknown): boolean => error instanceof UsageError || hasCode(error, 'plan_token');

/**
 * True for errors after which the process must exit without waiting for open handles: after Ctrl-C, output that its
 * reader no longer reads; without credentials, a program of the profile (`credential_process`) that hangs.
 */
export const mustExitAtOnce = (error: unknown): boolean =>
  error instanceof Interrupted || hasCode(error, 'no_credentials');

/** An error as one or two sentences for people. */
export function errorText(error: unknown): string {
  if (error instanceof MovieLoadError) return error.message;
  if (Error.isError(error)) {
    const text = error.message || ('code' in error ? String(error.code) : error.name);
    return `${text.split('\n', 1)[0]} (MOVIE_LOAD_DEBUG=1 shows more)`;
  }
  return String(error);
}

/** Ends the process when standard output cannot be written. Called once, before anything is printed. */
export function watchStandardOutput(): void {
  process.stdout.on('error', ({ code, errno, message }: NodeJS.ErrnoException) => {
    // `… | head` closes the pipe early, which is not an error of this program. The exit code of an earlier error stays.
    if (code === 'EPIPE') process.exit();
    const why = errno === undefined ? message : getSystemErrorMessage(errno);
    process.stderr.write(`movie-load: standard output cannot be written: ${why}\n`);
    process.exit(EXIT.failed);
  });
  // A closed standard error cannot be reported anywhere.
  process.stderr.on('error', () => undefined);
}
