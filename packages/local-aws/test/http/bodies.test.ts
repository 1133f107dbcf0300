// How bodies are read: with a declared length, in chunks, refused, or never complete; and the documents in them.

import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { AwsChunkedDecoder } from '../../src/http/aws-chunked.ts';
import { bufferedBody } from '../../src/http/buffered-body.ts';
import { BodyTimeouts, readBody } from '../../src/http/read-body.ts';
import { decodeMetadata, encodeMetadata } from '../../src/http/rfc2047.ts';
import { BodyCollector, trailingAlgorithm } from '../../src/http/s3-body.ts';
import { type Receiver, RequestFailure, type RequestHead } from '../../src/http/service.ts';
import { readXml } from '../../src/http/xml-reader.ts';
import { readMembers, structure } from '../../src/http/xml-shapes.ts';

const POST = (contentLength?: string): RequestHead => ({
  method: 'POST',
  path: '/',
  query: '',
  headers: { 'content-length': contentLength },
});

describe('the body of an S3 request', () => {
  const STREAMED = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '5',
  };
  const collect = (headers: Record<string, string>, ...chunks: string[]) => {
    const collector = new BodyCollector(headers, ['CRC32'], true);
    for (const chunk of chunks) collector.write(Buffer.from(chunk));
    const { content, trailers } = collector.end();
    return [Buffer.concat(content.chunks).toString(), trailers];
  };

  test('is decoded from chunks however it arrives, also when its last line, a checksum, has no line break', () => {
    const body = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32: NhCmhg==';
    const expected = ['hello', { ChecksumCRC32: 'NhCmhg==' }];
    expect(collect(STREAMED, body)).toEqual(expected);
    expect(collect(STREAMED, ...body)).toEqual(expected);
    expect(collect(STREAMED, `${body}\r\n\r\n`)).toEqual(expected);
    // A checksum that the headers announce must follow.
    const trailer = { 'x-amz-trailer': 'x-amz-checksum-crc32' };
    expect(collect({ ...STREAMED, ...trailer }, body)).toEqual(expected);
    expect(() => collect({ ...STREAMED, ...trailer }, '5\r\nhello\r\n0\r\n\r\n')).toThrow('trailing data');
  });

  test('may have a trailing checksum of an algorithm of S3, in upper or lower case', () => {
    const algorithmOf = (trailer: string) => trailingAlgorithm({ 'x-amz-trailer': trailer });
    expect(['x-amz-checksum-crc32', 'X-Amz-Checksum-CRC64NVME', ' x-amz-checksum-Sha256 '].map(algorithmOf)).toEqual([
      ...['CRC32', 'CRC64NVME', 'SHA256'],
    ]);
    expect(trailingAlgorithm({})).toBeUndefined();
    for (const wrong of ['x-amz-checksum-crc33', 'crc32', 'x-amz-checksum-', 'x-amz-checksum-crc32,x-amz-meta-a']) {
      expect(() => algorithmOf(wrong)).toThrow('x-amz-trailer header is not supported');
    }
  });

  test('is refused when a chunk’s header line is longer than 1,024 bytes, however it arrives', () => {
    const decode = (...pieces: string[]) => {
      const decoder = new AwsChunkedDecoder(() => {});
      for (const piece of pieces) decoder.write(Buffer.from(piece));
    };
    const line = `0;chunk-signature=${'x'.repeat(1024 - 18)}`;
    decode(`${line}\n`);
    decode(...line, '\n');
    expect(() => decode(`${line}x\n`)).toThrow('terminated unexpectedly');
    expect(() => decode(line, 'x')).toThrow('terminated unexpectedly');
  });

  test('has chunk sizes in hexadecimal', () => {
    const received: string[] = [];
    const decoder = new AwsChunkedDecoder((bytes) => received.push(Buffer.from(bytes).toString()));
    decoder.write(Buffer.from(`1a;chunk-signature=0\r\n${'x'.repeat(26)}\r\n0\r\n\r\n`));
    decoder.end();
    expect(received.join('')).toBe('x'.repeat(26));
  });

  test('is refused when it is longer or shorter than its headers declare', () => {
    const headers = { 'content-length': '3' };
    expect(collect(headers, 'ab', 'c')).toEqual(['abc', {}]);
    expect(() => collect(headers, 'ab')).toThrow('number of bytes');
    expect(() => collect(headers, 'ab', 'cd')).toThrow('number of bytes');
    expect(() => collect({ 'content-length': String(5 * 1024 ** 3 + 1) })).toThrow('exceeds the maximum allowed size');
    expect(() => new BodyCollector({ 'content-length': String(5 * 1024 ** 3) }, [], true)).not.toThrow();
    expect(() => collect({})).toThrow('Content-Length');
  });
});

