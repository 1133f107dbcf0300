// Finds the operation of a request. S3 has no header for it: method, path and query determine it. Operations that the
// embedded S3 does not support are refused, so that none is mistaken for another.

import { S3Error } from '../s3/errors.ts';
import type { S3Target } from './s3-target.ts';

interface Route {
  readonly operation: string;
  /** The query parameter that selects it. */
  readonly sub?: string;
  /** Other parameters that it supports. */
  readonly parameters?: readonly string[];
}

type Routes = Readonly<Record<string, readonly Route[]>>;

const PAGE = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const READ = [
  'versionId',
  'partNumber',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];

const SERVICE_ROUTES: Routes = {
  GET: [{ operation: 'ListBuckets', parameters: ['max-buckets', 'continuation-token', 'prefix', 'bucket-region'] }],
};

/** Settings that can only be read: they have AWS's defaults. */
const DEFAULTS: readonly Route[] = [
  { operation: 'GetBucketAccelerateConfiguration', sub: 'accelerate' },
  { operation: 'GetBucketAcl', sub: 'acl' },
  { operation: 'GetBucketCors', sub: 'cors' },
  { operation: 'GetBucketLogging', sub: 'logging' },
  { operation: 'GetBucketNotificationConfiguration', sub: 'notification' },
  { operation: 'GetObjectLockConfiguration', sub: 'object-lock' },
  { operation: 'GetBucketOwnershipControls', sub: 'ownershipControls' },
  { operation: 'GetBucketPolicy', sub: 'policy' },
  { operation: 'GetBucketPolicyStatus', sub: 'policyStatus' },
  { operation: 'GetBucketReplication', sub: 'replication' },
  { operation: 'GetBucketRequestPayment', sub: 'requestPayment' },
  { operation: 'GetBucketWebsite', sub: 'website' },
];

const BUCKET_ROUTES: Routes = {
  GET: [
    { operation: 'GetBucketLocation', sub: 'location' },
    { operation: 'GetBucketVersioning', sub: 'versioning' },
    { operation: 'GetBucketLifecycleConfiguration', sub: 'lifecycle' },
    { operation: 'GetPublicAccessBlock', sub: 'publicAccessBlock' },
    { operation: 'GetBucketTagging', sub: 'tagging' },
    { operation: 'GetBucketEncryption', sub: 'encryption' },
    ...DEFAULTS,
    {
      operation: 'ListMultipartUploads',
      sub: 'uploads',
      parameters: ['prefix', 'delimiter', 'encoding-type', 'key-marker', 'upload-id-marker', 'max-uploads'],
    },
    { operation: 'ListObjectVersions', sub: 'versions', parameters: [...PAGE, 'key-marker', 'version-id-marker'] },
    {
      operation: 'ListObjectsV2',
      sub: 'list-type',
      parameters: [...PAGE, 'continuation-token', 'start-after', 'fetch-owner'],
    },
    { operation: 'ListObjects', parameters: [...PAGE, 'marker'] },
  ],
  HEAD: [{ operation: 'HeadBucket' }],
  PUT: [
    { operation: 'PutBucketLifecycleConfiguration', sub: 'lifecycle' },
    { operation: 'PutPublicAccessBlock', sub: 'publicAccessBlock' },
    { operation: 'PutBucketEncryption', sub: 'encryption' },
    { operation: 'PutBucketTagging', sub: 'tagging' },
    { operation: 'CreateBucket' },
  ],
  DELETE: [
    { operation: 'DeleteBucketLifecycle', sub: 'lifecycle' },
    { operation: 'DeletePublicAccessBlock', sub: 'publicAccessBlock' },
    { operation: 'DeleteBucketEncryption', sub: 'encryption' },
    { operation: 'DeleteBucketTagging', sub: 'tagging' },
    { operation: 'DeleteBucket' },
  ],
  POST: [{ operation: 'DeleteObjects', sub: 'delete' }, { operation: 'PostObject' }],
};

