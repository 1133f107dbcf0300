// What an AWS error means for the caller, and how to tell people about it.
import { hasCode, hideCredentials, MALFORMED_REQUEST, MovieLoadError, secretsOf } from '@movie-load/schema';
import type { BatchFailure } from './ports.ts';

/**
 * Can the same call succeed later?
 * - `transient`: yes, by itself. Throttling, time-outs, broken connections, AWS's own errors.
 * - `caller`: only when a person or the caller changes something. No access, no such queue, an upload that is gone.
 * - `bug`: never. The request itself is wrong.
 */
export type ErrorClass = 'transient' | 'caller' | 'bug';

/** `previous` is what the attempt before this one failed with. */
export type Classify = (error: unknown, previous?: unknown) => ErrorClass;

/** AWS marks these as the client's fault, though they pass by themselves. */
const THROTTLING = /throttl|throughput|toomanyrequests|requestlimit|slowdown|overlimit|bandwidthlimit|priorrequest/i;
const BUSY = new Set(['RequestTimeout', 'RequestTimeoutException', 'TransactionInProgressException']);
/**
 * The clock is off, or the credentials have run out: the SDK corrects the one by the answer's date and fetches the other
 * again, so the next attempt can succeed. The one after that will not.
 */
const ONCE = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);
/** SQS's codes for a handle that has expired: another consumer has the message now. */
const HANDLE_GONE = new Set([
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MessageNotInflight',
  'AWS.SimpleQueueService.MessageNotInflight',
  'ReceiptHandleIsInvalid',
]);
/** What S3 says when an upload can never be finished, and a new one may. */
const UPLOAD_LOST = new Set(['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall']);

/** What is read of an error; everything may be missing, for anything can be thrown. */
interface ErrorFacts {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly $fault?: unknown;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const factsOf = (error: unknown): ErrorFacts => (typeof error === 'object' && error !== null ? error : {});

/** AWS's name of an error, e.g. `ConditionalCheckFailedException`; Node's code for what failed below HTTP. */
export function errorName(error: unknown): string {
  const { name, code } = factsOf(error);
  if (typeof name === 'string' && name !== 'Error') return name;
  return typeof code === 'string' ? code : 'Error';
}

/** A batch call was answered, and some or all of its entries had failed in a way that may pass. */
export class EntriesFailed extends MovieLoadError {
  /** True when others of its entries took effect. */
  readonly some: boolean;

  constructor(operation: string, failed: number, sent: number, code: string | undefined) {
    super('entries_failed', `${operation}: ${failed} of ${sent} entries failed (${code ?? 'not processed'}).`);
    this.some = failed < sent;
  }
}

/** The one answer to "can this succeed later?"; see `ErrorClass`. What says nothing about itself may pass. */
export const classifyError: Classify = (error, previous) => {
  const name = errorName(error);
  if (MALFORMED_REQUEST.has(name)) return 'bug';
  if (ONCE.has(name)) return ONCE.has(errorName(previous)) ? 'caller' : 'transient';
  if (error instanceof EntriesFailed) return 'transient';
  if (error instanceof MovieLoadError) return 'caller';
  const { $fault, $retryable, $metadata } = factsOf(error);
  if (THROTTLING.test(name) || BUSY.has(name) || $retryable !== undefined) return 'transient';
  // The SDK calls every error that its model does not name the client's, also the server's own.
  if (($metadata?.httpStatusCode ?? 0) >= 500) return 'transient';
  return $fault === 'client' ? 'caller' : 'transient';
};

/**
 * For consumers: what AWS refuses them (no access, no such table) is tried again as well. They hold their messages until
 * an operator has put it right, for giving up would use up the messages' ten receives.
 */
export const classifyForConsumer: Classify = (error, previous) => {
  const kind = classifyError(error, previous);
  return kind === 'caller' && !(error instanceof MovieLoadError) && !isUploadLost(error) ? 'transient' : kind;
};

/** The same for one entry of an SQS batch. AWS calls throttled entries the sender's fault, too. */
export function classifyEntry({ code, senderFault }: BatchFailure): ErrorClass {
  if (HANDLE_GONE.has(code)) return 'caller';
  return senderFault && !isThrottleCode(code) ? 'caller' : 'transient';
}

/** True where the policy's breaker is open and the call was not to wait for it: the work itself is valid. */
export const isAway = (error: unknown): boolean => hasCode(error, 'dependency_away');

/** True for the name of an error, or the code of a batch's entry, by which a limit per second refuses. */
export const isThrottleCode = (code: string): boolean => THROTTLING.test(code);

/** True when S3 says that this upload can never be finished. */
export const isUploadLost = (error: unknown): boolean => UPLOAD_LOST.has(errorName(error));

/** What a call resolves to; undefined when it fails with an error of these names. */
export async function unlessNamed<T>(names: ReadonlySet<string>, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (names.has(errorName(error))) return undefined;
    throw error;
  }
}

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
  const full = `${isPlain ? '' : `${name}: `}${text}${status === undefined ? '' : ` (HTTP ${status})`}`;
  // Before anything is cut off: a part of a secret would not be known again.
  const line = hideCredentials(full, secretsOf(process.env));
  const oneLine = line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return oneLine.length > MAX_TEXT ? `${oneLine.slice(0, MAX_TEXT)}…` : oneLine;
}
