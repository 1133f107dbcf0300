// Deletes objects, one or up to 1,000 at once.

import { notImplemented, S3Error } from '../errors.ts';
import { type Input, type Output, optionalBoolean, optionalList, optionalText, structure, text } from '../input.ts';
import { assertNullVersion } from '../lookup.ts';
import { assertKey } from '../names.ts';
import type { S3State } from '../state.ts';
import type { Operations } from './operation.ts';

const MAX_KEYS = 1000;

/** Conditions that would protect an object and that are not supported: the object must not be deleted. */
const CONDITIONS: Readonly<Record<string, string>> = {
  IfMatch: 'If-Match',
  IfMatchSize: 'x-amz-if-match-size',
  IfMatchLastModifiedTime: 'x-amz-if-match-last-modified-time',
};

function deleteObject(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const key = text(input, 'Key');
  if (input.BypassGovernanceRetention !== undefined) {
    throw new S3Error('InvalidArgument', {
      message: 'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
      fields: { ArgumentName: 'x-amz-bypass-governance-retention' },
    });
  }
  for (const [member, header] of Object.entries(CONDITIONS)) {
    if (input[member] !== undefined) throw notImplemented(header);
  }
  if (input.MFA !== undefined) throw notImplemented('x-amz-mfa');
  assertNullVersion(optionalText(input, 'VersionId'));
  assertKey(key);
  bucket.delete(key);
  return {};
}

function deleteObjects(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const request = structure(input, 'Delete');
  const objects = optionalList(request, 'Objects') ?? [];
  if (objects.length === 0 || objects.length > MAX_KEYS) throw new S3Error('MalformedXML');
  const quiet = optionalBoolean(request, 'Quiet') ?? false;
  const keys = objects.map((object) => ({ object, key: text(object, 'Key') }));
  const Deleted: Output[] = [];
  const Errors: Output[] = [];
  for (const { object, key } of keys) {
    const versionId = optionalText(object, 'VersionId');
    const refused = refusalOf(object, versionId);
    if (refused !== undefined) {
      Errors.push({
        Code: refused.code,
        Key: key,
        Message: refused.message,
        ...(versionId && { VersionId: versionId }),
      });
      continue;
    }
    bucket.delete(key);
    Deleted.push({ Key: key });
  }
  return { ...(!quiet && Deleted.length > 0 && { Deleted }), ...(Errors.length > 0 && { Errors }) };
}

function refusalOf(object: Input, versionId: string | undefined): S3Error | undefined {
  if (versionId !== undefined && versionId !== 'null') return new S3Error('NoSuchVersion');
  const conditional = ['ETag', 'LastModifiedTime', 'Size'].some((member) => object[member] !== undefined);
  return conditional ? new S3Error('NotImplemented') : undefined;
}

export const DELETE_OPERATIONS: Operations = { DeleteObject: deleteObject, DeleteObjects: deleteObjects };
