// A stored object: its attributes, and its parts as they arrived.

import type { Algorithm, ChecksumType } from './checksums.ts';
import { type Content, sliceChunks } from './content.ts';

/** Headers of a write that S3 stores with the object, by the SDK's names. */
export const CONTENT_HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

/** What the request that creates an object says about it. */
export interface ObjectAttributes {
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly redirect: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Checksum {
  readonly algorithm: Algorithm;
  readonly type: ChecksumType;
  /** In base64; a composite one ends with `-` and the number of parts. */
  readonly value: string;
}

export interface ObjectPart {
  readonly number: number;
  /** The part's offset in the object. */
  readonly start: number;
  readonly content: Content;
  /** In base64, by the object's algorithm; undefined unless the object's checksum is composite. */
  readonly checksum: string | undefined;
}

export interface StoredObject {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
  /** Milliseconds since the epoch, whole seconds. */
  readonly lastModified: number;
  /** Its number among the writes of its bucket. */
  readonly order: number;
  readonly attributes: ObjectAttributes;
  readonly checksum: Checksum;
  /** In order; one part for an object that was not uploaded in parts. */
  readonly parts: readonly ObjectPart[];
  readonly isMultipart: boolean;
}

export interface ByteRange {
  readonly from: number;
  /** The offset of the first byte after the range. */
  readonly to: number;
}

/** The part that contains an offset, by binary search: an object has up to 10,000 parts. */
function partIndexAt(parts: readonly ObjectPart[], offset: number): number {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((parts[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** An object's bytes in order, without a copy. */
export function* chunksOf({ parts }: Pick<StoredObject, 'parts'>, range: ByteRange): Generator<Uint8Array> {
  for (let i = partIndexAt(parts, range.from); i < parts.length; i += 1) {
    const part = parts[i];
    if (part === undefined || part.start >= range.to) return;
    yield* sliceChunks(part.content.chunks, Math.max(range.from - part.start, 0), range.to - part.start);
  }
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** An ETag from a client, with or without quotes. */
export function unquoted(etag: string): string {
  return etag.replace(/^(?:W\/)?"|"$/g, '');
}
