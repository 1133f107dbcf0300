// How requests are parsed: their service, their bucket, and their parameters.

import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { queryInput } from '../../src/http/query-input.ts';
import { serviceNameOf, signedRegion } from '../../src/http/router.ts';
import { inputOf } from '../../src/http/s3-input.ts';
import { checkPresigned } from '../../src/http/s3-presigned.ts';
import { targetOf } from '../../src/http/s3-target.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const head = (method: string, path: string, headers: IncomingHttpHeaders = {}, query = '') => ({
  method,
  path,
  query,
  headers,
});

describe('a request’s service', () => {
  test.each([
    ['JSON for SQS', head('POST', '/', { 'x-amz-target': 'AmazonSQS.SendMessage' }), 'sqsJson'],
    ['JSON for DynamoDB', head('POST', '/', { 'x-amz-target': 'DynamoDB_20120810.PutItem' }), 'dynamodb'],
    ['JSON for another service', head('POST', '/', { 'x-amz-target': 'AmazonSSM.GetParameter' }), 'unknown'],
    ['JSON signed for S3', head('POST', '/', { 'x-amz-target': 'AmazonSQS.X', ...signedFor('s3') }), 'sqsJson'],
    ['a form', head('POST', '/', FORM), 'query'],
    ['a form signed for S3', head('POST', '/bucket/key', { ...FORM, ...signedFor('s3') }), 's3'],
    ['a PUT of a form', head('PUT', '/bucket/key', FORM), 's3'],
    ['a GET with an action', head('GET', '/', {}, 'a=b&Action=ListQueues'), 'query'],
    ['a GET with an action, signed for S3', head('GET', '/b/k', signedFor('s3'), 'Action=x'), 's3'],
    ['a GET with a parameter that ends in Action', head('GET', '/b/k', {}, 'MyAction=x'), 's3'],
    ['a request signed for SQS', head('GET', '/000000000000/q', signedFor('sqs')), 'query'],
    ['a request signed for STS', head('POST', '/', signedFor('sts')), 'query'],
    ['a developer endpoint, signed for SQS', head('GET', '/_aws/sqs/messages', signedFor('sqs')), 'developer'],
    ['a developer endpoint', head('GET', '/_local-aws/health'), 'developer'],
    [
      'a request signed for SQS in its URL',
      head('GET', '/b/k', {}, 'X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fsqs%2Faws4_request'),
      'query',
    ],
    ['any other request', head('GET', '/bucket/key'), 's3'],
  ])('is found for %s: %s', (_, request, expected) => {
    expect(serviceNameOf(request)).toBe(expected);
  });

  test('has the region that the request is signed for', () => {
    expect(signedRegion(head('GET', '/', signedFor('s3')))).toBe('eu-west-1');
    expect(signedRegion(head('GET', '/', { authorization: 'Bearer x' }))).toBeUndefined();
  });
});

describe('a request to S3', () => {
  test.each([
    ['bucket.localhost', 'bucket', 'a/b'],
    ['BUCKET.S3.LocalHost:4566', 'bucket', 'a/b'],
    ['my.bucket.s3.eu-west-1.amazonaws.com', 'my.bucket', 'a/b'],
    ['bucket.s3.localhost.localstack.cloud.', 'bucket', 'a/b'],
    ['localhost:4566', 'a', 'b'],
    ['s3.localhost', 'a', 'b'],
    ['127.0.0.1', 'a', 'b'],
    ['[::1]:80', 'a', 'b'],
    ['evil.example', 'a', 'b'],
    [undefined, 'a', 'b'],
  ])('addresses, for the host %s, the bucket %s and the key %s', (host, bucket, key) => {
    expect(targetOf(head('GET', '/a/b', { host }))).toMatchObject({ bucket, key });
  });

  test('keeps the slashes of a key, and may have a whole URL as its target', () => {
    expect(targetOf(head('GET', '/a//b/c/'))).toMatchObject({ bucket: 'a', key: '/b/c/' });
    expect(targetOf(head('GET', 'http://127.0.0.1:80/a/b'))).toMatchObject({ bucket: 'a', key: 'b' });
    expect(() => targetOf(head('GET', 'a/b'))).toThrow("Couldn't parse the specified URI.");
  });
});

