// The exit code of a process by its error.
import { EXIT, MALFORMED_REQUEST, UsageError } from '@movie-load/schema';

const DEEPEST = 8;

/** 2 for wrong usage, 70 for a bug of movie-load, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return isMalformedRequest(error) ? EXIT.bug : EXIT.failed;
}

/** Whether AWS called our request malformed, in an error or one of its causes. */
function isMalformedRequest(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < DEEPEST && typeof cause === 'object' && cause !== null; depth++) {
    if ('name' in cause && typeof cause.name === 'string' && MALFORMED_REQUEST.has(cause.name)) return true;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return false;
}
