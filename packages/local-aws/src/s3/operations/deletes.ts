// Deletes objects, one or up to 1,000 at once.

import { notImplemented, S3Error } from '../errors.ts';
import {
  type Input,
  type Output,
  optionalBoolean,
  optionalList,
  optionalText,
  requiredStructure,
  requiredText,
} from '../input.ts';
import { assertNullVersion } from '../lookup.ts';
import { assertKeyLength } from '../names.ts';
import type { S3State } from '../state.ts';
import type { Operations } from './operation.ts';

const MAX_KEYS = 1000;

/** Conditions that are not supported. They would protect an object, so the deletion is refused. */
const UNSUPPORTED_CONDITIONS: Readonly<Record<string, string>> = {
  IfMatch: 'If-Match',
  IfMatchSize: 'x-amz-if-match-size',
  IfMatchLastModifiedTime: 'x-amz-if-match-last-modified-time',
};

function deleteObject(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const key = requiredText(input, 'Key');
  if (input.BypassGovernanceRetention !== undefined) {
    throw new S3Error('InvalidArgument', {
      message: 'x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.',
      fields: { ArgumentName: 'x-amz-bypass-governance-retention' },
    });
  }
  for (const [member, header] of Object.entries(UNSUPPORTED_CONDITIONS)) {
    if (input[member] !== undefined) throw notImplemented(header);
  }
  if (input.MFA !== undefined) throw notImplemented('x-amz-mfa');
  assertNullVersion(optionalText(input, 'VersionId'));
  assertKeyLength(key);
  bucket.delete(key);
  return {};
}

function deleteObjects(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const request = requiredStructure(input, 'Delete');
  const objects = optionalList(request, 'Objects') ?? [];
  if (objects.length === 0 || objects.length > MAX_KEYS) throw new S3Error('MalformedXML');
  const isQuiet = optionalBoolean(request, 'Quiet') ?? false;
  const keys = objects.map((object) => ({ object, key: requiredText(object, 'Key') }));
  const Deleted: Output[] = [];
  const Errors: Output[] = [];
  for (const { object, key } of keys) {
    const versionId = optionalText(object, 'VersionId');
    const refusal = refusalOf(object, versionId);
    if (refusal !== undefined) {
      Errors.push({
        Code: refusal.code,
        Key: key,
        Message: refusal.message,
        ...(versionId && { VersionId: versionId }),
      });
      continue;
    }
    bucket.delete(key);
    Deleted.push({ Key: key });
  }
  return { ...(!isQuiet && Deleted.length > 0 && { Deleted }), ...(Errors.length > 0 && { Errors }) };
}

function refusalOf(object: Input, versionId: string | undefined): S3Error | undefined {
  if (versionId !== undefined && versionId !== 'null') return new S3Error('NoSuchVersion');
  const isConditional = ['ETag', 'LastModifiedTime', 'Size'].some((member) => object[member] !== undefined);
  return isConditional ? new S3Error('NotImplemented') : undefined;
}

export const DELETE_OPERATIONS: Operations = { DeleteObject: deleteObject, DeleteObjects: deleteObjects };
