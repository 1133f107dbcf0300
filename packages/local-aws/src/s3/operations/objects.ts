// Operations on whole objects: put, get, head, attributes, tags.

import { assertReadable, attributesOf, describeAttributes, refuseUnsupported } from '../attributes.ts';
import {
  type Algorithm,
  checksumMember,
  DEFAULT_ALGORITHM,
  namedAlgorithm,
  requestChecksum,
  verifyChecksum,
  verifyMd5,
} from '../checksums.ts';
import { checkReadConditions, checkWriteCondition, writeConditionOf } from '../conditions.ts';
import { type Content, contentOf } from '../content.ts';
import { invalidArgument, S3Error } from '../errors.ts';
import { expirationOf } from '../expiration.ts';
import {
  type Input,
  type Output,
  optionalInteger,
  optionalList,
  optionalText,
  optionalTexts,
  requiredStructure,
  requiredText,
} from '../input.ts';
import { objectOf } from '../lookup.ts';
import { assertKeyLength } from '../names.ts';
import { type Checksum, chunksOf, quoted, type StoredObject } from '../object.ts';
import { type Selection, selectionOf } from '../ranges.ts';
import type { S3State } from '../state.ts';
import { tagSetOf, tagsOf } from '../tags.ts';
import type { Operations } from './operation.ts';

const MAX_PUT_BYTES = 5 * 1024 ** 3;
const MAX_LISTED_PARTS = 1000;

/** All objects are encrypted with S3's own keys, as on AWS. */
export const ENCRYPTION = { ServerSideEncryption: 'AES256' } as const;

/** The algorithm of a whole object's checksum: the one that its request gives or names, or S3's default. */
function putAlgorithm(input: Input): Algorithm {
  return requestChecksum(input)?.algorithm ?? namedAlgorithm(input) ?? DEFAULT_ALGORITHM;
}

function putObject(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const key = requiredText(input, 'Key');
  refuseUnsupported(input);
  assertKeyLength(key);
  const condition = writeConditionOf(input);
  const attributes = attributesOf(input);
  const checksum = requestChecksum(input);
  const algorithm = putAlgorithm(input);
  const content = contentOf(input.Body, [algorithm]);
  if (content.bytes > MAX_PUT_BYTES) {
    throw new S3Error('EntityTooLarge', { fields: { ProposedSize: content.bytes, MaxSizeAllowed: MAX_PUT_BYTES } });
  }
  checkWriteCondition(condition, bucket, key);
  const value = content.checksum(algorithm);
  verifyChecksum(checksum, value);
  verifyMd5(optionalText(input, 'ContentMD5'), content.md5);
  const writePosition = { lastModified: state.currentSecondMs(), order: bucket.nextOrder() };
  const object = singlePartObject(key, content, { algorithm, type: 'FULL_OBJECT', value }, writePosition);
  const stored = { ...object, attributes };
  bucket.put(stored);
  return {
    ETag: quoted(object.etag),
    ...describeChecksum(object.checksum),
    ...ENCRYPTION,
    Expiration: expirationOf(bucket, stored),
  };
}

/** An object with a single part. */
export function singlePartObject(
  key: string,
  content: Content,
  checksum: Checksum,
  writePosition: Pick<StoredObject, 'lastModified' | 'order'>,
): Omit<StoredObject, 'attributes'> {
  return {
    key,
    etag: content.md5.toString('hex'),
    bytes: content.bytes,
    ...writePosition,
    checksum,
    parts: [{ number: 1, start: 0, content, checksum: undefined }],
    isMultipart: false,
  };
}

export function describeChecksum({ algorithm, type, value }: Checksum): Output {
  return { [checksumMember(algorithm)]: value, ChecksumType: type };
}

/** The checksum in the answer to a read: that of the whole object, or of the requested part of a composite object. */
function checksumInAnswer(input: Input, object: StoredObject, selection: Selection | undefined): Output {
  if (optionalText(input, 'ChecksumMode')?.toUpperCase() !== 'ENABLED') return {};
  const { checksum } = object;
  const isWhole = selection === undefined || selection.to - selection.from === object.bytes;
  if (selection?.part?.checksum !== undefined && checksum.type === 'COMPOSITE') {
    return describeChecksum({ ...checksum, value: selection.part.checksum });
  }
  return isWhole ? describeChecksum(checksum) : {};
}

