// A multipart upload that has not been completed.

import { type Algorithm, type ChecksumType, DEFAULT_ALGORITHM } from './checksums.ts';
import type { Content } from './content.ts';
import type { ObjectAttributes } from './object.ts';

export interface UploadedPart {
  readonly number: number;
  readonly content: Content;
  /** Milliseconds since the epoch, whole seconds. */
  readonly lastModified: number;
  /** In base64, by the upload's algorithm or S3's default one. */
  readonly checksum: string;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly initiatedOn: number;
  /** Its number among the writes of its bucket. */
  readonly order: number;
  readonly attributes: ObjectAttributes;
  /** The checksum that the upload was created with; undefined when its request named none, so that S3 uses its default. */
  readonly checksum: { readonly algorithm: Algorithm; readonly type: ChecksumType } | undefined;
  /** Whether an object of the key existed when the upload was created. */
  readonly objectExisted: boolean;
  readonly parts: Map<number, UploadedPart>;
}

export function partsInOrder(upload: Upload): UploadedPart[] {
  return [...upload.parts.values()].sort((a, b) => a.number - b.number);
}

/** The checksum algorithm of an upload's parts. */
export function algorithmOfParts({ checksum }: Upload): Algorithm {
  return checksum?.algorithm ?? DEFAULT_ALGORITHM;
}
