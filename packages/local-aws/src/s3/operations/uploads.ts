// Creates, lists, completes and aborts multipart uploads. (Their parts: `parts.ts`.)
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html

import { createHash } from 'node:crypto';
import { attributesOf, refuseUnsupported } from '../attributes.ts';
import type { Bucket } from '../bucket.ts';
import { type Algorithm, type ChecksumType, namedAlgorithm } from '../checksums.ts';
import { assembleParts } from '../completion.ts';
import { checkWriteCondition, writeConditionOf } from '../conditions.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import { type Input, type Output, optionalText, requiredText } from '../input.ts';
import { encodeForUrl, listEntries, readListRequest } from '../listing.ts';
import { assertKeyLength } from '../names.ts';
import { quoted } from '../object.ts';
import { compareUtf8 } from '../sorted-keys.ts';
import type { S3State } from '../state.ts';
import type { Upload } from '../upload.ts';
import { describeChecksum, ENCRYPTION } from './objects.ts';
import type { Operations } from './operation.ts';

function checksumOf(input: Input): { algorithm: Algorithm; type: ChecksumType } | undefined {
  const algorithm = namedAlgorithm(input);
  const requestedType = optionalText(input, 'ChecksumType');
  if (requestedType !== undefined && requestedType !== 'COMPOSITE' && requestedType !== 'FULL_OBJECT') {
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  }
  if (algorithm === undefined) {
    if (requestedType === undefined) return undefined;
    throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
  }
  const type = requestedType ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const isUnsupported = type === 'COMPOSITE' ? algorithm === 'CRC64NVME' : algorithm.startsWith('SHA');
  if (isUnsupported) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type };
}

function describeUploadChecksum({ checksum }: Upload): Output {
  return checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type };
}

function createUpload(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const key = requiredText(input, 'Key');
  refuseUnsupported(input);
  assertKeyLength(key);
  const upload: Upload = {
    id: state.newId(),
    key,
    initiatedOn: state.currentSecondMs(),
    order: bucket.nextOrder(),
    attributes: attributesOf(input),
    checksum: checksumOf(input),
    objectExisted: bucket.get(key) !== undefined,
    parts: new Map(),
  };
  bucket.addUpload(upload);
  return { Bucket: bucket.name, Key: key, UploadId: upload.id, ...describeUploadChecksum(upload), ...ENCRYPTION };
}

function completeUpload(state: S3State, input: Input, origin: string): Output {
  const { bucket, upload } = state.upload(input);
  refuseUnsupported(input);
  checkWriteCondition(writeConditionOf(input), bucket, upload.key, upload);
  const { parts, checksum, bytes } = assembleParts(state, upload, input);
  const md5s = createHash('md5');
  for (const { content } of parts) md5s.update(content.md5);
  const etag = `${md5s.digest('hex')}-${parts.length}`;
  const { key, attributes } = upload;
  const writePosition = { lastModified: state.currentSecondMs(), order: bucket.nextOrder() };
  bucket.put({ key, etag, bytes, ...writePosition, attributes, checksum, parts, isMultipart: true });
  bucket.deleteUpload(upload);
  return {
    Location: `${origin}/${bucket.name}/${encodeURIComponent(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag: quoted(etag),
    ...describeChecksum(checksum),
    ...ENCRYPTION,
  };
}

/** Uploads of one key that come after the marker. */
function uploadsAfter(bucket: Bucket, key: string, marker: { id: string }): readonly Upload[] {
  const uploads = bucket.uploadsOf(key);
  // If the marker is an upload of another key, its index is -1: all uploads of this key are returned.
  return uploads.slice(uploads.findIndex(({ id }) => id === marker.id) + 1);
}

function assertMarker(bucket: Bucket, { key, id }: { key: string; id: string }): void {
  if (key === '' || id === '' || bucket.uploads.get(id)?.key === key) return;
  throw invalidArgument('Invalid uploadId marker', 'upload-id-marker', id);
}

interface UploadPage {
  readonly uploads: readonly Upload[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last upload of the page: S3 returns no marker for a common prefix. */
  readonly last: { readonly key: string; readonly id: string };
}

function uploadPage(
  bucket: Bucket,
  request: ReturnType<typeof readListRequest>,
  marker: { key: string; id: string },
): UploadPage {
  const { delimiter, prefix, maxEntries } = request;
  const uploads: Upload[] = [];
  const prefixes: string[] = [];
  let last = { key: '', id: '' };
  const isBefore = (key: string): boolean =>
    marker.key !== '' && (marker.id === '' ? compareUtf8(key, marker.key) <= 0 : compareUtf8(key, marker.key) < 0);
  for (const entry of listEntries(bucket.uploadKeys, request, isBefore)) {
    // When the marker has this common prefix, the prefix is before the page.
    if (entry.isPrefix && delimiter !== '' && marker.key.startsWith(entry.text) && marker.key.startsWith(prefix))
      continue;
    // A key has an entry for each of its uploads, and a common prefix has one entry without an upload.
    for (const upload of entry.isPrefix ? [undefined] : uploadsAfter(bucket, entry.text, marker)) {
      if (uploads.length + prefixes.length >= maxEntries) {
        return { uploads, prefixes, isTruncated: maxEntries > 0, last };
      }
      if (upload === undefined) prefixes.push(entry.text);
      else {
        uploads.push(upload);
        last = { key: upload.key, id: upload.id };
      }
    }
  }
  return { uploads, prefixes, isTruncated: false, last };
}

function listUploads(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const request = readListRequest(input, 'MaxUploads', 'max-uploads');
  const key = optionalText(input, 'KeyMarker') ?? '';
  const marker = { key, id: key === '' ? '' : (optionalText(input, 'UploadIdMarker') ?? '') };
  assertMarker(bucket, marker);
  const { uploads, prefixes, isTruncated, last } = uploadPage(bucket, request, marker);
  return {
    Bucket: bucket.name,
    KeyMarker: encodeForUrl(marker.key, request),
    UploadIdMarker: marker.id,
    NextKeyMarker: encodeForUrl(last.key, request),
    NextUploadIdMarker: last.id,
    ...(request.prefix !== '' && { Prefix: encodeForUrl(request.prefix, request) }),
    ...(request.delimiter !== '' && { Delimiter: encodeForUrl(request.delimiter, request) }),
    ...(request.isUrlEncoded && { EncodingType: 'url' }),
    MaxUploads: request.maxEntries,
    IsTruncated: isTruncated,
    ...(uploads.length > 0 && {
      Uploads: uploads.map((upload) => ({
        UploadId: upload.id,
        Key: encodeForUrl(upload.key, request),
        Initiated: new Date(upload.initiatedOn),
        StorageClass: upload.attributes.storageClass,
        Initiator: state.initiator,
        Owner: state.owner,
        ...describeUploadChecksum(upload),
      })),
    }),
    ...(prefixes.length > 0 && {
      CommonPrefixes: prefixes.map((Prefix) => ({ Prefix: encodeForUrl(Prefix, request) })),
    }),
  };
}

export const UPLOAD_OPERATIONS: Operations = {
  CreateMultipartUpload: createUpload,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: (state, input) => {
    const { bucket, upload } = state.upload(input);
    bucket.deleteUpload(upload);
    return {};
  },
  ListMultipartUploads: listUploads,
};
