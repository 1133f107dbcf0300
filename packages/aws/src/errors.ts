// What an AWS error means for us, and how to tell people about it.
import { hideCredentials, secretsOf } from '@movie-load/schema';

export type ErrorClass = 'transient' | 'bug';

/** What AWS answers when the request itself was wrong: sending the same again can never help. */
const BUGS = new Set(['ValidationException', 'SerializationException']);

/** What is read of an error; everything may be missing, for anything can be thrown. */
interface ErrorFacts {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const factsOf = (error: unknown): ErrorFacts => (typeof error === 'object' && error !== null ? error : {});

/** AWS's name of an error, e.g. `ConditionalCheckFailedException`; Node's code for what failed below HTTP. */
export function errorName(error: unknown): string {
  const { name, code } = factsOf(error);
  if (typeof name === 'string' && name !== 'Error') return name;
  return typeof code === 'string' ? code : 'Error';
}

/** `bug` only for requests that AWS calls invalid: they are our fault, and no retry helps. All else may succeed later. */
export function classifyError(error: unknown): ErrorClass {
  return BUGS.has(errorName(error)) ? 'bug' : 'transient';
}

/** True for what an aborted call throws. */
export const isAbort = (error: unknown): boolean => errorName(error) === 'AbortError';

const MAX_TEXT = 300;

/**
 * One line for people: AWS's name and message without line breaks and credentials, at most 300 characters. Never throws.
 */
export function describeError(error: unknown): string {
  const { name, message, code, errors, $metadata } = factsOf(error);
  // A refused `localhost` comes as one error for each of its addresses, with an empty message of its own.
  if (Array.isArray(errors) && errors.length > 0 && !message) return describeError(errors[0]);
  const text = typeof message === 'string' && message !== '' ? message : String(code ?? error);
  const isPlain =
    typeof name !== 'string' || ['Error', 'AggregateError', 'MovieLoadError', 'UsageError'].includes(name);
  const status = $metadata?.httpStatusCode;
  const said = `${isPlain ? '' : `${name}: `}${text}${status === undefined ? '' : ` (HTTP ${status})`}`;
  // Before anything is cut off: a part of a secret would not be known again.
  const line = hideCredentials(said, secretsOf(process.env));
  const oneLine = line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return oneLine.length > MAX_TEXT ? `${oneLine.slice(0, MAX_TEXT)}…` : oneLine;
}
