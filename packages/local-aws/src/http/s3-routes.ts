// Finds the operation of a request. S3 has no header for it: method, path and query determine it. Operations that the
// embedded S3 does not support are refused, so that none is mistaken for another.

import { S3Error } from '../s3/errors.ts';
import type { S3Target } from './s3-target.ts';

interface Route {
  readonly operation: string;
  /** The query parameter that selects the operation, such as `?tagging`. */
  readonly subresource?: string;
  /** Other query parameters that the operation supports. */
  readonly parameters?: readonly string[];
}

type Routes = Readonly<Record<string, readonly Route[]>>;

const LIST_PARAMETERS = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const READ_PARAMETERS = [
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
const READ_ONLY_SETTINGS: readonly Route[] = [
  { operation: 'GetBucketAccelerateConfiguration', subresource: 'accelerate' },
  { operation: 'GetBucketAcl', subresource: 'acl' },
  { operation: 'GetBucketCors', subresource: 'cors' },
  { operation: 'GetBucketLogging', subresource: 'logging' },
  { operation: 'GetBucketNotificationConfiguration', subresource: 'notification' },
  { operation: 'GetObjectLockConfiguration', subresource: 'object-lock' },
  { operation: 'GetBucketOwnershipControls', subresource: 'ownershipControls' },
  { operation: 'GetBucketPolicy', subresource: 'policy' },
  { operation: 'GetBucketPolicyStatus', subresource: 'policyStatus' },
  { operation: 'GetBucketReplication', subresource: 'replication' },
  { operation: 'GetBucketRequestPayment', subresource: 'requestPayment' },
  { operation: 'GetBucketWebsite', subresource: 'website' },
];

const BUCKET_ROUTES: Routes = {
  GET: [
    { operation: 'GetBucketLocation', subresource: 'location' },
    { operation: 'GetBucketVersioning', subresource: 'versioning' },
    { operation: 'GetBucketLifecycleConfiguration', subresource: 'lifecycle' },
    { operation: 'GetPublicAccessBlock', subresource: 'publicAccessBlock' },
    { operation: 'GetBucketTagging', subresource: 'tagging' },
    { operation: 'GetBucketEncryption', subresource: 'encryption' },
    ...READ_ONLY_SETTINGS,
    {
      operation: 'ListMultipartUploads',
      subresource: 'uploads',
      parameters: ['prefix', 'delimiter', 'encoding-type', 'key-marker', 'upload-id-marker', 'max-uploads'],
    },
    {
      operation: 'ListObjectVersions',
      subresource: 'versions',
      parameters: [...LIST_PARAMETERS, 'key-marker', 'version-id-marker'],
    },
    {
      operation: 'ListObjectsV2',
      subresource: 'list-type',
      parameters: [...LIST_PARAMETERS, 'continuation-token', 'start-after', 'fetch-owner'],
    },
    { operation: 'ListObjects', parameters: [...LIST_PARAMETERS, 'marker'] },
  ],
  HEAD: [{ operation: 'HeadBucket' }],
  PUT: [
    { operation: 'PutBucketLifecycleConfiguration', subresource: 'lifecycle' },
    { operation: 'PutPublicAccessBlock', subresource: 'publicAccessBlock' },
    { operation: 'PutBucketEncryption', subresource: 'encryption' },
    { operation: 'PutBucketTagging', subresource: 'tagging' },
    { operation: 'CreateBucket' },
  ],
  DELETE: [
    { operation: 'DeleteBucketLifecycle', subresource: 'lifecycle' },
    { operation: 'DeletePublicAccessBlock', subresource: 'publicAccessBlock' },
    { operation: 'DeleteBucketEncryption', subresource: 'encryption' },
    { operation: 'DeleteBucketTagging', subresource: 'tagging' },
    { operation: 'DeleteBucket' },
  ],
  POST: [{ operation: 'DeleteObjects', subresource: 'delete' }, { operation: 'PostObject' }],
};

const OBJECT_ROUTES: Routes = {
  GET: [
    {
      operation: 'ListParts',
      subresource: 'uploadId',
      parameters: ['max-parts', 'part-number-marker', 'encoding-type'],
    },
    { operation: 'GetObjectTagging', subresource: 'tagging', parameters: ['versionId'] },
    { operation: 'GetObjectAcl', subresource: 'acl', parameters: ['versionId'] },
    { operation: 'GetObjectAttributes', subresource: 'attributes', parameters: ['versionId'] },
    { operation: 'GetObject', parameters: READ_PARAMETERS },
  ],
  HEAD: [{ operation: 'HeadObject', parameters: READ_PARAMETERS }],
  PUT: [
    { operation: 'UploadPart', subresource: 'uploadId', parameters: ['partNumber'] },
    { operation: 'PutObjectTagging', subresource: 'tagging', parameters: ['versionId'] },
    { operation: 'PutObject' },
  ],
  POST: [
    { operation: 'CreateMultipartUpload', subresource: 'uploads' },
    { operation: 'CompleteMultipartUpload', subresource: 'uploadId' },
  ],
  DELETE: [
    { operation: 'AbortMultipartUpload', subresource: 'uploadId' },
    { operation: 'DeleteObjectTagging', subresource: 'tagging', parameters: ['versionId'] },
    { operation: 'DeleteObject', parameters: ['versionId'] },
  ],
};

/** Query parameters that select operations. The embedded S3 supports them only in the routes above that have them. */
const OPERATION_PARAMETERS = new Set(
  'accelerate acl analytics cors encryption intelligent-tiering inventory legal-hold logging metadataConfiguration metadataTable metrics notification object-lock ownershipControls policy policyStatus renameObject replication requestPayment restore retention select session torrent website abac append'.split(
    ' ',
  ),
);

/** Parameters that signatures and SDKs add to any query. Signature Version 2 also moves content headers there. */
const COMMON_PARAMETERS = /^(?:x-amz-.*|content-md5|content-type|x-id|AWSAccessKeyId|Signature|Expires)$/i;

const COPY_OPERATIONS: Readonly<Record<string, string>> = { PutObject: 'CopyObject', UploadPart: 'UploadPartCopy' };

function unsupportedParameter(name: string): S3Error {
  return new S3Error('NotImplemented', { message: `The embedded S3 does not support ?${name} in this request.` });
}

/** @throws {S3Error} `NotImplemented` for a query parameter that the route does not support */
function assertSupported(route: Route, query: ReadonlyMap<string, string>, isRead: boolean): void {
  for (const [name, value] of query) {
    if (name === route.subresource || route.parameters?.includes(name) || COMMON_PARAMETERS.test(name)) continue;
    // S3 ignores unknown parameters; but ignoring one that changes the meaning of a write would be harmful. A parameter
    // without a value, such as `?torrent`, may select another operation.
    if (!isRead || value === '' || OPERATION_PARAMETERS.has(name)) throw unsupportedParameter(name);
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
  const isSubresource = (name: string): boolean => candidates.some(({ subresource }) => subresource === name);
  const unsupported = [...query.keys()].find((name) => OPERATION_PARAMETERS.has(name) && !isSubresource(name));
  if (unsupported !== undefined) throw unsupportedParameter(unsupported);
  const route =
    candidates.find(({ subresource }) => subresource !== undefined && query.has(subresource)) ??
    candidates.find(({ subresource }) => subresource === undefined);
  if (route === undefined) throw methodNotAllowed(method, resource);
  assertSupported(route, query, method === 'GET' || method === 'HEAD');
  return isCopy ? (COPY_OPERATIONS[route.operation] ?? route.operation) : route.operation;
}
