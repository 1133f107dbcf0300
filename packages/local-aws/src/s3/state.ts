// The state of the embedded S3: buckets, time, ids.

import { createHash, randomUUID } from 'node:crypto';
import { Bucket } from './bucket.ts';
import { S3Error } from './errors.ts';
import { type Input, optionalText, requiredText } from './input.ts';
import { objectOf } from './lookup.ts';
import { chunksOf, type StoredObject } from './object.ts';
import type { Upload } from './upload.ts';

/** An object was put, copied, completed from parts, tagged again, or deleted. */
export interface ObjectWrite {
  readonly bucket: string;
  readonly key: string;
}

export interface S3EngineOptions {
  /** Milliseconds since the epoch. */
  readonly clock: { now(): number };
  /** Called once, for the part of upload ids that makes them unique; `crypto.randomUUID` unless given. */
  readonly uuid?: () => string;
  readonly region?: string;
  readonly accountId?: string;
  /** The least size of all parts but the last; 5 MiB, as on AWS, unless given. */
  readonly minPartBytes?: number;
  /** Called when a write of an object has taken effect. */
  readonly onWrite?: (write: ObjectWrite) => void;
}

const DEFAULT_MIN_PART_BYTES = 5 * 1024 * 1024;

export class S3State {
  readonly region: string;
  readonly accountId: string;
  readonly minPartBytes: number;
  /** The owner of all buckets, objects and uploads. Since November 2025, AWS returns no `DisplayName` for an owner. */
  readonly owner: { readonly ID: string };
  /** The initiator of all uploads: for it AWS still returns a `DisplayName`. */
  readonly initiator: { readonly ID: string; readonly DisplayName: string };
  readonly buckets = new Map<string, Bucket>();
  readonly #clock: { now(): number };
  readonly #onWrite: S3EngineOptions['onWrite'];
  readonly #idBase: string;
  #lastId = 0;

  constructor(options: S3EngineOptions) {
    this.#clock = options.clock;
    this.#onWrite = options.onWrite;
    this.#idBase = (options.uuid ?? randomUUID)();
    this.region = options.region ?? 'us-east-1';
    this.accountId = options.accountId ?? '000000000000';
    this.minPartBytes = options.minPartBytes ?? DEFAULT_MIN_PART_BYTES;
    this.owner = { ID: createHash('sha256').update(this.accountId).digest('hex') };
    this.initiator = { ...this.owner, DisplayName: 'webfile' };
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /** The beginning of the current second, in milliseconds since the epoch: S3 stores times in whole seconds. */
  currentSecondMs(): number {
    return Math.floor(this.now() / 1000) * 1000;
  }

  /** The bucket of a request. @throws {S3Error} `NoSuchBucket` */
  bucket(input: Input): Bucket {
    return this.bucketByName(requiredText(input, 'Bucket'));
  }

  bucketByName(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
    return bucket;
  }

  /** The object of a request. @throws {S3Error} `NoSuchBucket`, `NoSuchKey`, or `InvalidArgument` for a version */
  object(input: Input): StoredObject {
    return objectOf(this.bucket(input), requiredText(input, 'Key'), optionalText(input, 'VersionId'));
  }

  /** An object's current bytes, for code outside of the engine: read them, do not change them. */
  bytes(bucket: string, key: string): Uint8Array | undefined {
    const object = this.buckets.get(bucket)?.get(key);
    if (object === undefined) return undefined;
    const chunks = [...chunksOf(object, { from: 0, to: object.bytes })];
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  }

  /** The upload of a request. @throws {S3Error} `NoSuchBucket`, `NoSuchUpload` */
  upload(input: Input): { readonly bucket: Bucket; readonly upload: Upload } {
    const bucket = this.bucket(input);
    const id = optionalText(input, 'UploadId') ?? '';
    const upload = bucket.uploads.get(id);
    if (upload === undefined || upload.key !== requiredText(input, 'Key')) {
      throw new S3Error('NoSuchUpload', { fields: { UploadId: id } });
    }
    return { bucket, upload };
  }

  addBucket(name: string, locationConstraint: string): Bucket {
    const region = locationConstraint === 'EU' ? 'eu-west-1' : locationConstraint || this.region;
    const bucket = new Bucket(name, this.currentSecondMs(), { region, locationConstraint }, this.#onWrite);
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** A unique id: 86 letters, digits, `-` and `_`. */
  newId(): string {
    this.#lastId += 1;
    return createHash('sha512').update(`${this.#idBase}/${this.#lastId}`).digest('base64url');
  }

  arnOf(bucket: Bucket): string {
    return `arn:aws:s3:::${bucket.name}`;
  }
}