describe('the body of a request', () => {
  /** A request without a socket. */
  const createRequest = () => Object.assign(new EventEmitter(), { complete: false }) as unknown as IncomingMessage;
  const timeouts = new BodyTimeouts(60_000);
  afterAll(() => timeouts.close());
  const refusal = new RequestFailure({ status: 413, code: 'TooLarge', message: 'no' });
  const MEGABYTE = Buffer.alloc(1024 * 1024);
  const receiver: Receiver = {
    write() {},
    complete() {
      throw new Error('not called');
    },
  };

  test('is read up to a limit after a refusal, so that its client gets the answer, then the connection closes', () => {
    const results: unknown[] = [];
    const request = createRequest();
    const refuse = (): never => {
      throw refusal;
    };
    readBody(request, timeouts, {
      expectsContinue: false,
      open: refuse,
      done: () => results.push('done'),
      failed: (error, closes) => results.push([error, closes]),
    });
    for (let megabytes = 0; megabytes < 64; megabytes += 1) request.emit('data', MEGABYTE);
    expect(results).toEqual([]);
    request.emit('data', Buffer.alloc(1));
    request.emit('end');
    expect(results).toEqual([[refusal, true]]);
  });

  test.each([
    ['ends before it is complete', ['end', 'close']],
    ['breaks off', ['close']],
    ['fails', ['error', 'close']],
  ])('is dropped, and its timeout ends, when it %s', (_, events) => {
    const results: unknown[] = [];
    const watched = new Set<object>();
    const watcher = Object.assign(Object.create(timeouts), {
      watch: (request: object) => watched.add(request),
      touch() {},
      forget: (request: object) => watched.delete(request),
    }) as BodyTimeouts;
    const request = createRequest();
    readBody(request, watcher, {
      expectsContinue: false,
      open: () => receiver,
      done: () => results.push('done'),
      failed: () => results.push('failed'),
    });
    expect(watched.size).toBe(1);
    request.emit('data', MEGABYTE);
    for (const event of events) request.emit(event);
    expect([results, watched.size]).toEqual([[], 0]);
  });

  test.each<[string, number, boolean, boolean]>([
    ['is read to its end, and the connection stays open', 1, false, false],
    ['is not read to its end when it is too long, and the connection closes', 65, false, true],
    ['is not waited for when its client expects 100-continue', 0, true, true],
  ])('has a limit after a refusal: it %s', (_, megabytes, expectsContinue, closes) => {
    const failed: unknown[][] = [];
    const request = createRequest();
    readBody(request, timeouts, {
      expectsContinue,
      open() {
        throw refusal;
      },
      done: () => failed.push(['done']),
      failed: (...result) => failed.push(result),
    });
    for (let sent = 0; sent < megabytes; sent += 1) request.emit('data', MEGABYTE);
    if (!expectsContinue) for (const event of ['end', 'close']) request.emit(event);
    expect(failed).toEqual([[refusal, closes]]);
  });

  test('may take any time while bytes arrive; without bytes it times out at the limit or up to a quarter later', () => {
    jest.useFakeTimers();
    try {
      const bodies = new BodyTimeouts(20_000);
      const failed: string[] = [];
      const read = (name: string) => {
        const request = createRequest();
        readBody(request, bodies, {
          expectsContinue: false,
          open: () => receiver,
          done: () => failed.push(`${name}: done`),
          failed: (error, closes) => failed.push(`${name}: ${(error as RequestFailure).code} ${closes}`),
        });
        return request;
      };
      const [steady, silent, ended] = [read('steady'), read('silent'), read('ended')];
      Object.assign(ended, { complete: true }).emit('end');
      expect(failed.splice(0)).toEqual(['ended: done']);
      jest.advanceTimersByTime(19_999);
      expect(failed).toEqual([]);
      steady.emit('data', Buffer.alloc(1));
      jest.advanceTimersByTime(5_001);
      expect(failed.splice(0)).toEqual(['silent: RequestTimeout true']);
      silent.emit('data', Buffer.alloc(1));
      // Always before the limit.
      for (let times = 0; times < 10; times += 1) {
        steady.emit('data', Buffer.alloc(1));
        jest.advanceTimersByTime(19_999);
      }
      expect(failed).toEqual([]);
      jest.advanceTimersByTime(5_001);
      expect(failed.splice(0)).toEqual(['steady: RequestTimeout true']);
      read('closed');
      bodies.close();
      jest.advanceTimersByTime(60_000);
      expect([failed, jest.getTimerCount()]).toEqual([[], 0]);
    } finally {
      jest.useRealTimers();
    }
  });

  test('may have as many bytes as allowed, with or without a Content-Length', () => {
    const receive = (contentLength: string | undefined, ...chunks: string[]) => {
      const receiver = bufferedBody(POST(contentLength), { maxBytes: 3 }, (_, body) => ({
        operation: String(body),
        run: () => ({ status: 200, headers: {}, body: '' }),
      }));
      for (const chunk of chunks) receiver.write(Buffer.from(chunk));
      return receiver.complete({ ...POST(), isDisconnected: () => false, onDisconnect() {} }).operation;
    };
    expect([receive('3', 'a', 'bc'), receive(undefined, 'abc'), receive('0')]).toEqual(['abc', 'abc', '']);
    expect(() => receive('4')).toThrow('larger than 3 bytes');
    expect(() => receive(undefined, 'ab', 'cd')).toThrow('larger than 3 bytes');
  });
});

