// An AWS endpoint behind a policy: forwards the requests of one service to the embedded AWS, refuses what the policy
// does not allow, fails the calls that a test chooses, and records the permissions that were used.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type ForwardingEndpoint, startForwarding } from './forwarding-endpoint.ts';
import { grantOf, type Permission, permissionsNeeded, permissionText } from './iam.ts';
import { keyPermissions } from './kms.ts';

/** The error that a client gets instead of the effect of its call. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
}

export interface GuardedEndpoint extends ForwardingEndpoint {
  /** Permissions of the policy that a request needed, as text. */
  readonly used: ReadonlySet<string>;
  /** Requested operations, as the counters name them. */
  readonly operations: ReadonlySet<string>;
  /** Permissions that a request needed and the policy does not have. */
  readonly denied: ReadonlySet<string>;
  /** Called before each call that the policy allows; a test may set it. The call fails with the error that it returns. */
  fault: (operation: string) => Refusal | undefined;
}

const DENIED: Refusal = { status: 400, code: 'AccessDeniedException' };

export async function startGuardedEndpoint(upstream: string, granted: readonly Permission[]): Promise<GuardedEndpoint> {
  const used = new Set<string>();
  const operations = new Set<string>();
  const denied = new Set<string>();

  const isAllowed = (operation: string, resources: readonly string[]): boolean => {
    operations.add(operation);
    const needed = [...permissionsNeeded(operation, resources), ...keyPermissions(operation)];
    const checked = needed.map((permission) => ({ permission, grant: grantOf(granted, permission) }));
    for (const { permission, grant } of checked) {
      if (grant === undefined) denied.add(permissionText(permission));
      else used.add(permissionText(grant));
    }
    return checked.every(({ grant }) => grant !== undefined);
  };

  const forwarding = await startForwarding(upstream, async ({ request, body, response, forward }) => {
    // AWS does not have the developer endpoints of emulators.
    if (request.url?.startsWith('/_')) return refuse(response, 's3:GetObject', { status: 404, code: 'NoSuchBucket' });
    const { operation, resources } = readRequest(request, body);
    const refusal = isAllowed(operation, resources) ? guarded.fault(operation) : DENIED;
    if (refusal === undefined) forward();
    else refuse(response, operation, refusal);
  });
  const guarded: GuardedEndpoint = { ...forwarding, used, operations, denied, fault: () => undefined };
  return guarded;
}

function refuse(response: ServerResponse, operation: string, { status, code }: Refusal): void {
  if (operation.startsWith('s3:')) {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  } else {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: code, message: 'no' }));
  }
}

/** The parts of a request that name its resource. */
const namesSchema = z.object({
  QueueUrl: z.string().optional(),
  QueueName: z.string().optional(),
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).default({}),
});

function readRequest({ headers, method = '', url = '' }: IncomingMessage, body: Buffer) {
  const target = headers['x-amz-target'];
  if (typeof target !== 'string') return readS3(method, new URL(url, 'http://localhost'));
  const name = target.slice(target.indexOf('.') + 1);
  const { QueueUrl, QueueName, TableName, IndexName, RequestItems } = namesSchema.parse(JSON.parse(body.toString()));
  if (target.startsWith('AmazonSQS.')) {
    const queue = QueueName ?? QueueUrl?.split('/').at(-1) ?? '';
    return { operation: `sqs:${name}`, resources: [`arn:aws:sqs:REGION:ACCOUNT:${queue}`] };
  }
  const tables = TableName === undefined ? Object.keys(RequestItems) : [TableName];
  const index = IndexName === undefined ? '' : `/index/${IndexName}`;
  if (name === 'ListTables') return { operation: `dynamodb:${name}`, resources: ['*'] };
  const resources = tables.map((table) => `arn:aws:dynamodb:REGION:ACCOUNT:table/${table}${index}`);
  return { operation: `dynamodb:${name}`, resources };
}

/** The operation of a request for a bucket, or for the list of buckets. */
function readBucket(method: string, bucket: string, query: URLSearchParams) {
  const subresource = ['lifecycle', 'publicAccessBlock'].find((name) => query.has(name));
  const names: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    lifecycle: { GET: 'GetBucketLifecycleConfiguration', PUT: 'PutBucketLifecycleConfiguration' },
    publicAccessBlock: { GET: 'GetPublicAccessBlock', PUT: 'PutPublicAccessBlock' },
    bucket: {
      GET: bucket === '' ? 'ListBuckets' : 'ListObjectsV2',
      HEAD: 'HeadBucket',
      PUT: 'CreateBucket',
      DELETE: 'DeleteBucket',
    },
  };
  return {
    operation: `s3:${names[subresource ?? 'bucket']?.[method]}`,
    resources: [bucket === '' ? '*' : `arn:aws:s3:::${bucket}`],
  };
}

function readS3(method: string, { pathname, searchParams }: URL) {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(pathname) ?? [];
  if (key === '') return readBucket(method, bucket, searchParams);
  const isUpload = searchParams.has('uploadId');
  const names: Readonly<Record<string, string>> = {
    PUT: isUpload ? 'UploadPart' : 'PutObject',
    POST: isUpload ? 'CompleteMultipartUpload' : 'CreateMultipartUpload',
    DELETE: isUpload ? 'AbortMultipartUpload' : 'DeleteObject',
    HEAD: 'HeadObject',
    GET: isUpload ? 'ListParts' : 'GetObject',
  };
  return { operation: `s3:${names[method]}`, resources: [`arn:aws:s3:::${pathname.slice(1)}`] };
}