function describeObject(state: S3State, input: Input): { object: StoredObject; selection: Selection; output: Output } {
  const object = state.object(input);
  refuseUnsupported(input);
  checkReadConditions(input, object, state.now());
  const selection = selectionOf(input, object);
  const { from, to } = selection ?? { from: 0, to: object.bytes };
  const output = {
    AcceptRanges: 'bytes',
    LastModified: new Date(object.lastModified),
    ContentLength: to - from,
    ETag: quoted(object.etag),
    ...describeAttributes(object.attributes),
    ...(selection !== undefined && object.bytes > 0 && { ContentRange: `bytes ${from}-${to - 1}/${object.bytes}` }),
    ...(selection?.part !== undefined && object.isMultipart && { PartsCount: object.parts.length }),
    ...checksumInAnswer(input, object, selection),
    ...ENCRYPTION,
    Expiration: expirationOf(state.bucket(input), object),
  };
  return { object, selection: { from, to }, output };
}

/** Headers that replace the stored ones in the answer: `response-content-type=…` and others in the query. */
function overriddenHeaders(input: Input): Output {
  const members = {
    ResponseCacheControl: ['CacheControl', 'response-cache-control'],
    ResponseContentDisposition: ['ContentDisposition', 'response-content-disposition'],
    ResponseContentEncoding: ['ContentEncoding', 'response-content-encoding'],
    ResponseContentLanguage: ['ContentLanguage', 'response-content-language'],
    ResponseContentType: ['ContentType', 'response-content-type'],
    ResponseExpires: ['Expires', 'response-expires'],
  } as const;
  const output: Output = {};
  for (const [member, [header, parameter]] of Object.entries(members)) {
    const given = input[member];
    const value = given instanceof Date ? given.toUTCString() : optionalText(input, member);
    if (value === undefined || value === '') continue;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw invalidArgument('Header value cannot be represented using ISO-8859-1.', parameter, value);
    }
    output[header] = value;
  }
  return output;
}

function getObject(state: S3State, input: Input): Output {
  assertReadable(state.object(input));
  const { object, selection, output } = describeObject(state, input);
  return { ...output, ...overriddenHeaders(input), Body: chunksOf(object, selection) };
}

function headObject(state: S3State, input: Input): Output {
  const { output } = describeObject(state, input);
  return { ...output, ...overriddenHeaders(input) };
}

function describeParts(input: Input, object: StoredObject): Output {
  const { parts, checksum } = object;
  if (checksum.type === 'FULL_OBJECT') return { TotalPartsCount: parts.length };
  const after = optionalInteger(input, 'PartNumberMarker') ?? 0;
  const maxParts = Math.min(optionalInteger(input, 'MaxParts') ?? MAX_LISTED_PARTS, MAX_LISTED_PARTS);
  const remaining = parts.filter((part) => part.number > after);
  const page = remaining.slice(0, maxParts);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: maxParts,
    IsTruncated: remaining.length > page.length,
    Parts: page.map((part) => ({
      PartNumber: part.number,
      Size: part.content.bytes,
      [checksumMember(checksum.algorithm)]: part.checksum,
    })),
  };
}

function getObjectAttributes(state: S3State, input: Input): Output {
  const object = state.object(input);
  checkReadConditions(input, object, state.now());
  const requested = new Set(optionalTexts(input, 'ObjectAttributes'));
  const attributeNames = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
  if (requested.size === 0 || [...requested].some((name) => !attributeNames.includes(name))) {
    throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes');
  }
  const { checksum } = object;
  const value = object.isMultipart ? (checksum.value.split('-')[0] ?? '') : checksum.value;
  return {
    LastModified: new Date(object.lastModified),
    ...(requested.has('ETag') && { ETag: object.etag }),
    ...(requested.has('Checksum') && { Checksum: describeChecksum({ ...checksum, value }) }),
    ...(requested.has('ObjectParts') && object.isMultipart && { ObjectParts: describeParts(input, object) }),
    ...(requested.has('StorageClass') && { StorageClass: object.attributes.storageClass }),
    ...(requested.has('ObjectSize') && { ObjectSize: object.bytes }),
  };
}

function replaceTags(state: S3State, input: Input, tags: ReadonlyMap<string, string>): Output {
  const object = state.object(input);
  state.bucket(input).put({ ...object, attributes: { ...object.attributes, tags } });
  return {};
}

export const OBJECT_OPERATIONS: Operations = {
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectAttributes: getObjectAttributes,
  PutObjectTagging: (state, input) => {
    state.object(input);
    return replaceTags(state, input, tagsOf(optionalList(requiredStructure(input, 'Tagging'), 'TagSet'), 'object'));
  },
  GetObjectTagging: (state, input) => {
    const bucket = state.bucket(input);
    const key = requiredText(input, 'Key');
    // AWS includes the bucket in the key of this error, in this operation only.
    if (bucket.get(key) === undefined) throw new S3Error('NoSuchKey', { fields: { Key: `${bucket.name}/${key}` } });
    return { TagSet: tagSetOf(objectOf(bucket, key, optionalText(input, 'VersionId')).attributes.tags) };
  },
  DeleteObjectTagging: (state, input) => replaceTags(state, input, new Map()),
};
