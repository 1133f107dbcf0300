// A bucket: its objects by key and in order, its unfinished uploads, its settings.

import type { Input } from './input.ts';
import type { StoredObject } from './object.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { Upload } from './upload.ts';

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface Lifecycle {
  readonly rules: readonly Input[];
  readonly transitionDefaultMinimumObjectSize: string;
}

/** AWS blocks public access to new buckets. */
const BLOCK_ALL: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export class Bucket {
  readonly name: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly createdOn: number;
  readonly region: string;
  /** The location given to `CreateBucket`; empty in us-east-1. */
  readonly locationConstraint: string;
  readonly keys = new SortedKeys();
  /** Unfinished uploads by id. */
  readonly uploads = new Map<string, Upload>();
  readonly uploadKeys = new SortedKeys();
  tags: ReadonlyMap<string, string> = new Map();
  lifecycle: Lifecycle | undefined;
  publicAccessBlock: PublicAccessBlock | undefined = BLOCK_ALL;
  /** The encryption that a request has configured, if any. S3's own encryption always applies. */
  encryption: { readonly bucketKeyEnabled: boolean } | undefined;
  readonly #objects = new Map<string, StoredObject>();
  readonly #uploadsByKey = new Map<string, Upload[]>();
  readonly #onWrite: ((write: { readonly bucket: string; readonly key: string }) => void) | undefined;
  #lastOrder = 0;

  constructor(
    name: string,
    createdOn: number,
    location: { region: string; locationConstraint: string },
    onWrite?: (write: { readonly bucket: string; readonly key: string }) => void,
  ) {
    this.name = name;
    this.createdOn = createdOn;
    this.region = location.region;
    this.locationConstraint = location.locationConstraint;
    this.#onWrite = onWrite;
  }

  /** The number of the next object or upload in the bucket: times are too coarse to show which came first. */
  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  get isEmpty(): boolean {
    return this.#objects.size === 0;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  put(object: StoredObject): void {
    this.keys.add(object.key);
    this.#objects.set(object.key, object);
    this.#onWrite?.({ bucket: this.name, key: object.key });
  }

  delete(key: string): void {
    if (!this.#objects.delete(key)) return;
    this.keys.delete(key);
    this.#onWrite?.({ bucket: this.name, key });
  }

  addUpload(upload: Upload): void {
    this.uploads.set(upload.id, upload);
    const uploadsOfKey = this.#uploadsByKey.get(upload.key);
    if (uploadsOfKey === undefined) {
      this.#uploadsByKey.set(upload.key, [upload]);
      this.uploadKeys.add(upload.key);
    } else uploadsOfKey.push(upload);
  }

  deleteUpload(upload: Upload): void {
    this.uploads.delete(upload.id);
    const others = this.uploadsOf(upload.key).filter((other) => other !== upload);
    if (others.length > 0) {
      this.#uploadsByKey.set(upload.key, others);
      return;
    }
    this.#uploadsByKey.delete(upload.key);
    this.uploadKeys.delete(upload.key);
  }

  /** The unfinished uploads of a key, in the order of their creation. */
  uploadsOf(key: string): readonly Upload[] {
    return this.#uploadsByKey.get(key) ?? [];
  }
}
