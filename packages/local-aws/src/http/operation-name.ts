// The operation that a request asks for, as the counters name it.

import type { IncomingMessage } from 'node:http';
import type { OperationName } from '../faults.ts';

/** S3 has no header for it: method, path and query say it. */
export function s3Operation(request: IncomingMessage): OperationName {
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const query = new URLSearchParams(search);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  const names: Readonly<Record<string, string>> = key === '' ? bucketNames(bucket, query) : objectNames(request, query);
  return `s3:${names[request.method ?? ''] ?? 'Unknown'}`;
}

function bucketNames(bucket: string, query: URLSearchParams): Readonly<Record<string, string>> {
  if (bucket === '') return { GET: 'ListBuckets' };
  if (query.has('lifecycle')) {
    return {
      PUT: 'PutBucketLifecycleConfiguration',
      GET: 'GetBucketLifecycleConfiguration',
      DELETE: 'DeleteBucketLifecycle',
    };
  }
  if (query.has('publicAccessBlock')) return { PUT: 'PutPublicAccessBlock', GET: 'GetPublicAccessBlock' };
  if (query.has('uploads')) return { GET: 'ListMultipartUploads' };
  if (query.has('location')) return { GET: 'GetBucketLocation' };
  return {
    PUT: 'CreateBucket',
    HEAD: 'HeadBucket',
    DELETE: 'DeleteBucket',
    POST: 'DeleteObjects',
    GET: query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects',
  };
}

function objectNames(request: IncomingMessage, query: URLSearchParams): Readonly<Record<string, string>> {
  if (query.has('uploads')) return { POST: 'CreateMultipartUpload' };
  if (query.has('uploadId')) {
    return { PUT: 'UploadPart', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload', GET: 'ListParts' };
  }
  const copied = request.headers['x-amz-copy-source'] !== undefined;
  return { PUT: copied ? 'CopyObject' : 'PutObject', GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' };
}
