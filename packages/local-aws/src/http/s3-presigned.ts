// Presigned URLs: checks that the parameters are complete and the URL has not expired. Signatures are not checked, so
// any credentials work.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

import { S3Error } from '../s3/errors.ts';

type Query = ReadonlyMap<string, string>;

const V4_PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
];
const V2_PARAMETERS = ['Signature', 'Expires', 'AWSAccessKeyId'];
const WEEK_SECONDS = 604_800;
const CREDENTIAL = /^[^/]+\/\d{8}\/[^/]+\/[^/]+\/aws4_request$/;

function malformed(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', { message });
}

const isoSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

function requestExpired(expiresAt: number, now: number, fields: Readonly<Record<string, string>> = {}): S3Error {
  return new S3Error('AccessDenied', {
    message: 'Request has expired',
    fields: { ...fields, Expires: isoSeconds(expiresAt), ServerTime: isoSeconds(now) },
  });
}

/** `20261127T130000Z` in milliseconds since the epoch; NaN for an invalid time. */
function parseDate(date: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkV4(query: Query, now: number): void {
  if (!V4_PARAMETERS.every((name) => query.has(name))) {
    throw malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (!CREDENTIAL.test(query.get('X-Amz-Credential') ?? '')) {
    throw malformed(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const lifetime = query.get('X-Amz-Expires') ?? '';
  const seconds = Number(lifetime);
  if (!/^-?\d{1,15}$/.test(lifetime)) throw malformed('X-Amz-Expires should be a number');
  if (seconds < 0) throw malformed('X-Amz-Expires must be non-negative');
  if (seconds > WEEK_SECONDS) {
    throw malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  const date = parseDate(query.get('X-Amz-Date') ?? '');
  if (Number.isNaN(date)) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expiresAt = date + seconds * 1000;
  if (expiresAt < now) throw requestExpired(expiresAt, now, { 'X-Amz-Expires': lifetime });
}

function checkV2(query: Query, now: number): void {
  if (!V2_PARAMETERS.every((name) => query.has(name))) {
    throw new S3Error('AccessDenied', {
      message: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    });
  }
  const expires = query.get('Expires') ?? '';
  if (!/^\d{1,12}$/.test(expires)) {
    throw new S3Error('AccessDenied', { message: `Invalid date (should be seconds since epoch): ${expires}` });
  }
  const expiresAt = Number(expires) * 1000;
  if (expiresAt < now) throw requestExpired(expiresAt, now);
}

/** @param now milliseconds since the epoch @throws {S3Error} when the URL was presigned and is not valid */
export function checkPresigned(query: Query, now: number): void {
  if (V4_PARAMETERS.some((name) => query.has(name))) checkV4(query, now);
  else if (V2_PARAMETERS.some((name) => query.has(name))) checkV2(query, now);
}
