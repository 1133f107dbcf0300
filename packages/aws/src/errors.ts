// What an AWS error means for the caller, and how errors are described to people.
import { hasCode, hideCredentials, MALFORMED_REQUEST, MovieLoadError, secretsOf } from '@movie-load/schema';
import type { BatchFailure } from './ports.ts';

/**
 * Can the same call succeed later?
 * - `transient`: yes, without any change. Throttling, time-outs, broken connections, AWS's own errors.
 * - `caller`: only after a person or the caller changes something. No access, no such queue, an upload that no longer
 *   exists.
 * - `bug`: never. The request itself is wrong.
 */
export type ErrorClass = 'transient' | 'caller' | 'bug';

/** `previous` is the error of the attempt before this one. */
export type Classify = (error: unknown, previous?: unknown) => ErrorClass;

/** Transient errors that AWS marks as the client's fault: by a part of the name, and by the whole name. */
const THROTTLING = /throttl|throughput|toomanyrequests|requestlimit|slowdown|overlimit|bandwidthlimit|priorrequest/i;
const TRANSIENT_CLIENT_ERRORS = new Set([
  'RequestTimeout',
  'RequestTimeoutException',
  'TransactionInProgressException',
]);
/**
 * The clock is wrong, or the credentials have expired: the SDK corrects the clock by the response's date and fetches new
 * credentials, so the next attempt can succeed. If that fails in the same way, further retries do not help.
 */
const RETRIED_ONCE = new Set([
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
/** SQS's codes for an expired receipt handle: another consumer may have the message now. */
const HANDLE_EXPIRED = new Set([
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MessageNotInflight',
  'AWS.SimpleQueueService.MessageNotInflight',
  'ReceiptHandleIsInvalid',
]);
/** S3's codes for an upload that can never be completed, while a new one may be. */
const UPLOAD_LOST = new Set(['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall']);

/** The parts of an error that are read; all are optional, because anything can be thrown. */
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

/** AWS's name of an error, e.g. `ConditionalCheckFailedException`; Node's code for an error below HTTP. */
export function errorName(error: unknown): string {
  const { name, code } = factsOf(error);
  if (typeof name === 'string' && name !== 'Error') return name;
  return typeof code === 'string' ? code : 'Error';
}

/** The service processed a batch call, but some or all of its entries failed transiently. */
export class EntriesFailed extends MovieLoadError {
  /** True when other entries of the batch took effect. */
  readonly isPartial: boolean;

  constructor(operation: string, failed: number, sent: number, code: string | undefined) {
    super('entries_failed', `${operation}: ${failed} of ${sent} entries failed (${code ?? 'not processed'}).`);
    this.isPartial = failed < sent;
  }
}

/** The one answer to "can this succeed later?"; see `ErrorClass`. An error without a known cause counts as transient. */
export const classifyError: Classify = (error, previous) => {
  const name = errorName(error);
  if (MALFORMED_REQUEST.has(name)) return 'bug';
  if (RETRIED_ONCE.has(name)) return RETRIED_ONCE.has(errorName(previous)) ? 'caller' : 'transient';
  if (error instanceof EntriesFailed) return 'transient';
  if (error instanceof MovieLoadError) return 'caller';
  const { $fault, $retryable, $metadata } = factsOf(error);
  if (THROTTLING.test(name) || TRANSIENT_CLIENT_ERRORS.has(name) || $retryable !== undefined) return 'transient';
  // For a code that the SDK's model does not have, `$fault` is always 'client', even if the server failed (status 5xx).
  if (($metadata?.httpStatusCode ?? 0) >= 500) return 'transient';
  return $fault === 'client' ? 'caller' : 'transient';
};

/**
 * For consumers: errors of access (no permission, no such table) are retried as well. Consumers keep their messages
 * until an operator has corrected the cause, because giving up would use up the messages' ten receives.
 */
export const classifyForConsumer: Classify = (error, previous) => {
  const kind = classifyError(error, previous);
  return kind === 'caller' && !(error instanceof MovieLoadError) && !isUploadLost(error) ? 'transient' : kind;
};

/** The class of one entry of an SQS batch. AWS calls throttled entries the sender's fault, too. */
export function classifyEntry({ code, senderFault }: BatchFailure): ErrorClass {
  if (HANDLE_EXPIRED.has(code)) return 'caller';
  return senderFault && !isThrottleCode(code) ? 'caller' : 'transient';
}

/** True for a call with `failsFast` that was not made because the breaker is open: the work can be done later. */
export const isOutage = (error: unknown): boolean => hasCode(error, 'dependency_away');

/** True for the error names, and the codes of batch entries, by which AWS throttles. */
export const isThrottleCode = (code: string): boolean => THROTTLING.test(code);

/** True when S3 reports that this upload can never be completed. */
export const isUploadLost = (error: unknown): boolean => UPLOAD_LOST.has(errorName(error));

/** The result of a call; undefined when it fails with an error of these names. */
export async function undefinedOnErrors<T>(names: ReadonlySet<string>, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (names.has(errorName(error))) return undefined;
    throw error;
  }
}

const MAX_DESCRIPTION_LENGTH = 300;

/** `String` throws for an object without a prototype, for example. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'an error without a text';
  }
}

/**
 * One line for people: AWS's name and message without line breaks and credentials, cut after 300 characters with a `…`.
 * Never throws.
 */
export function describeError(error: unknown): string {
  const { name, message, code, errors, $metadata } = factsOf(error);
  // When no address of `localhost` can be reached, Node's error has an empty message, and one error for each address.
  if (Array.isArray(errors) && errors.length > 0 && !message) return describeError(errors[0]);
  const text = typeof message === 'string' && message !== '' ? message : textOf(code ?? error);
  const omitsName =
    typeof name !== 'string' || ['Error', 'AggregateError', 'MovieLoadError', 'UsageError'].includes(name);
  const status = $metadata?.httpStatusCode;
  const description = `${omitsName ? '' : `${name}: `}${text}${status === undefined ? '' : ` (HTTP ${status})`}`;
  // Secrets are removed before the text is cut: a part of a secret would not be recognised.
  const redacted = hideCredentials(description, secretsOf(process.env));
  const oneLine = redacted.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return oneLine.length > MAX_DESCRIPTION_LENGTH ? `${oneLine.slice(0, MAX_DESCRIPTION_LENGTH)}…` : oneLine;
}
