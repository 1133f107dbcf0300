// The source of a copy: the object that `x-amz-copy-source` names, and the range of its bytes.

import { assertReadable } from './attributes.ts';
import type { Algorithm } from './checksums.ts';
import { checkCopyConditions } from './conditions.ts';
import { type Content, contentOf } from './content.ts';
import { invalidArgument } from './errors.ts';
import { type Input, requiredText } from './input.ts';
import { objectOf } from './lookup.ts';
import { type ByteRange, chunksOf, type ObjectPart, type StoredObject } from './object.ts';
import type { S3State } from './state.ts';

/** @throws {S3Error} `InvalidArgument` when it is not `bucket/key` or `bucket/key?versionId=…`, percent-encoded */
function parseCopySource(source: string): { bucket: string; key: string; versionId: string | undefined } {
  const [path = '', query = ''] = source.split('?', 2);
  let decoded: string;
  try {
    decoded = decodeURIComponent(path.replaceAll('+', ' ')).replace(/^\//, '');
  } catch {
    decoded = '';
  }
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument('Invalid copy source object key', 'x-amz-copy-source', 'x-amz-copy-source');
  }
  return {
    bucket: decoded.slice(0, slash),
    key: decoded.slice(slash + 1),
    versionId: new URLSearchParams(query).get('versionId') ?? undefined,
  };
}

/** The source object of a copy. @throws {S3Error} when it does not exist, or does not meet the request's conditions */
export function copySourceOf(state: S3State, input: Input): StoredObject & { readonly bucketName: string } {
  const { bucket, key, versionId } = parseCopySource(requiredText(input, 'CopySource'));
  const object = objectOf(state.bucketByName(bucket), key, versionId);
  assertReadable(object, "Operation is not valid for the source object's storage class");
  checkCopyConditions(input, object, state.now());
  return { ...object, bucketName: bucket };
}

/** The bytes to be copied, and the algorithm of the checksum that must be computed first. */
export interface ContentToHash {
  readonly chunks: Iterable<Uint8Array>;
  readonly algorithm: Algorithm;
  /** The source's parts; once another object has replaced the source, this is another array. */
  readonly sourceParts: readonly ObjectPart[];
}

/** The part of `object` whose content is exactly this range and has this checksum, if any: the copy can share it. */
export function sharedContent(object: StoredObject, range: ByteRange, algorithm: Algorithm): Content | undefined {
  const part = object.parts.find(({ start, content }) => start === range.from && start + content.bytes === range.to);
  return part?.content.has(algorithm) ? part.content : undefined;
}

/**
 * The content of a copy: shared, or `Body` if the caller has already hashed it, or hashed here.
 * @param body the hashed `contentToHash`
 */
export function contentOfCopy(object: StoredObject, range: ByteRange, algorithm: Algorithm, body: unknown): Content {
  const shared = sharedContent(object, range, algorithm);
  if (shared !== undefined) return shared;
  return contentOf(body ?? Buffer.concat([...chunksOf(object, range)]), [algorithm]);
}