describe('a form of the Query protocol', () => {
  const input = (parameters: Record<string, string>, path = '/') => queryInput(new URLSearchParams(parameters), path);

  test('sorts numbered lists by number, not by digits', () => {
    const names = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`AttributeName.${12 - at}`, `n${12 - at}`]),
    );
    expect(input(names).AttributeNames).toEqual(Array.from({ length: 12 }, (_, at) => `n${at + 1}`));
    const entry = (at: number) => ({
      [`DeleteMessageBatchRequestEntry.${at}.Id`]: `${at}`,
      [`DeleteMessageBatchRequestEntry.${at}.ReceiptHandle`]: 'h',
    });
    expect(input({ ...entry(10), ...entry(2) }).Entries).toEqual([
      { Id: '2', ReceiptHandle: 'h' },
      { Id: '10', ReceiptHandle: 'h' },
    ]);
  });

  test('has maps of names and values', () => {
    const pair = (map: string, key: string, at: number) => ({
      [`${map}.${at}.${key}`]: `n${at}`,
      [`${map}.${at}.Value`]: 'v',
    });
    const mapOf = (map: string, key = 'Name') => input({ ...pair(map, key, 1), ...pair(map, key, 2) });
    expect(mapOf('Tag', 'Key').Tags).toEqual({ n1: 'v', n2: 'v' });
    expect(mapOf('Attribute').Attributes).toEqual({ n1: 'v', n2: 'v' });
    expect(input({ 'Attribute.1.Name': 'Policy', 'Attribute.1.Value': '' }).Attributes).toEqual({ Policy: '' });
    expect(input({ 'Attribute.1.Name': 'Policy' }).Attributes).toEqual({ Policy: '' });
    const value = { DataType: 'String', StringValue: 'x' };
    for (const map of ['MessageAttribute', 'MessageSystemAttribute']) {
      const parameters = Object.entries(value).map(([name, one]) => [`${map}.1.Value.${name}`, one]);
      expect(input({ [`${map}.1.Name`]: 'a', ...Object.fromEntries(parameters) })[`${map}s`]).toEqual({ a: value });
    }
  });

  test('has lists, numbered under the name of one item or of the list, or an empty text for an empty list', () => {
    for (const [parameter, member] of [
      ['ActionName', 'Actions'],
      ['AttributeName', 'AttributeNames'],
      ['AWSAccountId', 'AWSAccountIds'],
      ['MessageAttributeName', 'MessageAttributeNames'],
      ['MessageSystemAttributeName', 'MessageSystemAttributeNames'],
      ['TagKey', 'TagKeys'],
    ] as const) {
      expect(input({ [`${parameter}.1`]: 'a', [`${parameter}.2`]: 'b' })[member]).toEqual(['a', 'b']);
      expect(input({ [member]: '' })[member]).toEqual([]);
      expect(input({ [`${member}.1`]: 'a' })[member]).toEqual(['a']);
    }
  });

  test('names its queue by a parameter or by its path', () => {
    expect(input({ Action: 'x' }, '/0/q').QueueUrl).toBe('/0/q');
    expect(input({ QueueUrl: 'http://x/0/other' }, '/0/q').QueueUrl).toBe('http://x/0/other');
    expect(input({ Action: 'x' })).not.toHaveProperty('QueueUrl');
  });

  test('has parameter names of at most ten levels', () => {
    expect(() => input({ [Array(10).fill('a').join('.')]: 'x' })).not.toThrow();
    expect(() => input({ [Array(11).fill('a').join('.')]: 'x' })).toThrow('too many levels');
  });
});

test.each([
  ['true', true],
  ['TRUE', true],
  ['false', false],
  ['', false],
  ['1', false],
  ['yes', false],
])('a boolean parameter of S3 with the value %j is %s', (value, expected) => {
  const query = new Map([['fetch-owner', value]]);
  expect(inputOf({}, { bucket: 'b', key: '', query }, 'ListObjectsV2').FetchOwner).toBe(expected);
});

