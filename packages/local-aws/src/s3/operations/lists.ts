// Lists a bucket's objects, in both versions of the API, and object versions, of which each key has one.

import type { Bucket } from '../bucket.ts';
import { invalidArgument } from '../errors.ts';
import { type Input, type Output, optionalBoolean, optionalText } from '../input.ts';
import {
  beforePageFilter,
  encodeForUrl,
  type ListEntry,
  type ListRequest,
  listEntries,
  readListRequest,
} from '../listing.ts';
import { quoted, type StoredObject } from '../object.ts';
import { compareUtf8 } from '../sorted-keys.ts';
import type { S3State } from '../state.ts';
import type { Operations } from './operation.ts';

interface Page {
  readonly entries: readonly ListEntry[];
  readonly isTruncated: boolean;
}

function pageOf(bucket: Bucket, request: ListRequest, isBefore: (key: string) => boolean): Page {
  if (request.maxEntries === 0) return { entries: [], isTruncated: false };
  const entries: ListEntry[] = [];
  for (const entry of listEntries(bucket.keys, request, isBefore)) {
    if (entries.length === request.maxEntries) return { entries, isTruncated: true };
    entries.push(entry);
  }
  return { entries, isTruncated: false };
}

function describe(object: StoredObject, request: ListRequest): Output {
  return {
    Key: encodeForUrl(object.key, request),
    LastModified: new Date(object.lastModified),
    ETag: quoted(object.etag),
    ChecksumAlgorithm: [object.checksum.algorithm],
    ChecksumType: object.checksum.type,
    Size: object.bytes,
    StorageClass: object.attributes.storageClass,
  };
}

/** The common members of all lists of objects. @param describeObject describes an object in the list */
function describePage(
  bucket: Bucket,
  request: ListRequest,
  page: Page,
  describeObject: (object: StoredObject) => Output,
): Output {
  const objects = page.entries.flatMap(({ text, isPrefix }) => (isPrefix ? [] : [bucket.get(text)]));
  const prefixes = page.entries.filter(({ isPrefix }) => isPrefix);
  return {
    Name: bucket.name,
    Prefix: encodeForUrl(request.prefix, request),
    MaxKeys: request.maxEntries,
    IsTruncated: page.isTruncated,
    ...(bucket.region !== 'us-east-1' && { BucketRegion: bucket.region }),
    ...(request.delimiter !== '' && { Delimiter: encodeForUrl(request.delimiter, request) }),
    ...(request.isUrlEncoded && { EncodingType: 'url' }),
    ...(objects.length > 0 && {
      Contents: objects.flatMap((object) => (object === undefined ? [] : [describeObject(object)])),
    }),
    ...(prefixes.length > 0 && {
      CommonPrefixes: prefixes.map(({ text }) => ({ Prefix: encodeForUrl(text, request) })),
    }),
  };
}

function listObjects(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const request = readListRequest(input, 'MaxKeys', 'max-keys');
  const marker = optionalText(input, 'Marker') ?? '';
  const page = pageOf(bucket, request, marker === '' ? () => false : beforePageFilter(marker, request));
  const last = page.entries.at(-1);
  return {
    ...describePage(bucket, request, page, (object) => ({ ...describe(object, request), Owner: state.owner })),
    Marker: encodeForUrl(marker, request),
    ...(page.isTruncated &&
      request.delimiter !== '' &&
      last !== undefined && { NextMarker: encodeForUrl(last.text, request) }),
  };
}

/** A token is the last entry of the previous page. */
function tokenOf(entry: ListEntry): string {
  return `1${Buffer.from(entry.text).toString('base64url')}`;
}

function beforePageFilterOfToken(token: string, request: ListRequest): (key: string) => boolean {
  const encoded = token.slice(1);
  const text = Buffer.from(encoded, 'base64url');
  if (!token.startsWith('1') || text.toString('base64url') !== encoded) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  }
  return beforePageFilter(text.toString(), request);
}

function listObjectsV2(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const token = optionalText(input, 'ContinuationToken');
  if (token === '') throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  const request = readListRequest(input, 'MaxKeys', 'max-keys');
  const startAfter = optionalText(input, 'StartAfter') ?? '';
  const isBeforeStart = (key: string): boolean => startAfter !== '' && compareUtf8(key, startAfter) <= 0;
  const page = pageOf(bucket, request, token === undefined ? isBeforeStart : beforePageFilterOfToken(token, request));
  const last = page.entries.at(-1);
  const owner = optionalBoolean(input, 'FetchOwner') === true ? { Owner: state.owner } : {};
  return {
    ...describePage(bucket, request, page, (object) => ({ ...describe(object, request), ...owner })),
    KeyCount: page.entries.length,
    ...(token !== undefined && { ContinuationToken: token }),
    ...(token === undefined && startAfter !== '' && { StartAfter: encodeForUrl(startAfter, request) }),
    ...(page.isTruncated && last !== undefined && { NextContinuationToken: tokenOf(last) }),
  };
}

function listObjectVersions(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const request = readListRequest(input, 'MaxKeys', 'max-keys');
  const marker = optionalText(input, 'KeyMarker') ?? '';
  const versionMarker = optionalText(input, 'VersionIdMarker');
  if (versionMarker !== undefined && marker === '') {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      versionMarker,
    );
  }
  const page = pageOf(bucket, request, marker === '' ? () => false : beforePageFilter(marker, request));
  const last = page.entries.at(-1);
  const { Contents, ...members } = describePage(bucket, request, page, (object) => ({
    ...describe(object, request),
    VersionId: 'null',
    IsLatest: true,
    Owner: state.owner,
  }));
  return {
    ...members,
    KeyMarker: encodeForUrl(marker, request),
    VersionIdMarker: versionMarker ?? '',
    ...(Contents !== undefined && { Versions: Contents }),
    ...(page.isTruncated &&
      last !== undefined && {
        NextKeyMarker: encodeForUrl(last.text, request),
        ...(!last.isPrefix && { NextVersionIdMarker: 'null' }),
      }),
  };
}

export const LIST_OPERATIONS: Operations = {
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
};
