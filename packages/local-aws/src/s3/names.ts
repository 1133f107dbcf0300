// Validates names of buckets and keys of objects.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html

import { S3Error } from './errors.ts';

const MAX_KEY_BYTES = 1024;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const IP_ADDRESS = /^\d+(?:\.\d+){3}$/;
const RESERVED_PREFIX = /^(?:xn--|sthree-|amzn-s3-demo-)/;
const RESERVED_SUFFIX = /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

export function isBucketName(name: string): boolean {
  return (
    name.length >= 3 &&
    name.length <= 63 &&
    name.split('.').every((label) => LABEL.test(label)) &&
    !IP_ADDRESS.test(name) &&
    !RESERVED_PREFIX.test(name) &&
    !RESERVED_SUFFIX.test(name)
  );
}

/** @throws {S3Error} `KeyTooLongError` beyond 1,024 bytes in UTF-8 */
export function assertKeyLength(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', { fields: { Size: bytes, MaxSizeAllowed: MAX_KEY_BYTES } });
  }
}
