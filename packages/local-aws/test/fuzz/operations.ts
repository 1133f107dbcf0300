// One legal request for each operation of the embedded AWS. `names` selects its target: the resources of the canary, or
// those that hostile requests may use freely.

import { DYNAMODB, type Names, SQS, urlOf } from './inputs.ts';
import { type Legal, type ServiceName, signed } from './request.ts';

/** An S3 request without its bucket. */
interface S3Shape {
  readonly method: string;
  readonly query?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const OBJECT = { key: 'a.json' };
const PART = `<Part><PartNumber>1</PartNumber><ETag>"0"</ETag></Part>`;
const TAGS = '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>';
const S3: Readonly<Record<string, S3Shape>> = {
  AbortMultipartUpload: { ...OBJECT, method: 'DELETE', query: 'uploadId=none' },
  CompleteMultipartUpload: {
    ...OBJECT,
    method: 'POST',
    query: 'uploadId=none',
    body: `<CompleteMultipartUpload>${PART}</CompleteMultipartUpload>`,
  },
  CopyObject: { key: 'copy', method: 'PUT', headers: { 'x-amz-copy-source': '/canary-bucket/a.json' } },
  CreateBucket: {
    method: 'PUT',
    body: '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
  },
  CreateMultipartUpload: { ...OBJECT, method: 'POST', query: 'uploads' },
  DeleteBucket: { method: 'DELETE' },
  DeleteBucketEncryption: { method: 'DELETE', query: 'encryption' },
  DeleteBucketLifecycle: { method: 'DELETE', query: 'lifecycle' },
  DeleteBucketTagging: { method: 'DELETE', query: 'tagging' },
  DeleteObject: { ...OBJECT, method: 'DELETE' },
  DeleteObjectTagging: { ...OBJECT, method: 'DELETE', query: 'tagging' },
  DeleteObjects: {
    method: 'POST',
    query: 'delete',
    body: '<Delete><Object><Key>a.json</Key></Object><Object><Key>ü</Key></Object></Delete>',
  },
  DeletePublicAccessBlock: { method: 'DELETE', query: 'publicAccessBlock' },
  GetBucketAccelerateConfiguration: { method: 'GET', query: 'accelerate' },
  GetBucketAcl: { method: 'GET', query: 'acl' },
  GetBucketCors: { method: 'GET', query: 'cors' },
  GetBucketEncryption: { method: 'GET', query: 'encryption' },
  GetBucketLifecycleConfiguration: { method: 'GET', query: 'lifecycle' },
  GetBucketLocation: { method: 'GET', query: 'location' },
  GetBucketLogging: { method: 'GET', query: 'logging' },
  GetBucketNotificationConfiguration: { method: 'GET', query: 'notification' },
  GetBucketOwnershipControls: { method: 'GET', query: 'ownershipControls' },
  GetBucketPolicy: { method: 'GET', query: 'policy' },
  GetBucketPolicyStatus: { method: 'GET', query: 'policyStatus' },
  GetBucketReplication: { method: 'GET', query: 'replication' },
  GetBucketRequestPayment: { method: 'GET', query: 'requestPayment' },
  GetBucketTagging: { method: 'GET', query: 'tagging' },
  GetBucketVersioning: { method: 'GET', query: 'versioning' },
  GetBucketWebsite: { method: 'GET', query: 'website' },
  GetObject: { ...OBJECT, method: 'GET', headers: { range: 'bytes=0-1' } },
  GetObjectAcl: { ...OBJECT, method: 'GET', query: 'acl' },
  GetObjectAttributes: {
    ...OBJECT,
    method: 'GET',
    query: 'attributes',
    headers: { 'x-amz-object-attributes': 'ETag,Checksum,ObjectParts,StorageClass,ObjectSize' },
  },
  GetObjectLockConfiguration: { method: 'GET', query: 'object-lock' },
  GetObjectTagging: { ...OBJECT, method: 'GET', query: 'tagging' },
  GetPublicAccessBlock: { method: 'GET', query: 'publicAccessBlock' },
  HeadBucket: { method: 'HEAD' },
  HeadObject: { ...OBJECT, method: 'HEAD' },
  ListMultipartUploads: { method: 'GET', query: 'uploads&prefix=a&delimiter=%2F' },
  ListObjectVersions: { method: 'GET', query: 'versions&prefix=a&max-keys=2' },
  ListObjects: { method: 'GET', query: 'prefix=a&delimiter=%2F&max-keys=2' },
  ListObjectsV2: { method: 'GET', query: 'list-type=2&prefix=&start-after=0&encoding-type=url' },
  ListParts: { ...OBJECT, method: 'GET', query: 'uploadId=none' },
  PutBucketEncryption: {
    method: 'PUT',
    query: 'encryption',
    body: '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
  },
  PutBucketLifecycleConfiguration: {
    method: 'PUT',
    query: 'lifecycle',
    body: '<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix/></Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>',
  },
  PutBucketTagging: { method: 'PUT', query: 'tagging', body: TAGS },
  PutObject: { ...OBJECT, method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"hostile":true}' },
  PutObjectTagging: { ...OBJECT, method: 'PUT', query: 'tagging', body: TAGS },
  PutPublicAccessBlock: {
    method: 'PUT',
    query: 'publicAccessBlock',
    body: '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>',
  },
  UploadPart: { ...OBJECT, method: 'PUT', query: 'partNumber=1&uploadId=none', body: 'part' },
  UploadPartCopy: {
    ...OBJECT,
    method: 'PUT',
    query: 'partNumber=1&uploadId=none',
    headers: { 'x-amz-copy-source': '/canary-bucket/a.json' },
  },
};

const DEVELOPER_REQUESTS: Readonly<Record<string, (names: Names) => string>> = {
  Health: () => '/_local-aws/health',
  LocalStackHealth: () => '/_localstack/health',
  LocalStackInit: () => '/_localstack/init',
  Messages: ({ queue }) => `/_aws/sqs/messages?QueueUrl=${encodeURIComponent(urlOf(queue))}&ShowInvisible=true`,
  QueueSummary: ({ queue }) => `/_local-aws/queue?QueueUrl=${encodeURIComponent(urlOf(queue))}`,
};

function jsonRequest(service: ServiceName, prefix: string, operation: string, input: unknown): Legal {
  return {
    service,
    operation,
    method: 'POST',
    target: '/',
    headers: {
      ...signed(service),
      'x-amz-target': `${prefix}.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
    },
    body: Buffer.from(JSON.stringify(input)),
    input,
  };
}

const SINGULAR: Readonly<Record<string, string>> = {
  AWSAccountIds: 'AWSAccountId',
  Actions: 'ActionName',
  AttributeNames: 'AttributeName',
  Attributes: 'Attribute',
  MessageAttributeNames: 'MessageAttributeName',
  MessageAttributes: 'MessageAttribute',
  MessageSystemAttributeNames: 'MessageSystemAttributeName',
  MessageSystemAttributes: 'MessageSystemAttribute',
  TagKeys: 'TagKey',
  Tags: 'Tag',
  tags: 'Tag',
};
const MAPS = new Set(['Attributes', 'MessageAttributes', 'MessageSystemAttributes', 'Tags', 'tags']);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The Query protocol's names for an input: `Attributes: { a: 1 }` becomes `Attribute.1.Name=a&Attribute.1.Value=1`. */
function flatten(operation: string, input: unknown, prefix: string, into: [string, string][]): void {
  if (!isRecord(input)) {
    into.push([prefix, String(input)]);
    return;
  }
  for (const [name, value] of Object.entries(input)) {
    const short = name === 'Entries' ? `${operation}RequestEntry` : (SINGULAR[name] ?? name);
    const full = prefix === '' ? short : `${prefix}.${short}`;
    if (Array.isArray(value)) {
      value.forEach((one, index) => {
        flatten(operation, one, `${full}.${index + 1}`, into);
      });
    } else if (MAPS.has(name) && isRecord(value)) {
      Object.entries(value).forEach(([key, one], index) => {
        into.push([`${full}.${index + 1}.${short === 'Tag' ? 'Key' : 'Name'}`, key]);
        flatten(operation, one, `${full}.${index + 1}.Value`, into);
      });
    } else flatten(operation, value, full, into);
  }
}

function formRequest(service: 'sqs-query' | 'sts', operation: string, input: unknown): Legal {
  const parameters: [string, string][] = [['Action', operation]];
  flatten(operation, input, '', parameters);
  return {
    service,
    operation,
    method: 'POST',
    target: '/',
    headers: { ...signed(service), 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(parameters).toString()),
    input,
  };
}

function s3Request(operation: string, shape: S3Shape, { bucket }: Names): Legal {
  const path = shape.key === undefined ? `/${bucket}` : `/${bucket}/${shape.key}`;
  return {
    service: 's3',
    operation,
    method: shape.method,
    target: shape.query === undefined ? path : `${path}?${shape.query}`,
    headers: { ...signed('s3'), ...shape.headers },
    body: Buffer.from(shape.body ?? ''),
  };
}

export type MakeLegal = (names: Names) => Legal;

/** Every operation of every service, in each of its protocols. */
export const OPERATIONS: readonly MakeLegal[] = [
  ...Object.entries(SQS).flatMap(([name, input]): MakeLegal[] => [
    (names) => jsonRequest('sqs', 'AmazonSQS', name, input(names)),
    (names) => formRequest('sqs-query', name, input(names)),
  ]),
  ...Object.entries(DYNAMODB).map(
    ([name, input]): MakeLegal =>
      (names) =>
        jsonRequest('dynamodb', 'DynamoDB_20120810', name, input(names)),
  ),
  ...Object.entries(S3).map(
    ([name, shape]): MakeLegal =>
      (names) =>
        s3Request(name, shape, names),
  ),
  () => s3Request('ListBuckets', { method: 'GET' }, { queue: '', table: '', bucket: '' }),
  () => formRequest('sts', 'GetCallerIdentity', {}),
  ...Object.entries(DEVELOPER_REQUESTS).map(
    ([name, target]): MakeLegal =>
      (names) => ({
        service: 'developer',
        operation: name,
        method: 'GET',
        target: target(names),
        headers: signed('developer'),
        body: Buffer.alloc(0),
      }),
  ),
];
