// What a process ends with, and why.
import { EXIT, MALFORMED_REQUEST, UsageError } from '@movie-load/schema';

const DEEPEST = 8;

/** 2 for wrong usage, 70 for our own bug, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return isMalformedRequest(error) ? EXIT.bug : EXIT.failed;
}

/** True when an error, or what caused it, is AWS telling that our request is malformed. */
function isMalformedRequest(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < DEEPEST && typeof cause === 'object' && cause !== null; depth++) {
    if ('name' in cause && typeof cause.name === 'string' && MALFORMED_REQUEST.has(cause.name)) return true;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return false;
}
