// The exit code of a process that ends with an error.
import { EXIT, MALFORMED_REQUEST, UsageError } from '@movie-load/schema';

const MAX_CAUSE_DEPTH = 8;

/** 2 for wrong usage, 70 for a bug of movie-load, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return isMalformedRequest(error) ? EXIT.bug : EXIT.failed;
}

/** Whether an error or one of its causes is AWS's error for a malformed request. */
function isMalformedRequest(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < MAX_CAUSE_DEPTH && typeof cause === 'object' && cause !== null; depth++) {
    if ('name' in cause && typeof cause.name === 'string' && MALFORMED_REQUEST.has(cause.name)) return true;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return false;
}