describe('the headers of an S3 request', () => {
  const target = { bucket: 'b', key: 'k', query: new Map<string, string>() };
  const inputOfRequest = (
    headers: Record<string, string>,
    operation = 'GetObject',
    query: Record<string, string> = {},
  ) => inputOf(headers, { ...target, query: new Map(Object.entries(query)) }, operation);

  test('are parsed by the types of their members', () => {
    expect(inputOfRequest({ 'x-amz-object-attributes': 'ETag, Checksum,ObjectSize' }).ObjectAttributes).toEqual([
      'ETag',
      'Checksum',
      'ObjectSize',
    ]);
    expect(inputOfRequest({ 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }).IfModifiedSince).toEqual(
      new Date('2026-01-01'),
    );
    expect(inputOfRequest({ 'if-modified-since': 'soon' }).IfModifiedSince).toBeUndefined();
    expect(inputOfRequest({ 'content-encoding': 'aws-chunked' }).ContentEncoding).toBeUndefined();
    expect(inputOfRequest({ 'content-encoding': 'AWS-Chunked, gzip , br' }).ContentEncoding).toBe('gzip,br');
    expect(inputOfRequest({ 'x-amz-meta-a': 'x', 'x-amz-meta-b': '=?UTF-8?B?w6Q=?=' }).Metadata).toEqual({
      a: 'x',
      b: 'ä',
    });
    expect(inputOfRequest({}, 'GetObject', { 'X-Amz-Meta-C': 'y', partNumber: '2' })).toMatchObject({
      Metadata: { c: 'y' },
      PartNumber: 2,
    });
  });

  test('take precedence over parameters of the same name in the query', () => {
    const query = { 'X-Amz-Meta-A': 'query', 'X-Amz-Meta-B': 'query' };
    expect(inputOfRequest({ 'x-amz-meta-a': 'header' }, 'GetObject', query).Metadata).toEqual({
      a: 'header',
      b: 'query',
    });
  });

  test.each([
    ['x-amz-max-parts', '2147483647', 2_147_483_647],
    ['x-amz-max-parts', '2147483648', 'not an integer'],
    ['x-amz-max-parts', '1.5', 'not an integer'],
    ['x-amz-max-parts', '', undefined],
    ['x-amz-mp-object-size', '5368709120', 5_368_709_120],
  ])('are checked: %s of %s is %s', (name, value, expected) => {
    const read = () => Object.values(inputOfRequest({ [name]: value })).find((one) => typeof one === 'number');
    if (typeof expected === 'string') expect(read).toThrow(expected);
    else expect(read()).toBe(expected);
  });

  test('must include the checksum that they declare', () => {
    const announced = { 'x-amz-sdk-checksum-algorithm': 'CRC32' };
    expect(() => inputOfRequest(announced, 'PutObject')).toThrow('no corresponding x-amz-checksum-*');
    expect(() => inputOfRequest({ ...announced, 'x-amz-checksum-crc32': 'AAAAAA==' }, 'PutObject')).not.toThrow();
    expect(() => inputOfRequest({ ...announced, 'x-amz-trailer': 'x-amz-checksum-crc32' }, 'UploadPart')).not.toThrow();
    expect(() => inputOfRequest(announced, 'GetObject')).not.toThrow();
    expect(() => inputOfRequest({ 'x-amz-sdk-checksum-algorithm': 'MD4', 'x-amz-trailer': 'x' }, 'PutObject')).toThrow(
      'is invalid',
    );
    expect(() => inputOfRequest({ 'x-amz-checksum-blake3': 'x' })).toThrow('algorithm type you specified');
  });
});

describe('a presigned URL', () => {
  const now = Date.UTC(2026, 0, 1);
  const query = (more: Record<string, string>) =>
    new Map(
      Object.entries({
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': 'k/20260101/us-east-1/s3/aws4_request',
        'X-Amz-Signature': '0',
        'X-Amz-Date': '20260101T000000Z',
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Expires': '60',
        ...more,
      }),
    );
  const checkAfter =
    (ms: number, more: Record<string, string> = {}) =>
    () =>
      checkPresigned(query(more), now + ms);

  test('is valid until it expires, after a week at most', () => {
    expect(checkAfter(60_000)).not.toThrow();
    expect(checkAfter(60_001)).toThrow('Request has expired');
    expect(checkAfter(604_800_000, { 'X-Amz-Expires': '604800' })).not.toThrow();
    expect(checkAfter(0, { 'X-Amz-Expires': '604801' })).toThrow('less than a week');
    expect(checkAfter(0, { 'X-Amz-Expires': '0' })).not.toThrow();
    expect(checkAfter(0, { 'X-Amz-Date': '2026-01-01' })).toThrow('ISO8601');
    const older = (seconds: number) =>
      new Map(Object.entries({ Signature: 's', AWSAccessKeyId: 'k', Expires: String(seconds) }));
    expect(() => checkPresigned(older(now / 1000), now)).not.toThrow();
    expect(() => checkPresigned(older(now / 1000), now + 1)).toThrow('Request has expired');
    expect(() => checkPresigned(new Map(), now)).not.toThrow();
  });
});
