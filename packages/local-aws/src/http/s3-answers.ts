// Converts the outputs of S3 operations, and errors, into HTTP answers: headers, XML, and the bytes of objects.

import { randomBytes } from 'node:crypto';
import { ALGORITHMS, checksumMember } from '../s3/checksums.ts';
import type { S3Error } from '../s3/errors.ts';
import { isObject, type Output } from '../s3/input.ts';
import { encodeMetadata } from './rfc2047.ts';
import { ANSWER_BODIES } from './s3-shapes.ts';
import type { Answer } from './service.ts';
import { type Element, toXml } from './xml.ts';
import { toElements } from './xml-shapes.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** S3's second id of a request; one per process. */
const HOST_ID = randomBytes(56).toString('base64');

const HEADERS_BY_MEMBER: Readonly<Record<string, string>> = {
  AcceptRanges: 'accept-ranges',
  AccessPointAlias: 'x-amz-access-point-alias',
  BucketArn: 'x-amz-bucket-arn',
  BucketRegion: 'x-amz-bucket-region',
  CacheControl: 'cache-control',
  ChecksumAlgorithm: 'x-amz-checksum-algorithm',
  ChecksumType: 'x-amz-checksum-type',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentLength: 'content-length',
  ContentRange: 'content-range',
  ContentType: 'content-type',
  ETag: 'etag',
  Expiration: 'x-amz-expiration',
  Expires: 'expires',
  LastModified: 'last-modified',
  Location: 'location',
  PartsCount: 'x-amz-mp-parts-count',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  StorageClass: 'x-amz-storage-class',
  TagCount: 'x-amz-tagging-count',
  TransitionDefaultMinimumObjectSize: 'x-amz-transition-default-minimum-object-size',
  WebsiteRedirectLocation: 'x-amz-website-redirect-location',
  ...Object.fromEntries(ALGORITHMS.map((name) => [checksumMember(name), `x-amz-checksum-${name.toLowerCase()}`])),
};

const OPERATIONS_WITHOUT_CONTENT = new Set([
  'AbortMultipartUpload',
  'DeleteBucket',
  'DeleteBucketEncryption',
  'DeleteBucketLifecycle',
  'DeleteBucketTagging',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeletePublicAccessBlock',
  'PutBucketTagging',
]);

type Headers = Record<string, string>;

/** A header cannot contain control characters or characters beyond Latin-1: they become spaces. */
function headerValue(value: unknown): string {
  if (value instanceof Date) return value.toUTCString();
  return String(value).replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ');
}

function commonHeaders(now: number): Headers {
  return {
    'x-amz-id-2': HOST_ID,
    'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
    date: new Date(now).toUTCString(),
    server: 'AmazonS3',
  };
}

/** Members that are not in the body, as headers. */
function outputHeaders(output: Output, bodyMembers: ReadonlySet<string>): Headers {
  const headers: Headers = {};
  for (const [member, value] of Object.entries(output)) {
    const name = HEADERS_BY_MEMBER[member];
    if (name !== undefined && value !== undefined && !bodyMembers.has(member)) headers[name] = headerValue(value);
  }
  if (isObject(output.Metadata)) {
    for (const [name, value] of Object.entries(output.Metadata)) {
      headers[`x-amz-meta-${name}`] = headerValue(encodeMetadata(String(value)));
    }
  }
  return headers;
}

function document(root: string, elements: readonly Element[]): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${toXml(elements)}</${root}>`;
}

function xmlOf(operation: string, output: Output): { xml: string; members: ReadonlySet<string> } | undefined {
  // The only answer whose root element has a text.
  if (operation === 'GetBucketLocation') {
    const xml = `${DECLARATION}<LocationConstraint xmlns="${NAMESPACE}">${output.LocationConstraint}</LocationConstraint>`;
    return { xml, members: new Set() };
  }
  const body = ANSWER_BODIES[operation];
  if (body === undefined) return undefined;
  const { root, member, shape } = body;
  const xml = document(root, toElements(shape.members, member === undefined ? output : output[member]));
  return { xml, members: new Set(member === undefined ? Object.keys(shape.members) : [member]) };
}

function isChunks(body: unknown): body is Iterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.iterator in body;
}

/** The answer with an operation's output. @param now milliseconds since the epoch, for the answer's date */
export function outputAnswer(operation: string, output: Output, now: number): Answer {
  const body = xmlOf(operation, output);
  const headers = { ...commonHeaders(now), ...outputHeaders(output, body?.members ?? new Set()) };
  if (body !== undefined)
    return { status: 200, headers: { ...headers, 'content-type': 'application/xml' }, body: body.xml };
  // The only answer without a body that has a content type.
  if (operation === 'HeadBucket') headers['content-type'] = 'application/xml';
  const status = output.ContentRange !== undefined ? 206 : OPERATIONS_WITHOUT_CONTENT.has(operation) ? 204 : 200;
  return { status, headers, body: isChunks(output.Body) ? output.Body : '' };
}

/** The members of an error that `errorAnswer` needs; injected faults have no fields. */
export interface ErrorDetails {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly fields?: S3Error['fields'];
}

/** An error in S3's form; without a body for status 304. The server sends no body for HEAD anyway. */
export function errorAnswer({ status, code, message, fields = {} }: ErrorDetails, now: number): Answer {
  const headers = commonHeaders(now);
  if (status === 304) return { status, headers, body: '' };
  const elements: Element[] = [
    ['Code', code],
    ['Message', message],
    ...Object.entries(fields).map(([name, value]): Element => [name, String(value)]),
    ['RequestId', headers['x-amz-request-id'] ?? ''],
    ['HostId', HOST_ID],
  ];
  const body = `${DECLARATION}<Error>${toXml(elements)}</Error>`;
  return { status, headers: { ...headers, 'content-type': 'application/xml' }, body };
}
