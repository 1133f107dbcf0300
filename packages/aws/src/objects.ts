// ObjectsPort over the SDK: one call per method.
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { MovieLoadError } from '@movie-load/schema';
import type { S3Sender } from './clients.ts';
import { errorName } from './errors.ts';
import type { CallOptions, ObjectsPort, StoredObject } from './ports.ts';
import { sdk } from './queue.ts';

const CONTENT_TYPE = 'application/json';
/** A HEAD's answer has no body, so its error has only the status's name. */
const NO_OBJECT = new Set(['NoSuchKey', 'NotFound']);

/** @example const objects = openObjects(createClients(settings), settings.bucket); */
export function openObjects({ s3 }: { readonly s3: S3Sender }, bucket: string): ObjectsPort {
  return {
    bucket,
    async size(key, options = {}) {
      return orMissing(async () => {
        const { ContentLength = 0 } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), sdk(options));
        return ContentLength;
      });
    },
    get: (key, options = {}) => orMissing(() => openStream(s3, { Bucket: bucket, Key: key }, options)),
    async put(key, body, options = {}) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: CONTENT_TYPE });
      await s3.send(command, sdk(options));
    },
    async createUpload(key, options = {}) {
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: CONTENT_TYPE,
        // LocalStack refuses to finish an upload whose parts have checksums (the SDK's default) when it began without.
        ChecksumAlgorithm: 'CRC32',
      });
      const { UploadId } = await s3.send(command, sdk(options));
      if (UploadId === undefined) throw new MovieLoadError('s3_answer', 'S3 began an upload without giving its id.');
      return UploadId;
    },
    async uploadPart(key, uploadId, number, body, options = {}) {
      const command = new UploadPartCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        PartNumber: number,
        Body: body,
        ChecksumAlgorithm: 'CRC32',
      });
      const { ETag = '', ChecksumCRC32 } = await s3.send(command, sdk(options));
      return { number, etag: ETag, crc32: ChecksumCRC32 };
    },
    async completeUpload(key, uploadId, parts, options = {}) {
      const Parts = parts.map(({ number, etag, crc32 }) => ({
        PartNumber: number,
        ETag: etag,
        ...(crc32 === undefined ? {} : { ChecksumCRC32: crc32 }),
      }));
      const command = new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: { Parts },
      });
      await s3.send(command, sdk(options));
    },
    async abortUpload(key, uploadId, options = {}) {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
      try {
        await s3.send(command, sdk(options));
      } catch (error) {
        if (errorName(error) !== 'NoSuchUpload') throw error;
      }
    },
  };
}

async function openStream(s3: S3Sender, object: GetObjectCommandInput, options: CallOptions): Promise<StoredObject> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand(object), sdk({ ...options, signal }));
  const body = asStream(Body);
  // The SDK verifies checksums in a stream of its own, and leaves the one behind it open when that one is cancelled.
  body.once('close', () => body.readableEnded || stop.abort());
  // A reader gets it from the iterator. Without one, a time-out would end the process.
  body.on('error', () => undefined);
  return { bytes: ContentLength, body, discard: () => void body.destroy() };
}

async function orMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (NO_OBJECT.has(errorName(error))) return undefined;
    throw error;
  }
}

/** On Node the SDK's body is a stream of buffers; its type also allows a browser's. */
function asStream(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new MovieLoadError('s3_answer', 'S3 gave an object without a body.');
}
