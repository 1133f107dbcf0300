// A model of S3: one bucket in memory; whole puts and multipart uploads.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
  DeleteObjectCommandInput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  ListObjectsV2CommandInput,
  PutObjectCommandInput,
  UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { NoSuchKey, NotFound } from '@aws-sdk/client-s3';
import { s3Error } from './errors.ts';
import { firstByte, lastByte, listObjects } from './s3-reading.ts';

export interface S3Options {
  readonly bucket: string;
  readonly now: () => number;
  /** Every part but the last has at least so many bytes: 5 MiB in the real service. */
  readonly minimumPartBytes?: number;
  /** Called when an object has become visible or is gone. */
  readonly onObject?: (key: string, body: Uint8Array | undefined) => void;
}

interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly at: number;
  readonly type: string | undefined;
}

export interface S3Model {
  /** The answer of a command, at once. Throws what the SDK would throw. */
  apply(operation: string, input: object): object;
  object(key: string): Uint8Array | undefined;
  /** Somebody takes an object away. */
  lose(key: string): void;
  /** Multipart uploads that were neither completed nor aborted. */
  readonly openUploads: number;
}

const MIB = 1024 * 1024;

export function createS3({ bucket, now, minimumPartBytes = 5 * MIB, onObject }: S3Options): S3Model {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, { key: string; type: string | undefined; parts: Map<number, StoredObject> }>();
  let nextUpload = 1;

  const checkBucket = (name: string | undefined) => {
    if (name !== bucket) throw s3Error('NoSuchBucket', 'The specified bucket does not exist', 404);
  };
  const uploadOf = (input: { readonly UploadId?: string | undefined; readonly Key?: string | undefined }) => {
    const upload = uploads.get(input.UploadId ?? '');
    if (upload === undefined || upload.key !== input.Key) {
      throw s3Error('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    }
    return upload;
  };
  const store = (key: string, body: Uint8Array, etag: string, type: string | undefined) => {
    objects.set(key, { body, etag, at: now(), type });
    onObject?.(key, body);
  };

  const operations: Readonly<Record<string, (input: never) => object>> = {
    PutObject(input: PutObjectCommandInput) {
      checkBucket(input.Bucket);
      if (input.IfNoneMatch === '*' && objects.has(input.Key ?? '')) {
        throw s3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
      }
      const body = bytesOf(input.Body);
      const etag = etagOf(body);
      store(input.Key ?? '', body, etag, input.ContentType);
      return { ETag: etag };
    },
    HeadObject(input: HeadObjectCommandInput) {
      checkBucket(input.Bucket);
      const found = objects.get(input.Key ?? '');
      if (found === undefined) throw new NotFound({ message: 'Not Found', $metadata: { httpStatusCode: 404 } });
      return {
        ContentLength: found.body.length,
        ETag: found.etag,
        ContentType: found.type,
        LastModified: new Date(found.at),
      };
    },
    GetObject(input: GetObjectCommandInput) {
      checkBucket(input.Bucket);
      const found = objects.get(input.Key ?? '');
      if (found === undefined) {
        throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: { httpStatusCode: 404 } });
      }
      const from = input.Range === undefined ? undefined : firstByte(input.Range, found.body.length);
      const body =
        from === undefined ? found.body : found.body.subarray(from, lastByte(input.Range, found.body.length));
      return {
        Body: streamOf(body),
        ContentLength: body.length,
        ETag: found.etag,
        ContentType: found.type,
        LastModified: new Date(found.at),
        ...(from === undefined ? {} : { ContentRange: `bytes ${from}-${from + body.length - 1}/${found.body.length}` }),
      };
    },
    DeleteObject(input: DeleteObjectCommandInput) {
      checkBucket(input.Bucket);
      if (objects.delete(input.Key ?? '')) onObject?.(input.Key ?? '', undefined);
      return {};
    },
    ListObjectsV2(input: ListObjectsV2CommandInput) {
      checkBucket(input.Bucket);
      return listObjects([...objects.keys()], input);
    },
    CreateMultipartUpload(input: CreateMultipartUploadCommandInput) {
      checkBucket(input.Bucket);
      const UploadId = `upload-${nextUpload}`;
      nextUpload += 1;
      uploads.set(UploadId, { key: input.Key ?? '', type: input.ContentType, parts: new Map() });
      return { UploadId, Bucket: bucket, Key: input.Key };
    },
    UploadPart(input: UploadPartCommandInput) {
      checkBucket(input.Bucket);
      const { parts } = uploadOf(input);
      const body = bytesOf(input.Body);
      const etag = etagOf(body);
      parts.set(input.PartNumber ?? 0, { body, etag, at: now(), type: undefined });
      const checksum = input.ChecksumAlgorithm === 'CRC32' ? { ChecksumCRC32: crc32Of(body) } : {};
      return { ETag: etag, ...checksum };
    },
    CompleteMultipartUpload(input: CompleteMultipartUploadCommandInput) {
      checkBucket(input.Bucket);
      const upload = uploadOf(input);
      const listed = input.MultipartUpload?.Parts ?? [];
      if (listed.length === 0) throw s3Error('MalformedXML', 'The XML you provided was not well-formed');
      const parts = listed.map(({ PartNumber, ETag }, at) => {
        const part = upload.parts.get(PartNumber ?? 0);
        if (part === undefined || part.etag !== ETag) {
          throw s3Error('InvalidPart', 'One or more of the specified parts could not be found.');
        }
        if (at > 0 && (listed[at - 1]?.PartNumber ?? 0) >= (PartNumber ?? 0)) {
          throw s3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
        }
        if (at < listed.length - 1 && part.body.length < minimumPartBytes) {
          throw s3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
        }
        return part;
      });
      uploads.delete(input.UploadId ?? '');
      const body = Buffer.concat(parts.map((part) => part.body));
      const etag = `"${createHash('md5').update(body).digest('hex')}-${parts.length}"`;
      store(upload.key, body, etag, upload.type);
      return { ETag: etag, Bucket: bucket, Key: upload.key };
    },
    AbortMultipartUpload(input: AbortMultipartUploadCommandInput) {
      checkBucket(input.Bucket);
      uploadOf(input);
      uploads.delete(input.UploadId ?? '');
      return {};
    },
  };

  return {
    apply(operation, input) {
      const run = operations[operation];
      if (run === undefined) throw new Error(`The model of S3 does not offer ${operation}.`);
      // The input belongs to the operation: both come from one SDK command.
      return run(input as never);
    },
    object: (key) => objects.get(key)?.body,
    lose: (key) => void objects.delete(key),
    get openUploads() {
      return uploads.size;
    },
  };
}

const etagOf = (body: Uint8Array) => `"${createHash('md5').update(body).digest('hex')}"`;

function crc32Of(body: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw new TypeError('The model of S3 takes texts and byte arrays, no streams.');
}

function streamOf(body: Uint8Array) {
  const bytes = Buffer.from(body);
  return Object.assign(Readable.from([bytes], { objectMode: false }), {
    transformToString: async (encoding?: BufferEncoding) => bytes.toString(encoding),
    transformToByteArray: async () => new Uint8Array(bytes),
    transformToWebStream: () => new Blob([bytes]).stream(),
  });
}
