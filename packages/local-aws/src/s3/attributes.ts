// The attributes of an object from the request that creates it, and the refusal of options that are not supported.

import { notImplemented, S3Error } from './errors.ts';
import { type Input, type Output, optionalText, optionalTextMap } from './input.ts';
import { CONTENT_HEADERS, type ObjectAttributes, type StoredObject } from './object.ts';
import { tagsOfHeader } from './tags.ts';

const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';
const MAX_METADATA_BYTES = 2048;
const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);
/** Objects of these classes must be restored before they can be read. */
const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Members that the embedded S3 does not support, and their headers. */
const UNSUPPORTED_MEMBERS: Readonly<Record<string, string>> = {
  SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
  SSECustomerKey: 'x-amz-server-side-encryption-customer-key',
  CopySourceSSECustomerAlgorithm: 'x-amz-copy-source-server-side-encryption-customer-algorithm',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  ObjectLockMode: 'x-amz-object-lock-mode',
  ObjectLockRetainUntilDate: 'x-amz-object-lock-retain-until-date',
  ObjectLockLegalHoldStatus: 'x-amz-object-lock-legal-hold',
  WriteOffsetBytes: 'x-amz-write-offset-bytes',
};

/** ACLs that AWS accepts while a bucket's owner owns all of its objects, which is the default. */
const ACLS_WITHOUT_EFFECT = new Set(['private', 'bucket-owner-full-control']);

const KNOWN_ACLS = new Set([
  ...ACLS_WITHOUT_EFFECT,
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'log-delivery-write',
]);

/** @throws {S3Error} for encryption with keys, object lock, and ACLs other than the owner's */
export function refuseUnsupported(input: Input): void {
  for (const [member, header] of Object.entries(UNSUPPORTED_MEMBERS)) {
    if (input[member] !== undefined) throw notImplemented(header);
  }
  const encryption = optionalText(input, 'ServerSideEncryption');
  if (encryption !== undefined && encryption !== 'AES256') throw notImplemented('x-amz-server-side-encryption');
  const acl = optionalText(input, 'ACL');
  if (acl !== undefined && !KNOWN_ACLS.has(acl)) {
    throw new S3Error('InvalidArgument', { message: '', fields: { ArgumentName: 'x-amz-acl', ArgumentValue: acl } });
  }
  const grants = ['GrantRead', 'GrantWrite', 'GrantReadACP', 'GrantWriteACP', 'GrantFullControl'];
  if ((acl !== undefined && !ACLS_WITHOUT_EFFECT.has(acl)) || grants.some((grant) => input[grant] !== undefined)) {
    throw new S3Error('AccessControlListNotSupported');
  }
}

function storageClassOf(input: Input): string {
  const storageClass = optionalText(input, 'StorageClass') ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new S3Error('InvalidStorageClass', { fields: { StorageClassRequested: storageClass } });
  }
  return storageClass;
}

/** @throws {S3Error} `InvalidObjectState` for an object that must be restored first */
export function assertReadable({ attributes }: StoredObject, message?: string): void {
  if (!ARCHIVE_CLASSES.has(attributes.storageClass)) return;
  throw new S3Error('InvalidObjectState', {
    ...(message !== undefined && { message }),
    fields: { StorageClass: attributes.storageClass },
  });
}

function contentHeadersOf(input: Input): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of CONTENT_HEADERS) {
    const given = input[name];
    const value = given instanceof Date ? given.toUTCString() : optionalText(input, name);
    if (value !== undefined && value !== '') headers[name] = value;
  }
  headers.ContentType ??= DEFAULT_CONTENT_TYPE;
  return headers;
}

/** @throws {S3Error} `MetadataTooLarge` beyond 2 KB of names and values */
function metadataOf(input: Input): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = Object.create(null);
  let bytes = 0;
  for (const [name, value] of Object.entries(optionalTextMap(input, 'Metadata'))) {
    metadata[name.toLowerCase()] = value;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', { fields: { Size: bytes, MaxSizeAllowed: MAX_METADATA_BYTES } });
  }
  return metadata;
}

export function attributesOf(input: Input): ObjectAttributes {
  return {
    headers: contentHeadersOf(input),
    metadata: metadataOf(input),
    storageClass: storageClassOf(input),
    redirect: optionalText(input, 'WebsiteRedirectLocation'),
    tags: tagsOfHeader(optionalText(input, 'Tagging')),
  };
}

/** The members that describe an object in the answers of get and head. */
export function describeAttributes({ headers, metadata, storageClass, redirect, tags }: ObjectAttributes): Output {
  return {
    ...headers,
    ...(Object.keys(metadata).length > 0 && { Metadata: metadata }),
    ...(storageClass !== 'STANDARD' && { StorageClass: storageClass }),
    ...(redirect !== undefined && { WebsiteRedirectLocation: redirect }),
    ...(tags.size > 0 && { TagCount: tags.size }),
  };
}
