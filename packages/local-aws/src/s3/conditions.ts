// Conditions on the existing object: for reads, for sources of copies and for writes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html

import type { Bucket } from './bucket.ts';
import { notImplemented, S3Error } from './errors.ts';
import { type Input, optionalText, optionalTime } from './input.ts';
import { type StoredObject, unquoted } from './object.ts';
import type { Upload } from './upload.ts';

const failed = (condition: string): S3Error => new S3Error('PreconditionFailed', { fields: { Condition: condition } });

const toSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

function matches(given: string, etag: string): boolean {
  return given === '*' || given.split(',').some((one) => unquoted(one.trim()) === etag);
}

/** A date in the future is ignored. */
function notModifiedSince(since: number | undefined, lastModified: number, now: number): boolean {
  return since !== undefined && lastModified <= toSecond(since) && toSecond(since) <= now;
}

/** @throws {S3Error} `PreconditionFailed`, or `NotModified` (304) */
export function checkRead(input: Input, { etag, lastModified }: StoredObject, now: number): void {
  const ifMatch = optionalText(input, 'IfMatch');
  const unmodifiedSince = optionalTime(input, 'IfUnmodifiedSince');
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, etag)) throw failed('If-Match');
  } else if (unmodifiedSince !== undefined && lastModified > toSecond(unmodifiedSince)) {
    throw failed('If-Unmodified-Since');
  }
  const ifNoneMatch = optionalText(input, 'IfNoneMatch');
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, etag)) throw new S3Error('NotModified');
  } else if (notModifiedSince(optionalTime(input, 'IfModifiedSince'), lastModified, now)) {
    throw new S3Error('NotModified');
  }
}

/** @throws {S3Error} `PreconditionFailed` when a copy's source does not meet the copy's conditions */
export function checkCopySource(input: Input, { etag, lastModified }: StoredObject, now: number): void {
  const ifMatch = optionalText(input, 'CopySourceIfMatch');
  const unmodifiedSince = optionalTime(input, 'CopySourceIfUnmodifiedSince');
  const ifNoneMatch = optionalText(input, 'CopySourceIfNoneMatch');
  const modifiedSince = optionalTime(input, 'CopySourceIfModifiedSince');
  if (ifMatch !== undefined && !matches(ifMatch, etag)) throw failed('x-amz-copy-source-If-Match');
  // A matching ETag takes precedence over the date.
  if (ifMatch === undefined && unmodifiedSince !== undefined && lastModified > toSecond(unmodifiedSince)) {
    throw failed('x-amz-copy-source-If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) throw failed('x-amz-copy-source-If-None-Match');
  if (notModifiedSince(modifiedSince, lastModified, now)) throw failed('x-amz-copy-source-If-Modified-Since');
}

interface WriteCondition {
  /** The ETag that the existing object must have. */
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: boolean;
}

/** @throws {S3Error} `NotImplemented` for conditions that S3 does not support on writes */
export function writeCondition(input: Input): WriteCondition {
  const ifMatch = optionalText(input, 'IfMatch');
  const ifNoneMatch = optionalText(input, 'IfNoneMatch');
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw notImplemented('If-Match,If-None-Match', 'Multiple conditional request headers present in the request');
  }
  const refused = (header: string): S3Error =>
    notImplemented(header, `We don't accept the provided value of ${header} header for this API`);
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw refused('If-None-Match');
  if (ifMatch === '*') throw refused('If-Match');
  return { ifMatch, ifNoneMatch: ifNoneMatch !== undefined };
}

/**
 * @param upload the upload that is about to become the object, if any
 * @throws {S3Error} `PreconditionFailed`, `NoSuchKey`, or `ConditionalRequestConflict` when another write happened in
 * between
 */
export function checkWrite(condition: WriteCondition, bucket: Bucket, key: string, upload?: Upload): void {
  const existing = bucket.get(key);
  if (condition.ifNoneMatch) {
    if (existing !== undefined) throw failed('If-None-Match');
    if (upload?.objectExisted === true) {
      throw new S3Error('ConditionalRequestConflict', { fields: { Condition: 'If-None-Match', Key: key } });
    }
  }
  if (condition.ifMatch === undefined) return;
  if (existing === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key } });
  if (unquoted(condition.ifMatch) !== existing.etag) throw failed('If-Match');
  if (upload !== undefined && upload.order < existing.order) {
    throw new S3Error('ConditionalRequestConflict', { fields: { Condition: 'If-Match', Key: key } });
  }
}
