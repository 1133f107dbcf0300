// What a process ends with, and why.
import { EXIT, UsageError } from '@movie-load/schema';

/** AWS's words for a request that can never succeed: our bug, whatever the data. */
const BUG_NAMES = new Set(['ValidationException', 'SerializationException']);
const DEEPEST = 8;

/** 2 for wrong usage, 70 for our own bug, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  return isBug(error) ? EXIT.bug : EXIT.failed;
}

/** True when an error, or what caused it, is AWS telling that our request is malformed. */
function isBug(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < DEEPEST && typeof cause === 'object' && cause !== null; depth++) {
    if ('name' in cause && typeof cause.name === 'string' && BUG_NAMES.has(cause.name)) return true;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return false;
}
