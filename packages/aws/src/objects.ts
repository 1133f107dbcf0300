// ObjectsPort over the SDK: one call per method.
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListPartsCommand,
  type ListPartsCommandInput,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { MovieLoadError } from '@movie-load/schema';
import type { S3Sender } from './clients.ts';
import { undefinedOnErrors } from './errors.ts';
import type { CallOptions, ListedPart, ObjectBody, ObjectsPort, StoredObject } from './ports.ts';
import { sdkOptions } from './queue.ts';

const CONTENT_TYPE = 'application/json';
/** The answer to a HEAD has no body, so its error has only the status's name. */
const NO_SUCH_OBJECT_ERRORS = new Set(['NoSuchKey', 'NotFound']);
const NO_SUCH_UPLOAD_ERRORS = new Set(['NoSuchUpload']);

/**
 * The time limit for operations for which S3 itself needs minutes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
const SLOW_CALL_TIMEOUT_MS = 10 * 60_000;

/** @example const objects = openObjects(createClients(settings), settings.bucket); */
export function openObjects({ s3 }: { readonly s3: S3Sender }, bucket: string): ObjectsPort {
  return {
    bucket,
    async size(key, options = {}) {
      return undefinedOnErrors(NO_SUCH_OBJECT_ERRORS, async () => {
        const { ContentLength = 0 } = await s3.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key }),
          sdkOptions(options),
        );
        return ContentLength;
      });
    },
    get: (key, options = {}) =>
      undefinedOnErrors(NO_SUCH_OBJECT_ERRORS, () => openStream(s3, { Bucket: bucket, Key: key }, options)),
    async put(key, body, options = {}) {
      await sendBody(body, options, (members, requestOptions) =>
        s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: CONTENT_TYPE, ...members }),
          requestOptions,
        ),
      );
    },
    async delete(key, options = {}) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), sdkOptions(options));
    },
    ...openUploads(s3, bucket),
  };
}

async function openStream(s3: S3Sender, object: GetObjectCommandInput, options: CallOptions): Promise<StoredObject> {
  const abortRequest = new AbortController();
  const signal = AbortSignal.any([abortRequest.signal, ...(options.signal ? [options.signal] : [])]);
  const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand(object), sdkOptions({ signal }));
  const body = asStream(Body);
  // The SDK verifies checksums in a second stream, and leaves the first one open when the second is cancelled.
  body.once('close', () => body.readableEnded || abortRequest.abort());
  // A reader gets the error from the iterator. Without a reader, a time-out would end the process.
  body.on('error', () => undefined);
  return { bytes: ContentLength, body, discard: () => void body.destroy() };
}

type UploadCalls = Pick<
  ObjectsPort,
  'createUpload' | 'uploadPart' | 'copyPart' | 'listParts' | 'completeUpload' | 'abortUpload'
>;

function openUploads(s3: S3Sender, bucket: string): UploadCalls {
  return {
    async createUpload(key, options = {}) {
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: CONTENT_TYPE,
        // LocalStack refuses to complete an upload whose parts have checksums (the SDK's default) when it was created
        // without.
        ChecksumAlgorithm: 'CRC32',
      });
      const { UploadId } = await s3.send(command, sdkOptions(options));
      if (UploadId === undefined) throw new MovieLoadError('s3_answer', 'S3 created an upload but returned no id.');
      return UploadId;
    },
    async uploadPart(key, uploadId, number, body, options = {}) {
      const part = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: number };
      await sendBody(body, options, (members, requestOptions) =>
        s3.send(new UploadPartCommand({ ...part, ChecksumAlgorithm: 'CRC32', ...members }), requestOptions),
      );
    },
    async copyPart(key, uploadId, number, { first, last }, options = {}) {
      const command = new UploadPartCopyCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        PartNumber: number,
        CopySource: `${bucket}/${key}`,
        CopySourceRange: `bytes=${first}-${last}`,
      });
      await s3.send(command, { ...sdkOptions(options), requestTimeout: SLOW_CALL_TIMEOUT_MS });
    },
    listParts: (key, uploadId, options = {}) =>
      listParts(s3, { Bucket: bucket, Key: key, UploadId: uploadId }, options),
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
      await s3.send(command, { ...sdkOptions(options), requestTimeout: SLOW_CALL_TIMEOUT_MS });
    },
    async abortUpload(key, uploadId, options = {}) {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
      await undefinedOnErrors(NO_SUCH_UPLOAD_ERRORS, () => s3.send(command, sdkOptions(options)));
    },
  };
}

async function listParts(s3: S3Sender, upload: ListPartsCommandInput, options: CallOptions): Promise<ListedPart[]> {
  const parts: ListedPart[] = [];
  for (let marker: string | undefined; ; ) {
    const command = new ListPartsCommand({ ...upload, ...(marker === undefined ? {} : { PartNumberMarker: marker }) });
    const { Parts = [], IsTruncated, NextPartNumberMarker } = await s3.send(command, sdkOptions(options));
    for (const { PartNumber = 0, ETag = '', ChecksumCRC32, Size = 0 } of Parts) {
      parts.push({ number: PartNumber, etag: ETag, crc32: ChecksumCRC32, bytes: Size });
    }
    if (!IsTruncated || NextPartNumberMarker === marker) return parts;
    marker = NextPartNumberMarker;
  }
}

type BodyMembers =
  | { readonly Body: Uint8Array }
  | { readonly Body: Readable; readonly ContentLength: number; readonly ChecksumCRC32: string };

/** Sends a body. A stream is created for this attempt only, and its error fails the call. */
async function sendBody(
  body: ObjectBody,
  options: CallOptions,
  send: (
    members: BodyMembers,
    requestOptions: ReturnType<typeof sdkOptions> & { readonly requestTimeout?: number },
  ) => Promise<unknown>,
): Promise<void> {
  if (body instanceof Uint8Array) {
    await send({ Body: body }, sdkOptions(options));
    return;
  }
  const streamFailure = new AbortController();
  const stream = Readable.from(body.open(), { objectMode: false });
  // The SDK's request would wait for the rest of a stream that has failed.
  stream.on('error', (error) => streamFailure.abort(error));
  const signal = AbortSignal.any([streamFailure.signal, ...(options.signal ? [options.signal] : [])]);
  const members = { Body: stream, ContentLength: body.bytes, ChecksumCRC32: body.crc32 };
  try {
    await send(members, { ...sdkOptions({ signal }), requestTimeout: SLOW_CALL_TIMEOUT_MS });
  } catch (error) {
    throw streamFailure.signal.aborted ? streamFailure.signal.reason : error;
  } finally {
    stream.destroy();
  }
}

/** On Node the SDK's body is a stream of buffers; its type also allows a browser's. */
function asStream(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new MovieLoadError('s3_answer', 'S3 returned an object without a body.');
}
