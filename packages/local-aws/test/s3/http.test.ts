// S3 over plain HTTP: the meaning of requests, wrong bodies, presigned URLs.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../src/index.ts';
import { exchange, openConnection, SIGNED } from '../support/server.ts';

const clock = { ms: Date.UTC(2026, 0, 1), now: () => clock.ms };
let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ clock });
});
afterAll(() => aws.close());

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

async function send(method: string, path: string, { headers, body }: Sent = {}) {
  const response = await fetch(`${aws.endpoint}${path}`, {
    method,
    headers: { ...SIGNED, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
  return { status: response.status, headers: response.headers, text, code };
}

beforeEach(async () => {
  await send('PUT', '/bucket');
  await send('PUT', '/bucket/k', { body: 'stored' });
});

describe('the document of a request', () => {
  const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>';
  test.each([
    ['PUT', '/bucket?tagging', '', 'MissingRequestBodyError'],
    ['PUT', '/bucket?tagging', ' \n', 'MissingRequestBodyError'],
    ['PUT', '/bucket/k?tagging', '', 'MissingRequestBodyError'],
    ['PUT', '/bucket?tagging', tags.replaceAll('Tagging', 'Tags'), 'MalformedXML'],
    ['PUT', '/bucket?tagging', `${tags}${tags}`, 'MalformedXML'],
    ['PUT', '/bucket?tagging', '<Tagging>', 'MalformedXML'],
    ['PUT', '/bucket?tagging', 'text', 'MalformedXML'],
    ['PUT', '/bucket?tagging', tags, 'accepted'],
    ['PUT', '/bucket/k?tagging', tags, 'accepted'],
    ['PUT', '/bucket', '', 'accepted'],
  ])('of %s %s with the text %j: %s', async (method, path, body, code) => {
    expect((await send(method, path, { body })).code ?? 'accepted').toBe(code);
  });

  test('must not be empty when it lists objects to delete', async () => {
    const headers = { 'content-md5': createHash('md5').update('').digest('base64') };
    expect((await send('POST', '/bucket?delete', { body: '', headers })).code).toBe('MalformedXML');
  });
});

describe('an unknown request', () => {
  test.each([
    ['DELETE', '/bucket?metadataTable'],
    ['DELETE', '/bucket?unknown=1'],
    ['DELETE', '/bucket?versionId=x'],
    ['DELETE', '/bucket/k?unknown'],
    ['DELETE', '/bucket/k?acl'],
    ['PUT', '/bucket/k?acl'],
    ['PUT', '/bucket/k?retention'],
    ['PUT', '/bucket/k?unknown=1'],
    ['PUT', '/bucket?versioning'],
    ['PUT', '/bucket?policy'],
    ['PUT', '/bucket?cors'],
    ['PUT', '/bucket?acl'],
    ['DELETE', '/bucket?ownershipControls'],
    ['DELETE', '/bucket?policy'],
    ['PUT', '/bucket?website'],
    ['PUT', '/bucket?object-lock'],
    ['POST', '/bucket/k?restore'],
    ['POST', '/bucket/k?select&select-type=2'],
    ['POST', '/bucket'],
    ['GET', '/bucket/k?torrent'],
    ['GET', '/bucket?analytics'],
    ['GET', '/bucket/k?retention'],
    ['GET', '/bucket?inventory&id=x'],
  ])('is refused, not mistaken for another: %s %s', async (method, path) => {
    expect(await send(method, path, method === 'GET' ? {} : { body: 'other' })).toMatchObject({
      code: 'NotImplemented',
    });
    expect((await send('GET', '/bucket/k')).text).toBe('stored');
  });

  test.each([
    ['PATCH', '/bucket/k', 'MethodNotAllowed'],
    ['POST', '/bucket/k', 'MethodNotAllowed'],
    ['PUT', '/', 'MethodNotAllowed'],
    ['DELETE', '/bucket/k?versionId=x', 'InvalidArgument'],
    ['GET', '/bucket/%zz', 'InvalidURI'],
    ['GET', '/bucket/%ff', 'InvalidURI'],
    ['GET', '/bucket?prefix=%zz', 'InvalidURI'],
    ['GET', '/bucket?max-keys=many', 'InvalidArgument'],
  ])('is refused, not mistaken for another: %s %s: %s', async (method, path, code) => {
    expect(await send(method, path)).toMatchObject({ code });
    // Unknown parameters are ignored where S3 only reads.
    expect((await send('GET', '/bucket/k?cache-buster=1')).text).toBe('stored');
  });
});

test('a key may have characters that URLs or XML must encode, and the host may name the bucket', async () => {
  const key = encodeURIComponent("ä/🎬 + %?&=;:@,$~*'()!\n");
  await send('PUT', `/bucket/${key}`, { body: 'x' });
  expect((await send('GET', `/bucket/${key}`)).text).toBe('x');
  expect((await send('GET', '/bucket?list-type=2&encoding-type=url')).text).toContain('%0A</Key>');
  const hosted = (host: string) =>
    exchange(aws, `GET /k HTTP/1.1\r\nhost: ${host}\r\n${HEAD}connection: close\r\n\r\n`);
  expect(await hosted('bucket.localhost')).toMatch(/stored$/);
  expect(await hosted('bucket.s3.localhost:4566')).toMatch(/stored$/);
});

test('errors have the elements of AWS’s, and none for HEAD', async () => {
  const missing = await send('GET', '/bucket/missing');
  expect(missing.text).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>missing<\/Key><RequestId>[0-9A-F]{16}<\/RequestId><HostId>[^<]+<\/HostId><\/Error>$/,
  );
  expect(missing.headers.get('x-amz-request-id')).toMatch(/^[0-9A-F]{16}$/);
  expect(await send('HEAD', '/bucket/missing')).toMatchObject({ status: 404, text: '' });
  const { headers } = await send('GET', '/bucket/k');
  expect(await send('GET', '/bucket/k', { headers: { 'if-none-match': headers.get('etag') ?? '' } })).toMatchObject({
    status: 304,
    text: '',
  });
});

// In base64 as well, so that the server must decode the text before it can answer in the encoding that AWS uses.
test.each(['=?UTF-8?Q?=C3=A4_b?=', '=?UTF-8?B?w6QgYg==?='])('metadata %s is decoded as RFC 2047 defines', async (a) => {
  await send('PUT', '/bucket/meta', { headers: { 'x-amz-meta-a': a, 'x-amz-meta-b': 'plain' } });
  const { headers } = await send('HEAD', '/bucket/meta');
  expect([headers.get('x-amz-meta-a'), headers.get('x-amz-meta-b')]).toEqual(['=?UTF-8?Q?=C3=A4_b?=', 'plain']);
});

const HEAD = `authorization: ${SIGNED.authorization}\r\n`;

describe('an S3 body', () => {
  const chunked = (body: string, more: Record<string, string> = {}) =>
    send('PUT', '/bucket/chunked', {
      headers: { 'content-encoding': 'aws-chunked, x-own', 'x-amz-decoded-content-length': '5', ...more },
      body,
    });

  test('is decoded from aws-chunked encoding, signed or not, with trailers', async () => {
    expect(await chunked('5;chunk-signature=0\r\nhello\r\n0;chunk-signature=0\r\n\r\n')).toMatchObject({ status: 200 });
    const { text, headers } = await send('GET', '/bucket/chunked');
    expect(text).toBe('hello');
    expect(headers.get('content-encoding')).toBe('x-own');
    const trailer = { 'x-amz-trailer': 'x-amz-checksum-crc32' };
    expect(await chunked('2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n', trailer)).toMatchObject({
      status: 200,
    });
    expect(await chunked('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', trailer)).toMatchObject({
      code: 'BadDigest',
    });
    expect(await chunked('5\r\nhello\r\n0\r\n\r\n', trailer)).toMatchObject({ code: 'MalformedTrailerError' });
    expect(await chunked('5\r\nhello\r\n0\r\nno colon\r\n\r\n')).toMatchObject({ code: 'MalformedTrailerError' });
    // The name may have capitals and spaces after it, and the last line may have no end.
    const loose = await chunked('5\r\nhello\r\n0\r\nX-Amz-Checksum-CRC32 : NhCmhg==', trailer);
    expect([loose.status, (await send('GET', '/bucket/chunked')).text]).toEqual([200, 'hello']);
  });

  test.each([
    ['a negative size', '-6\r\nhello\r\n0\r\n\r\n'],
    ['a huge size', 'ffffffff\r\nhello\r\n0\r\n\r\n'],
    ['a size too large for a number', `${'f'.repeat(40)}\r\nhello\r\n0\r\n\r\n`],
    ['no chunks', 'hello'],
    ['a body that is too short', '3\r\nhel\r\n0\r\n\r\n'],
    ['a body that is too long', '6\r\nhello!\r\n0\r\n\r\n'],
    ['no last chunk', '5\r\nhello\r\n'],
    ['no line break after a chunk', '5\r\nhelloX\r\n0\r\n\r\n'],
    ['bytes after the end', '5\r\nhello\r\n0\r\n\r\nmore\r\n'],
    ['a line without an end', `5;${'x'.repeat(100_000)}`],
  ])('is refused in aws-chunked encoding with %s', async (_, body) => {
    await send('DELETE', '/bucket/chunked');
    expect(await chunked(body)).toMatchObject({ code: 'IncompleteBody' });
    expect(await send('GET', '/bucket/chunked')).toMatchObject({ status: 404 });
  });

  test('is checked against the digests in its headers', async () => {
    const put = (headers: Record<string, string>) => send('PUT', '/bucket/k', { headers, body: 'other' });
    expect(await put({ 'x-amz-content-sha256': '0'.repeat(64) })).toMatchObject({ code: 'XAmzContentSHA256Mismatch' });
    expect(await put({ 'x-amz-content-sha256': 'no digest' })).toMatchObject({ code: 'InvalidArgument' });
    expect(await put({ 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' })).toMatchObject({ code: 'BadDigest' });
    expect(await put({ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' })).toMatchObject({ code: 'BadDigest' });
    expect(await put({ 'x-amz-checksum-blake3': 'AAAA' })).toMatchObject({ code: 'InvalidRequest' });
    expect(await put({ 'x-amz-sdk-checksum-algorithm': 'CRC32' })).toMatchObject({ code: 'InvalidRequest' });
    expect((await send('GET', '/bucket/k')).text).toBe('stored');
  });

  test('is stored as an object even with the content type of a form', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await send('PUT', '/bucket/form', { headers: form, body: 'a=b' });
    const { text, headers } = await send('GET', '/bucket/form');
    expect([text, headers.get('content-type')]).toEqual(['a=b', form['content-type']]);
  });

  test('is not stored when it is cut off, and the server continues', async () => {
    const head = `PUT /bucket/cut HTTP/1.1\r\nhost: localhost\r\n${HEAD}content-length: 100000\r\n\r\n`;
    const { socket, serverClosed } = await openConnection(aws);
    await new Promise<void>((resolve) => socket.write(`${head}${'x'.repeat(50_000)}`, () => resolve()));
    socket.destroy();
    await serverClosed;
    expect(await send('GET', '/bucket/cut')).toMatchObject({ code: 'NoSuchKey' });
  });

  test('needs a length, and Expect: 100-continue is answered', async () => {
    const put = (headers: string, body: string) =>
      exchange(
        aws,
        `PUT /bucket/raw HTTP/1.1\r\nhost: localhost\r\n${HEAD}connection: close\r\n${headers}\r\n\r\n${body}`,
      );
    expect(await put('x-a: b', '')).toContain('<Code>MissingContentLength</Code>');
    expect(await put('transfer-encoding: chunked', '1\r\nx\r\n0\r\n\r\n')).toContain(
      '<Header>Transfer-Encoding</Header>',
    );
    expect(await put('expect: 100-continue\r\ncontent-length: 1', 'x')).toMatch(
      /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/,
    );
  });

  test('needs a digest when it lists keys to delete', async () => {
    const body = '<Delete><Object><Key>k</Key></Object><Object><Key>a &amp; &#98;</Key></Object></Delete>';
    expect(await send('POST', '/bucket?delete', { body })).toMatchObject({ code: 'InvalidRequest' });
    const md5 = createHash('md5').update(body).digest('base64');
    const deleted = await send('POST', '/bucket?delete', { headers: { 'content-md5': md5 }, body });
    expect(deleted.text).toContain('<Deleted><Key>a &amp; b</Key></Deleted>');
    expect(await send('GET', '/bucket/k')).toMatchObject({ code: 'NoSuchKey' });
  });
});

describe('presigned URLs', () => {
  const url = (expires: number | string, more = '') =>
    `/bucket/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=${expires}&X-Amz-SignedHeaders=host&X-Amz-Signature=0${more}`;
  const get = async (path: string) => {
    const response = await fetch(`${aws.endpoint}${path}`);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test('are valid until they expire by the clock of the embedded AWS', async () => {
    expect(await get(url(60))).toMatchObject({ status: 200, text: 'stored' });
    clock.ms += 61_000;
    const { status, text } = await get(url(60));
    clock.ms -= 61_000;
    expect(status).toBe(403);
    expect(text).toContain('<Message>Request has expired</Message><X-Amz-Expires>60</X-Amz-Expires>');
    expect(text).toContain('<Expires>2026-01-01T00:01:00Z</Expires><ServerTime>2026-01-01T00:01:01Z</ServerTime>');
  });

  test('may put objects, and set headers of the answer', async () => {
    const put = url(60).replace('/k?', '/signed?');
    const sent = await fetch(`${aws.endpoint}${put}&x-amz-meta-a=b`, { method: 'PUT', body: 'x' });
    expect(sent.status).toBe(200);
    const { headers } = await get(url(60, '&response-content-type=text%2Fcsv&response-cache-control=no-store'));
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual(['text/csv', 'no-store']);
    expect((await send('HEAD', '/bucket/signed')).headers.get('x-amz-meta-a')).toBe('b');
  });

  test('may have the older signature, as boto3 makes them, and expire as well', async () => {
    const older = (seconds: number) => `/bucket/k?AWSAccessKeyId=test&Signature=0&Expires=${clock.ms / 1000 + seconds}`;
    expect(await get(older(60))).toMatchObject({ status: 200, text: 'stored' });
    expect(await get(older(-60))).toMatchObject({ status: 403, text: expect.stringContaining('Request has expired') });
  });

  test.each([
    [url(604_801), 'X-Amz-Expires must be less than a week'],
    [url(60).replaceAll('%2F', '%252F'), 'Error parsing the X-Amz-Credential parameter'],
    [url(-1), 'X-Amz-Expires must be non-negative'],
    [url('soon'), 'X-Amz-Expires should be a number'],
    [url(60).replace(/&X-Amz-Date=[^&]*/, ''), 'Query-string authentication version 4 requires'],
    [url(60).replace(/X-Amz-Date=[^&]*/, 'X-Amz-Date=2026'), 'X-Amz-Date must be in the ISO8601 Long Format'],
    ['/bucket/k?Signature=0', 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId'],
    ['/bucket/k?AWSAccessKeyId=test&Signature=0', 'Query-string authentication requires the Signature, Expires'],
    ['/bucket/k?AWSAccessKeyId=test&Signature=0&Expires=soon', 'Invalid date (should be seconds since epoch): soon'],
  ])('are refused when they are broken: %#', async (path, message) => {
    expect(await get(path)).toMatchObject({ text: expect.stringContaining(message) });
  });
});

test('completing an upload without a document reports a missing upload first, then the missing parts', async () => {
  expect((await send('POST', '/bucket/k?uploadId=none')).code).toBe('NoSuchUpload');
  const { text } = await send('POST', '/bucket/k?uploads');
  const id = /<UploadId>([^<]+)/.exec(text)?.[1];
  const { code, text: refusal } = await send('POST', `/bucket/k?uploadId=${id}`);
  expect(code).toBe('InvalidRequest');
  expect(refusal).toContain('You must specify at least one part');
});

test('a URL with the older signature may repeat the content type in its query', async () => {
  const path = '/bucket/typed?content-type=text%2Fplain&AWSAccessKeyId=test&Signature=x&Expires=2000000000';
  expect((await send('PUT', path, { body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(200);
  expect((await send('HEAD', '/bucket/typed')).headers.get('content-type')).toBe('text/plain');
});
