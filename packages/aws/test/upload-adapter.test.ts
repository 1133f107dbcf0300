// The requests of the bucket adapter for uploads and streamed bodies, and how it reads the answers.
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { openObjects } from '../src/index.ts';
import { type Answers, fakeAws, inTurn, refusal } from './fake-aws.ts';

const { signal } = new AbortController();
const TEN_MINUTES_MS = 10 * 60_000;
const open = (answers: Answers) => {
  const world = fakeAws(answers);
  return { ...world, objects: openObjects(world.clients, 'bucket') };
};

describe('the parts of an upload', () => {
  test('are listed page by page, until S3 reports the last one', async () => {
    const part = (PartNumber: number) => ({ PartNumber, ETag: `"${PartNumber}"`, ChecksumCRC32: 'c', Size: 5 });
    const { objects, requested } = open({
      ListParts: inTurn(
        { Parts: [part(1), part(2)], IsTruncated: true, NextPartNumberMarker: '2' },
        { Parts: [part(3)], IsTruncated: true, NextPartNumberMarker: '3' },
        { Parts: [part(4), {}], IsTruncated: false, NextPartNumberMarker: '4' },
      ),
    });
    const listed = (number: number) => ({ number, etag: `"${number}"`, crc32: 'c', bytes: 5 });
    expect(await objects.listParts('k', 'u', { signal })).toEqual([
      listed(1),
      listed(2),
      listed(3),
      listed(4),
      { number: 0, etag: '', crc32: undefined, bytes: 0 },
    ]);
    const upload = { Bucket: 'bucket', Key: 'k', UploadId: 'u' };
    expect(requested.map(({ input }) => input)).toEqual([
      upload,
      { ...upload, PartNumberMarker: '2' },
      { ...upload, PartNumberMarker: '3' },
    ]);
    expect(requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
  });

  test('are listed to an end even when a server always returns the same page', async () => {
    const { objects, requested } = open({ ListParts: () => ({ IsTruncated: true, NextPartNumberMarker: '1' }) });
    expect(await objects.listParts('k', 'u')).toEqual([]);
    expect(requested).toHaveLength(2);
  });

  test('are copied by inclusive byte ranges; copying and completing may take minutes', async () => {
    const { objects, requested } = open({ UploadPartCopy: () => ({}), CompleteMultipartUpload: () => ({}) });
    await objects.copyPart('k', 'u', 3, { first: 10, last: 19 }, { signal });
    await objects.completeUpload('k', 'u', [], { signal });
    expect(requested[0]?.input).toEqual({
      Bucket: 'bucket',
      Key: 'k',
      UploadId: 'u',
      PartNumber: 3,
      CopySource: 'bucket/k',
      CopySourceRange: 'bytes=10-19',
    });
    const slow = { abortSignal: signal, requestTimeout: TEN_MINUTES_MS };
    expect(requested.map(({ options }) => options)).toEqual([slow, slow]);
  });

  test('get checksums when the upload is created, and the content type', async () => {
    const { objects, requested } = open({ CreateMultipartUpload: () => ({ UploadId: 'u' }), UploadPart: () => ({}) });
    await objects.createUpload('k');
    await objects.uploadPart('k', 'u', 2, Buffer.from('part'));
    const [create, upload] = requested;
    expect(create?.input).toEqual({
      Bucket: 'bucket',
      Key: 'k',
      ContentType: 'application/json',
      ChecksumAlgorithm: 'CRC32',
    });
    expect(upload?.input).toEqual({
      Bucket: 'bucket',
      Key: 'k',
      UploadId: 'u',
      PartNumber: 2,
      ChecksumAlgorithm: 'CRC32',
      Body: Buffer.from('part'),
    });
  });
});

describe('a streamed body', () => {
  async function* chunks() {
    yield Buffer.from('ab');
    yield Buffer.from('c');
  }
  const body = { bytes: 3, crc32: 'sum', open: chunks };

  test('is sent with its length and checksum, and with minutes before it times out', async () => {
    let text = '';
    const { objects, requested } = open({
      PutObject: async ({ Body }) => {
        if (Body instanceof Readable) for await (const chunk of Body) text += String(chunk);
        return {};
      },
    });
    await objects.put('k', body, { signal });
    expect(text).toBe('abc');
    expect(requested[0]?.input).toMatchObject({
      Bucket: 'bucket',
      Key: 'k',
      ContentType: 'application/json',
      ContentLength: 3,
      ChecksumCRC32: 'sum',
    });
    expect(requested[0]?.options.requestTimeout).toBe(TEN_MINUTES_MS);
  });

  test('fails its request with its own error, and is closed in every case', async () => {
    const streams: Readable[] = [];
    const reading = (answer: (stream: Readable, signal: AbortSignal | undefined) => unknown) =>
      open({
        PutObject: ({ Body }, { abortSignal }) => {
          if (!(Body instanceof Readable)) throw new Error('no stream');
          streams.push(Body);
          return answer(Body, abortSignal);
        },
      }).objects;
    // The SDK's request would wait for the rest of the body: only the signal ends it.
    const waiting = reading((stream, signal) => {
      stream.resume();
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const broken = async function* () {
      yield Buffer.from('a');
      throw new Error('the table was deleted');
    };
    await expect(waiting.put('k', { ...body, open: broken })).rejects.toThrow('the table was deleted');
    await expect(waiting.put('k', { ...body, open: broken }, { signal })).rejects.toThrow('the table was deleted');
    await expect(reading(() => refusal('AccessDenied')).put('k', body)).rejects.toThrow('AccessDenied');
    await reading(() => ({})).put('k', body);
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true, true]);
  });

  test('is aborted by its caller’s signal', async () => {
    const stop = new AbortController();
    const { objects, requested } = open({
      PutObject: () => {
        stop.abort(new Error('drain'));
        return new Error('aborted');
      },
    });
    await expect(objects.put('k', body, { signal: stop.signal })).rejects.toThrow('aborted');
    expect(requested[0]?.options.abortSignal?.aborted).toBe(true);
  });
});

test('an object is deleted by its key', async () => {
  const { objects, requested } = open({ DeleteObject: () => ({}) });
  await objects.delete('k', { signal });
  expect(requested).toMatchObject([{ input: { Bucket: 'bucket', Key: 'k' }, options: { abortSignal: signal } }]);
});

test('a body whose connection breaks before it is read does not crash the process', async () => {
  const Body = new Readable({ read: () => undefined });
  const { objects } = open({ GetObject: () => ({ Body, ContentLength: 2 }) });
  const object = await objects.get('k');
  Body.destroy(new Error('socket hang up'));
  await new Promise(setImmediate);
  expect(object?.bytes).toBe(2);
  expect(Body.destroyed).toBe(true);
});

test('every call throws what S3 refuses; a body in memory is sent with its content type', async () => {
  const names = ['PutObject', 'DeleteObject', 'UploadPart', 'UploadPartCopy', 'ListParts', 'CompleteMultipartUpload'];
  const { objects } = open(Object.fromEntries(names.map((name) => [name, () => refusal('AccessDenied')])));
  const part = Buffer.from('part');
  for (const call of [
    () => objects.put('k', part),
    () => objects.delete('k'),
    () => objects.uploadPart('k', 'u', 1, part),
    () => objects.copyPart('k', 'u', 1, { first: 0, last: 1 }),
    () => objects.listParts('k', 'u'),
    () => objects.completeUpload('k', 'u', []),
  ]) {
    await expect(call()).rejects.toThrow('AccessDenied');
  }
  const { objects: others, requested } = open({ PutObject: () => ({}), HeadObject: () => ({ ContentLength: 0 }) });
  await others.put('k', part, { signal });
  expect(requested).toEqual([
    {
      name: 'PutObject',
      input: { Bucket: 'bucket', Key: 'k', ContentType: 'application/json', Body: part },
      options: { abortSignal: signal },
    },
  ]);
  expect(await others.size('k')).toBe(0);
  expect(requested.at(-1)?.input).toEqual({ Bucket: 'bucket', Key: 'k' });
});

test('an upload of many parts is completed with all parts in order', async () => {
  const { objects, requested } = open({ CompleteMultipartUpload: () => ({}) });
  const parts = Array.from({ length: 10_000 }, (_, index) => ({ number: index + 1, etag: `"${index}"`, crc32: 'c' }));
  await objects.completeUpload('k', 'u', parts);
  const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag, ChecksumCRC32: 'c' }));
  expect(requested[0]?.input).toEqual({ Bucket: 'bucket', Key: 'k', UploadId: 'u', MultipartUpload: { Parts } });
});
