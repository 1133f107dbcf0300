// Converts the headers and the query of a request into the input of an operation, with the SDK's members.

import type { IncomingHttpHeaders } from 'node:http';
import { ALGORITHMS, checksumMember } from '../s3/checksums.ts';
import { invalidArgument, invalidRequest } from '../s3/errors.ts';
import type { Input } from '../s3/input.ts';
import { decodeMetadata } from './rfc2047.ts';
import type { S3Target } from './s3-target.ts';

type ValueType = 'text' | 'integer' | 'boolean' | 'time' | 'list';
type Bindings = Readonly<Record<string, readonly [member: string, kind: ValueType]>>;

const HEADERS: Bindings = {
  'cache-control': ['CacheControl', 'text'],
  'content-disposition': ['ContentDisposition', 'text'],
  'content-language': ['ContentLanguage', 'text'],
  'content-md5': ['ContentMD5', 'text'],
  'content-type': ['ContentType', 'text'],
  expires: ['Expires', 'text'],
  'if-match': ['IfMatch', 'text'],
  'if-modified-since': ['IfModifiedSince', 'time'],
  'if-none-match': ['IfNoneMatch', 'text'],
  'if-unmodified-since': ['IfUnmodifiedSince', 'time'],
  range: ['Range', 'text'],
  'x-amz-acl': ['ACL', 'text'],
  'x-amz-bucket-object-lock-enabled': ['ObjectLockEnabledForBucket', 'boolean'],
  'x-amz-bypass-governance-retention': ['BypassGovernanceRetention', 'text'],
  'x-amz-checksum-algorithm': ['ChecksumAlgorithm', 'text'],
  'x-amz-checksum-mode': ['ChecksumMode', 'text'],
  'x-amz-checksum-type': ['ChecksumType', 'text'],
  'x-amz-copy-source': ['CopySource', 'text'],
  'x-amz-copy-source-if-match': ['CopySourceIfMatch', 'text'],
  'x-amz-copy-source-if-modified-since': ['CopySourceIfModifiedSince', 'time'],
  'x-amz-copy-source-if-none-match': ['CopySourceIfNoneMatch', 'text'],
  'x-amz-copy-source-if-unmodified-since': ['CopySourceIfUnmodifiedSince', 'time'],
  'x-amz-copy-source-range': ['CopySourceRange', 'text'],
  'x-amz-copy-source-server-side-encryption-customer-algorithm': ['CopySourceSSECustomerAlgorithm', 'text'],
  'x-amz-expected-bucket-owner': ['ExpectedBucketOwner', 'text'],
  'x-amz-grant-full-control': ['GrantFullControl', 'text'],
  'x-amz-grant-read': ['GrantRead', 'text'],
  'x-amz-grant-read-acp': ['GrantReadACP', 'text'],
  'x-amz-grant-write': ['GrantWrite', 'text'],
  'x-amz-grant-write-acp': ['GrantWriteACP', 'text'],
  'x-amz-if-match-last-modified-time': ['IfMatchLastModifiedTime', 'text'],
  'x-amz-if-match-size': ['IfMatchSize', 'text'],
  'x-amz-max-parts': ['MaxParts', 'integer'],
  'x-amz-metadata-directive': ['MetadataDirective', 'text'],
  'x-amz-mfa': ['MFA', 'text'],
  'x-amz-mp-object-size': ['MpuObjectSize', 'integer'],
  'x-amz-object-attributes': ['ObjectAttributes', 'list'],
  'x-amz-object-lock-legal-hold': ['ObjectLockLegalHoldStatus', 'text'],
  'x-amz-object-lock-mode': ['ObjectLockMode', 'text'],
  'x-amz-object-lock-retain-until-date': ['ObjectLockRetainUntilDate', 'text'],
  'x-amz-object-ownership': ['ObjectOwnership', 'text'],
  'x-amz-part-number-marker': ['PartNumberMarker', 'integer'],
  'x-amz-sdk-checksum-algorithm': ['ChecksumAlgorithm', 'text'],
  'x-amz-server-side-encryption': ['ServerSideEncryption', 'text'],
  'x-amz-server-side-encryption-aws-kms-key-id': ['SSEKMSKeyId', 'text'],
  'x-amz-server-side-encryption-customer-algorithm': ['SSECustomerAlgorithm', 'text'],
  'x-amz-server-side-encryption-customer-key': ['SSECustomerKey', 'text'],
  'x-amz-storage-class': ['StorageClass', 'text'],
  'x-amz-tagging': ['Tagging', 'text'],
  'x-amz-tagging-directive': ['TaggingDirective', 'text'],
  'x-amz-transition-default-minimum-object-size': ['TransitionDefaultMinimumObjectSize', 'text'],
  'x-amz-website-redirect-location': ['WebsiteRedirectLocation', 'text'],
  'x-amz-write-offset-bytes': ['WriteOffsetBytes', 'text'],
  ...Object.fromEntries(
    ALGORITHMS.map((name) => [`x-amz-checksum-${name.toLowerCase()}`, [checksumMember(name), 'text']]),
  ),
};

