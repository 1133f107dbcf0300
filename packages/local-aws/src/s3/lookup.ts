// Finds an object in a bucket that has no versions.

import type { Bucket } from './bucket.ts';
import { S3Error } from './errors.ts';
import type { StoredObject } from './object.ts';

/** @throws {S3Error} `NoSuchKey`, or `InvalidArgument`: without versioning the only version is `null` */
export function objectOf(bucket: Bucket, key: string, versionId: string | undefined): StoredObject {
  assertNullVersion(versionId);
  const object = bucket.get(key);
  if (object === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key } });
  return object;
}

export function assertNullVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === 'null') return;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
