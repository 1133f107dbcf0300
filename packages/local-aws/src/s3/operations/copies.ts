// Copies whole objects, and ranges of objects into parts of uploads. Copies share the bytes where they can.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html

import { attributesOf, refuseUnsupported } from '../attributes.ts';
import { type Algorithm, checksumMember, namedAlgorithm } from '../checksums.ts';
import { checkWriteCondition, writeConditionOf } from '../conditions.ts';
import { type ContentToHash, contentOfCopy, copySourceOf, sharedContent } from '../copy-source.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import { type Input, type Output, optionalText, requiredText } from '../input.ts';
import { assertKeyLength } from '../names.ts';
import { type ByteRange, chunksOf, type ObjectAttributes, quoted, type StoredObject } from '../object.ts';
import { copyRangeOf } from '../ranges.ts';
import type { S3State } from '../state.ts';
import { tagsOfHeader } from '../tags.ts';
import { algorithmOfParts } from '../upload.ts';
import { describeChecksum, ENCRYPTION, singlePartObject } from './objects.ts';
import type { Operations } from './operation.ts';
import { partNumberOf } from './parts.ts';

type Directive = 'COPY' | 'REPLACE';

function directive(input: Input, member: string, header: string): Directive {
  const value = optionalText(input, member) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument(`Unknown ${member.replace('Directive', '').toLowerCase()} directive.`, header, value);
}

function copiedAttributes(input: Input, source: ObjectAttributes): ObjectAttributes {
  const requested = attributesOf(input);
  const metadata = directive(input, 'MetadataDirective', 'x-amz-metadata-directive') === 'REPLACE' ? requested : source;
  const tagging = directive(input, 'TaggingDirective', 'x-amz-tagging-directive');
  return {
    headers: metadata.headers,
    metadata: metadata.metadata,
    storageClass: requested.storageClass,
    redirect: requested.redirect,
    tags: tagging === 'REPLACE' ? tagsOfHeader(optionalText(input, 'Tagging')) : source.tags,
  };
}

/** @throws {S3Error} `InvalidRequest` for a copy of an object onto itself that changes nothing */
function assertChangesObject(input: Input, isSame: boolean): void {
  const changes = ['StorageClass', 'ServerSideEncryption', 'WebsiteRedirectLocation'];
  if (!isSame || input.MetadataDirective === 'REPLACE' || changes.some((member) => input[member] !== undefined)) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

const wholeRange = ({ bytes }: StoredObject): ByteRange => ({ from: 0, to: bytes });

function copyAlgorithm(input: Input, source: StoredObject): Algorithm {
  return namedAlgorithm(input) ?? source.checksum.algorithm;
}

function copyObject(state: S3State, input: Input): Output {
  const condition = writeConditionOf(input);
  const key = requiredText(input, 'Key');
  assertKeyLength(key);
  const bucket = state.bucket(input);
  const source = copySourceOf(state, input);
  // A bucket's own encryption counts as a change.
  assertChangesObject(
    input,
    source.bucketName === bucket.name && source.key === key && bucket.encryption === undefined,
  );
  refuseUnsupported(input);
  const attributes = copiedAttributes(input, source.attributes);
  const algorithm = copyAlgorithm(input, source);
  const content = contentOfCopy(source, wholeRange(source), algorithm, input.Body);
  checkWriteCondition(condition, bucket, key);
  const checksum = { algorithm, type: 'FULL_OBJECT', value: content.checksum(algorithm) } as const;
  const writePosition = { lastModified: state.currentSecondMs(), order: bucket.nextOrder() };
  const object = { ...singlePartObject(key, content, checksum, writePosition), attributes };
  bucket.put(object);
  return {
    CopyObjectResult: {
      ETag: quoted(object.etag),
      LastModified: new Date(object.lastModified),
      ...describeChecksum(checksum),
    },
    ...ENCRYPTION,
  };
}

function uploadPartCopy(state: S3State, input: Input): Output {
  state.bucket(input);
  const source = copySourceOf(state, input);
  const { upload } = state.upload(input);
  const number = partNumberOf(input);
  refuseUnsupported(input);
  const range = copyRangeOf(optionalText(input, 'CopySourceRange'), source.bytes);
  const algorithm = algorithmOfParts(upload);
  const content = contentOfCopy(source, range, algorithm, input.Body);
  const lastModified = state.currentSecondMs();
  const checksum = content.checksum(algorithm);
  upload.parts.set(number, { number, content, lastModified, checksum });
  return {
    CopyPartResult: {
      ETag: quoted(content.md5.toString('hex')),
      LastModified: new Date(lastModified),
      ...(upload.checksum !== undefined && { [checksumMember(algorithm)]: checksum }),
    },
    ...ENCRYPTION,
  };
}

/**
 * The bytes that a copy must hash; undefined when their digests are known. Hashing gigabytes takes seconds, so the HTTP
 * service does it in steps before it calls the operation, with the result as `Body`.
 * @throws {S3Error} when the source or the upload does not exist, or the source cannot be copied as requested
 */
export function contentToHash(state: S3State, operation: string, input: Input): ContentToHash | undefined {
  const source = copySourceOf(state, input);
  const isPart = operation === 'UploadPartCopy';
  const range = isPart ? copyRangeOf(optionalText(input, 'CopySourceRange'), source.bytes) : wholeRange(source);
  const algorithm = isPart ? algorithmOfParts(state.upload(input).upload) : copyAlgorithm(input, source);
  if (sharedContent(source, range, algorithm) !== undefined) return undefined;
  return { chunks: chunksOf(source, range), algorithm, sourceParts: source.parts };
}

export const COPY_OPERATIONS: Operations = { CopyObject: copyObject, UploadPartCopy: uploadPartCopy };