const PARAMETERS: Bindings = {
  'bucket-region': ['BucketRegion', 'text'],
  'continuation-token': ['ContinuationToken', 'text'],
  delimiter: ['Delimiter', 'text'],
  'encoding-type': ['EncodingType', 'text'],
  'fetch-owner': ['FetchOwner', 'boolean'],
  'key-marker': ['KeyMarker', 'text'],
  marker: ['Marker', 'text'],
  'max-buckets': ['MaxBuckets', 'integer'],
  'max-keys': ['MaxKeys', 'integer'],
  'max-parts': ['MaxParts', 'integer'],
  'max-uploads': ['MaxUploads', 'integer'],
  'part-number-marker': ['PartNumberMarker', 'integer'],
  partNumber: ['PartNumber', 'integer'],
  prefix: ['Prefix', 'text'],
  'response-cache-control': ['ResponseCacheControl', 'text'],
  'response-content-disposition': ['ResponseContentDisposition', 'text'],
  'response-content-encoding': ['ResponseContentEncoding', 'text'],
  'response-content-language': ['ResponseContentLanguage', 'text'],
  'response-content-type': ['ResponseContentType', 'text'],
  'response-expires': ['ResponseExpires', 'text'],
  'start-after': ['StartAfter', 'text'],
  'upload-id-marker': ['UploadIdMarker', 'text'],
  uploadId: ['UploadId', 'text'],
  'version-id-marker': ['VersionIdMarker', 'text'],
  versionId: ['VersionId', 'text'],
};

const METADATA = 'x-amz-meta-';
/** A checksum that the embedded S3 cannot verify must not be ignored. */
const UNKNOWN_CHECKSUM = /^x-amz-checksum-/;

/** @returns undefined for an invalid date, because S3 ignores such a condition, and for an empty integer */
function convert(value: string, kind: ValueType, name: string): unknown {
  switch (kind) {
    case 'text':
      return value;
    case 'list':
      return value.split(',').map((item) => item.trim());
    case 'boolean':
      return value.toLowerCase() === 'true';
    case 'time': {
      const date = new Date(value);
      return Number.isNaN(date.getTime()) ? undefined : date;
    }
    case 'integer': {
      if (value === '') return undefined;
      const number = Number(value);
      const max = name === 'x-amz-mp-object-size' ? Number.MAX_SAFE_INTEGER : 2_147_483_647;
      if (!/^-?\d{1,15}$/.test(value) || number > max) {
        throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, value);
      }
      return number;
    }
  }
}

/** The request's headers, and those that a presigned URL has in its query. */
function allHeaders(headers: IncomingHttpHeaders, query: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of query) {
    const lowerCaseName = name.toLowerCase();
    if (lowerCaseName.startsWith('x-amz-')) all.set(lowerCaseName, value);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') all.set(name, value);
  }
  return all;
}

/** `Content-Encoding` without `aws-chunked`, which describes the transfer and not the object. */
function contentEncoding(header: string | undefined): string | undefined {
  const encodings = (header ?? '').split(',').map((item) => item.trim());
  return (
    encodings.filter((encoding) => encoding !== '' && encoding.toLowerCase() !== 'aws-chunked').join(',') || undefined
  );
}

/** @throws {S3Error} `InvalidRequest` when a header names a checksum that the request does not have */
function assertDeclaredChecksum(headers: ReadonlyMap<string, string>): void {
  const algorithm = headers.get('x-amz-sdk-checksum-algorithm');
  if (algorithm === undefined) return;
  const hasChecksum =
    headers.has('x-amz-trailer') || ALGORITHMS.some((name) => headers.has(`x-amz-checksum-${name.toLowerCase()}`));
  if (!hasChecksum) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (!ALGORITHMS.some((name) => name === algorithm.toUpperCase())) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}

const OPERATIONS_WITH_PAYLOAD = new Set(['PutObject', 'UploadPart']);

/** The input of an operation except its body. @throws {S3Error} */
export function inputOf(requestHeaders: IncomingHttpHeaders, target: S3Target, operation: string): Input {
  const headers = allHeaders(requestHeaders, target.query);
  const input: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  if (OPERATIONS_WITH_PAYLOAD.has(operation)) assertDeclaredChecksum(headers);
  for (const [name, value] of headers) {
    const binding = Object.hasOwn(HEADERS, name) ? HEADERS[name] : undefined;
    if (binding !== undefined) input[binding[0]] ??= convert(value, binding[1], name);
    else if (UNKNOWN_CHECKSUM.test(name)) {
      throw invalidRequest('The algorithm type you specified in x-amz-checksum- header is invalid.');
    } else if (name.startsWith(METADATA)) metadata[name.slice(METADATA.length)] = decodeMetadata(value);
  }
  for (const [name, value] of target.query) {
    const binding = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (binding !== undefined) input[binding[0]] = convert(value, binding[1], name);
  }
  return {
    ...input,
    ContentEncoding: contentEncoding(headers.get('content-encoding')),
    Metadata: metadata,
    Bucket: target.bucket,
    Key: target.key,
  };
}
