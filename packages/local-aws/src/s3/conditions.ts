// The conditions of conditional requests (`If-Match` and others): of reads, of the sources of copies, and of writes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html

import type { Bucket } from './bucket.ts';
import { notImplemented, S3Error } from './errors.ts';
import { type Input, optionalText, optionalTime } from './input.ts';
import { type StoredObject, unquoted } from './object.ts';
import type { Upload } from './upload.ts';

const preconditionFailed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', { fields: { Condition: condition } });

const toSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

function includesEtag(etags: string, etag: string): boolean {
  return etags === '*' || etags.split(',').some((item) => unquoted(item.trim()) === etag);
}

/** Whether the object was not modified since a date; S3 ignores a date in the future. */
function notModifiedSince(since: number | undefined, lastModified: number, now: number): boolean {
  return since !== undefined && lastModified <= toSecond(since) && toSecond(since) <= now;
}

/** @throws {S3Error} `PreconditionFailed`, or `NotModified` (304) */
export function checkReadConditions(input: Input, { etag, lastModified }: StoredObject, now: number): void {
  const ifMatch = optionalText(input, 'IfMatch');
  const unmodifiedSince = optionalTime(input, 'IfUnmodifiedSince');
  if (ifMatch !== undefined) {
    if (!includesEtag(ifMatch, etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && lastModified > toSecond(unmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = optionalText(input, 'IfNoneMatch');
  if (ifNoneMatch !== undefined) {
    if (includesEtag(ifNoneMatch, etag)) throw new S3Error('NotModified');
  } else if (notModifiedSince(optionalTime(input, 'IfModifiedSince'), lastModified, now)) {
    throw new S3Error('NotModified');
  }
}

/** @throws {S3Error} `PreconditionFailed` when a copy's source does not meet the copy's conditions */
export function checkCopyConditions(input: Input, { etag, lastModified }: StoredObject, now: number): void {
  const ifMatch = optionalText(input, 'CopySourceIfMatch');
  const unmodifiedSince = optionalTime(input, 'CopySourceIfUnmodifiedSince');
  const ifNoneMatch = optionalText(input, 'CopySourceIfNoneMatch');
  const modifiedSince = optionalTime(input, 'CopySourceIfModifiedSince');
  if (ifMatch !== undefined && !includesEtag(ifMatch, etag)) throw preconditionFailed('x-amz-copy-source-If-Match');
  // A matching ETag takes precedence over the date.
  if (ifMatch === undefined && unmodifiedSince !== undefined && lastModified > toSecond(unmodifiedSince)) {
    throw preconditionFailed('x-amz-copy-source-If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined && includesEtag(ifNoneMatch, etag))
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  if (notModifiedSince(modifiedSince, lastModified, now))
    throw preconditionFailed('x-amz-copy-source-If-Modified-Since');
}

interface WriteCondition {
  /** The ETag that the existing object must have. */
  readonly ifMatch: string | undefined;
  /** Whether no object of the key may exist. */
  readonly ifNoneMatch: boolean;
}

/** The condition of a request. @throws {S3Error} `NotImplemented` for conditions that S3 does not support on writes */
export function writeConditionOf(input: Input): WriteCondition {
  const ifMatch = optionalText(input, 'IfMatch');
  const ifNoneMatch = optionalText(input, 'IfNoneMatch');
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw notImplemented('If-Match,If-None-Match', 'Multiple conditional request headers present in the request');
  }
  const unsupportedValue = (header: string): S3Error =>
    notImplemented(header, `We don't accept the provided value of ${header} header for this API`);
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw unsupportedValue('If-None-Match');
  if (ifMatch === '*') throw unsupportedValue('If-Match');
  return { ifMatch, ifNoneMatch: ifNoneMatch !== undefined };
}

/**
 * @param upload the upload that is about to become the object, if any
 * @throws {S3Error} `PreconditionFailed`, `NoSuchKey`, or `ConditionalRequestConflict` when the object was written or
 * deleted after the upload had begun
 */
export function checkWriteCondition(condition: WriteCondition, bucket: Bucket, key: string, upload?: Upload): void {
  const existing = bucket.get(key);
  if (condition.ifNoneMatch) {
    if (existing !== undefined) throw preconditionFailed('If-None-Match');
    if (upload?.objectExisted === true) {
      throw new S3Error('ConditionalRequestConflict', { fields: { Condition: 'If-None-Match', Key: key } });
    }
  }
  if (condition.ifMatch === undefined) return;
  if (existing === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key } });
  if (unquoted(condition.ifMatch) !== existing.etag) throw preconditionFailed('If-Match');
  if (upload !== undefined && upload.order < existing.order) {
    throw new S3Error('ConditionalRequestConflict', { fields: { Condition: 'If-Match', Key: key } });
  }
}
