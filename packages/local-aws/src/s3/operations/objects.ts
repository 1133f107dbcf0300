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
import { checkRead, checkWrite, writeCondition } from '../conditions.ts';
import { type Content, contentOf } from '../content.ts';
import { invalidArgument, S3Error } from '../errors.ts';
import { expirationOf } from '../expiration.ts';
import {
  type Input,
  type Output,
  optionalList,
  optionalText,
  optionalTexts,
  optionalWhole,
  structure,
  text,
} from '../input.ts';
import { objectOf } from '../lookup.ts';
import { assertKey } from '../names.ts';
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
  const key = text(input, 'Key');
  refuseUnsupported(input);
  assertKey(key);
  const condition = writeCondition(input);
  const attributes = attributesOf(input);
  const given = requestChecksum(input);
  const algorithm = putAlgorithm(input);
  const content = contentOf(input.Body, [algorithm]);
  if (content.bytes > MAX_PUT_BYTES) {
    throw new S3Error('EntityTooLarge', { fields: { ProposedSize: content.bytes, MaxSizeAllowed: MAX_PUT_BYTES } });
  }
  checkWrite(condition, bucket, key);
  const value = content.checksum(algorithm);
  verifyChecksum(given, value);
  verifyMd5(optionalText(input, 'ContentMD5'), content.md5);
  const written = { lastModified: state.nowInSeconds(), order: bucket.nextOrder() };
  const object = wholeObject(key, content, { algorithm, type: 'FULL_OBJECT', value }, written);
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
export function wholeObject(
  key: string,
  content: Content,
  checksum: Checksum,
  written: Pick<StoredObject, 'lastModified' | 'order'>,
): Omit<StoredObject, 'attributes'> {
  return {
    key,
    etag: content.md5.toString('hex'),
    bytes: content.bytes,
    ...written,
    checksum,
    parts: [{ number: 1, start: 0, content, checksum: undefined }],
    multipart: false,
  };
}

export function describeChecksum({ algorithm, type, value }: Checksum): Output {
  return { [checksumMember(algorithm)]: value, ChecksumType: type };
}

/** Checksums are those of whole objects, or of a part of a composite object. */
function checksumOfAnswer(input: Input, object: StoredObject, selection: Selection | undefined): Output {
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
  checkRead(input, object, state.now());
  const selection = selectionOf(input, object);
  const { from, to } = selection ?? { from: 0, to: object.bytes };
  const output = {
    AcceptRanges: 'bytes',
    LastModified: new Date(object.lastModified),
    ContentLength: to - from,
    ETag: quoted(object.etag),
    ...describeAttributes(object.attributes),
    ...(selection !== undefined && object.bytes > 0 && { ContentRange: `bytes ${from}-${to - 1}/${object.bytes}` }),
    ...(selection?.part !== undefined && object.multipart && { PartsCount: object.parts.length }),
    ...checksumOfAnswer(input, object, selection),
    ...ENCRYPTION,
    Expiration: expirationOf(state.bucket(input), object),
  };
  return { object, selection: { from, to }, output };
}

/** `response-content-type=…` in the query: headers that the answer has instead of the stored ones. */
function overrides(input: Input): Output {
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
  return { ...output, ...overrides(input), Body: chunksOf(object, selection) };
}

function headObject(state: S3State, input: Input): Output {
  const { output } = describeObject(state, input);
  return { ...output, ...overrides(input) };
}

function listedParts(input: Input, object: StoredObject): Output {
  const { parts, checksum } = object;
  if (checksum.type === 'FULL_OBJECT') return { TotalPartsCount: parts.length };
  const after = optionalWhole(input, 'PartNumberMarker') ?? 0;
  const most = Math.min(optionalWhole(input, 'MaxParts') ?? MAX_LISTED_PARTS, MAX_LISTED_PARTS);
  const rest = parts.filter((part) => part.number > after);
  const shown = rest.slice(0, most);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: after,
    NextPartNumberMarker: shown.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: rest.length > shown.length,
    Parts: shown.map((part) => ({
      PartNumber: part.number,
      Size: part.content.bytes,
      [checksumMember(checksum.algorithm)]: part.checksum,
    })),
  };
}

function getObjectAttributes(state: S3State, input: Input): Output {
  const object = state.object(input);
  checkRead(input, object, state.now());
  const wanted = new Set(optionalTexts(input, 'ObjectAttributes'));
  const known = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
  if (wanted.size === 0 || [...wanted].some((name) => !known.includes(name))) {
    throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes');
  }
  const { checksum } = object;
  const value = object.multipart ? (checksum.value.split('-')[0] ?? '') : checksum.value;
  return {
    LastModified: new Date(object.lastModified),
    ...(wanted.has('ETag') && { ETag: object.etag }),
    ...(wanted.has('Checksum') && { Checksum: describeChecksum({ ...checksum, value }) }),
    ...(wanted.has('ObjectParts') && object.multipart && { ObjectParts: listedParts(input, object) }),
    ...(wanted.has('StorageClass') && { StorageClass: object.attributes.storageClass }),
    ...(wanted.has('ObjectSize') && { ObjectSize: object.bytes }),
  };
}

function retag(state: S3State, input: Input, tags: ReadonlyMap<string, string>): Output {
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
    return retag(state, input, tagsOf(optionalList(structure(input, 'Tagging'), 'TagSet'), 'object'));
  },
  GetObjectTagging: (state, input) => {
    const bucket = state.bucket(input);
    const key = text(input, 'Key');
    // Only in its answer to this operation does AWS include the bucket in the key.
    if (bucket.get(key) === undefined) throw new S3Error('NoSuchKey', { fields: { Key: `${bucket.name}/${key}` } });
    return { TagSet: tagSetOf(objectOf(bucket, key, optionalText(input, 'VersionId')).attributes.tags) };
  },
  DeleteObjectTagging: (state, input) => retag(state, input, new Map()),
};