const OBJECT_ROUTES: Routes = {
  GET: [
    { operation: 'ListParts', sub: 'uploadId', parameters: ['max-parts', 'part-number-marker', 'encoding-type'] },
    { operation: 'GetObjectTagging', sub: 'tagging', parameters: ['versionId'] },
    { operation: 'GetObjectAcl', sub: 'acl', parameters: ['versionId'] },
    { operation: 'GetObjectAttributes', sub: 'attributes', parameters: ['versionId'] },
    { operation: 'GetObject', parameters: READ },
  ],
  HEAD: [{ operation: 'HeadObject', parameters: READ }],
  PUT: [
    { operation: 'UploadPart', sub: 'uploadId', parameters: ['partNumber'] },
    { operation: 'PutObjectTagging', sub: 'tagging', parameters: ['versionId'] },
    { operation: 'PutObject' },
  ],
  POST: [
    { operation: 'CreateMultipartUpload', sub: 'uploads' },
    { operation: 'CompleteMultipartUpload', sub: 'uploadId' },
  ],
  DELETE: [
    { operation: 'AbortMultipartUpload', sub: 'uploadId' },
    { operation: 'DeleteObjectTagging', sub: 'tagging', parameters: ['versionId'] },
    { operation: 'DeleteObject', parameters: ['versionId'] },
  ],
};

/** Query parameters that select operations which the embedded S3 does not support, except for the reads above. */
const NOT_HERE = new Set(
  'accelerate acl analytics cors encryption intelligent-tiering inventory legal-hold logging metadataConfiguration metadataTable metrics notification object-lock ownershipControls policy policyStatus renameObject replication requestPayment restore retention select session torrent website abac append'.split(
    ' ',
  ),
);

/** Parameters that signatures and SDKs add to any query; the older signature moves the content headers there. */
const ANYWHERE = /^(?:x-amz-.*|content-md5|content-type|x-id|AWSAccessKeyId|Signature|Expires)$/i;

const COPIES: Readonly<Record<string, string>> = { PutObject: 'CopyObject', UploadPart: 'UploadPartCopy' };

function notHere(name: string): S3Error {
  return new S3Error('NotImplemented', { message: `The embedded S3 does not have ?${name} here.` });
}

/** @throws {S3Error} `NotImplemented` when a query parameter needs an operation that the route does not support */
function assertUnderstood(route: Route, query: ReadonlyMap<string, string>, isRead: boolean): void {
  for (const [name, value] of query) {
    if (name === route.sub || route.parameters?.includes(name) || ANYWHERE.test(name)) continue;
    // S3 ignores unknown parameters; but ignoring one that changes the meaning of a write would be harmful.
    if (!isRead || value === '' || NOT_HERE.has(name)) throw notHere(name);
  }
}

function methodNotAllowed(method: string, resource: string): S3Error {
  return new S3Error('MethodNotAllowed', { fields: { Method: method, ResourceType: resource } });
}

/**
 * @param isCopy whether the request names a source to copy from
 * @throws {S3Error} `MethodNotAllowed`, `NotImplemented`
 */
export function operationOf(method: string, { bucket, key, query }: S3Target, isCopy: boolean): string {
  const [routes, resource] =
    bucket === ''
      ? ([SERVICE_ROUTES, 'SERVICE'] as const)
      : key === ''
        ? ([BUCKET_ROUTES, 'BUCKET'] as const)
        : ([OBJECT_ROUTES, 'OBJECT'] as const);
  const candidates = Object.hasOwn(routes, method) ? (routes[method] ?? []) : [];
  const isHere = (name: string): boolean => candidates.some(({ sub }) => sub === name);
  const unknown = [...query.keys()].find((name) => NOT_HERE.has(name) && !isHere(name));
  if (unknown !== undefined) throw notHere(unknown);
  const route =
    candidates.find(({ sub }) => sub !== undefined && query.has(sub)) ??
    candidates.find(({ sub }) => sub === undefined);
  if (route === undefined) throw methodNotAllowed(method, resource);
  assertUnderstood(route, query, method === 'GET' || method === 'HEAD');
  return isCopy ? (COPIES[route.operation] ?? route.operation) : route.operation;
}