describe('an XML document', () => {
  test('is limited to 16 levels', () => {
    const nested = (levels: number) => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;
    expect(() => readXml(nested(16))).not.toThrow();
    expect(() => readXml(nested(17))).toThrow('too deep or too many');
  });

  test('has each known element at most once, with a value of its type', () => {
    const read = (xml: string) =>
      readMembers(structure({ Size: 'integer', Quiet: 'boolean', Name: 'text' }).members, readXml(xml));
    expect(read('<a><Size> 5 </Size><Quiet>TRUE</Quiet><Name> x </Name></a>')).toEqual({
      Size: 5,
      Quiet: true,
      Name: ' x ',
    });
    expect(() => read('<a><Size>5</Size><Size>5</Size></a>')).toThrow('comes twice');
    expect(() => read('<a><Size>x</Size></a>')).toThrow('wrong type');
    expect(() => read('<a><Quiet>1</Quiet></a>')).toThrow('wrong type');
    expect(() => read('<a><Other/></a>')).toThrow('does not belong');
    expect(() => read('<a><Name><b/></Name></a>')).toThrow('has elements');
  });
});

test.each(['plain', 'a_b c', 'ä_b ö', '=?', '🎬', 'ä\u0001'])('metadata %j is restored after encoding', (value) => {
  expect(decodeMetadata(encodeMetadata(value))).toBe(value);
  expect(encodeMetadata(value)).toMatch(/^[\t\x20-\x7e]*$/);
});
