// The bucket, the key and the query of a request.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html

import { S3Error } from '../s3/errors.ts';
import type { RequestHead } from './service.ts';

export interface S3Target {
  /** Empty for requests to the service itself. */
  readonly bucket: string;
  /** Empty for requests to a bucket. */
  readonly key: string;
  /** Decoded; of several parameters of a name, the first. */
  readonly query: ReadonlyMap<string, string>;
}

/** @throws {S3Error} `InvalidURI` for broken percent-encoding or UTF-8 */
function decode(text: string, uri: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', { fields: { URI: uri } });
  }
}

const LOCAL_NAMES = /^(?:localhost|\d+\.\d+\.\d+\.\d+|\[.*\]|[^.]*)$/;
/** The rest of a host name after the bucket: `.s3.…`, `.s3-region.…`, `.localhost`. */
const SERVICE_NAME = /^(?:s3(?:[.-].*)?|localhost|localhost\.localstack\.cloud)$/;

/** The bucket of a virtual host: `bucket.s3.localhost`, `bucket.localhost`, `bucket.s3.us-east-1.amazonaws.com`. */
function bucketOfHost(host: string | undefined): string | undefined {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  if (LOCAL_NAMES.test(name) || SERVICE_NAME.test(name)) return undefined;
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    if (SERVICE_NAME.test(name.slice(dot + 1))) return name.slice(0, dot);
  }
  return undefined;
}

function queryOf(search: string, uri: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of search.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const [name, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const decoded = decode(name.replaceAll('+', ' '), uri);
    if (!query.has(decoded)) query.set(decoded, decode(value.replaceAll('+', ' '), uri));
  }
  return query;
}

/** @throws {S3Error} `InvalidURI` */
export function targetOf({ path: sentPath, query: search, headers }: RequestHead): S3Target {
  // Clients send whole URLs to proxies.
  const rawPath = sentPath.replace(/^https?:\/\/[^/?#]*/i, '');
  const uri = search === '' ? rawPath : `${rawPath}?${search}`;
  if (!rawPath.startsWith('/') && rawPath !== '') throw new S3Error('InvalidURI', { fields: { URI: uri } });
  const query = queryOf(search, uri);
  const path = decode(rawPath.slice(1), uri);
  const hosted = bucketOfHost(headers.host);
  if (hosted !== undefined) return { bucket: hosted, key: path, query };
  const slash = path.indexOf('/');
  const bucket = slash === -1 ? path : path.slice(0, slash);
  return { bucket, key: slash === -1 ? '' : path.slice(slash + 1), query };
}
