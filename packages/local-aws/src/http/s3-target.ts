// The bucket, the key and the query of a request.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html

import { S3Error } from '../s3/errors.ts';
import type { RequestHead } from './service.ts';

export interface S3Target {
  /** Empty for requests to the service itself. */
  readonly bucket: string;
  /** Empty for requests to a bucket. */
  readonly key: string;
  /** Decoded; the first value of each name. */
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

const HOST_WITHOUT_BUCKET = /^(?:localhost|\d+\.\d+\.\d+\.\d+|\[.*\]|[^.]*)$/;
/** What follows the bucket in a host name: `s3.…`, `s3-region.…`, `localhost`. */
const SERVICE_HOST = /^(?:s3(?:[.-].*)?|localhost|localhost\.localstack\.cloud)$/;

/** The bucket in a host name: `bucket.s3.localhost`, `bucket.localhost`, `bucket.s3.us-east-1.amazonaws.com`. */
function bucketOfHost(host: string | undefined): string | undefined {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  if (HOST_WITHOUT_BUCKET.test(name) || SERVICE_HOST.test(name)) return undefined;
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    if (SERVICE_HOST.test(name.slice(dot + 1))) return name.slice(0, dot);
  }
  return undefined;
}

function queryOf(search: string, uri: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of search.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const [name, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const decodedName = decode(name.replaceAll('+', ' '), uri);
    if (!query.has(decodedName)) query.set(decodedName, decode(value.replaceAll('+', ' '), uri));
  }
  return query;
}

/** @throws {S3Error} `InvalidURI` */
export function targetOf({ path: sentPath, query: search, headers }: RequestHead): S3Target {
  // Clients of a proxy send a whole URL instead of a path.
  const rawPath = sentPath.replace(/^https?:\/\/[^/?#]*/i, '');
  const uri = search === '' ? rawPath : `${rawPath}?${search}`;
  if (!rawPath.startsWith('/') && rawPath !== '') throw new S3Error('InvalidURI', { fields: { URI: uri } });
  const query = queryOf(search, uri);
  const path = decode(rawPath.slice(1), uri);
  const bucketInHost = bucketOfHost(headers.host);
  if (bucketInHost !== undefined) return { bucket: bucketInHost, key: path, query };
  const slash = path.indexOf('/');
  const bucket = slash === -1 ? path : path.slice(0, slash);
  return { bucket, key: slash === -1 ? '' : path.slice(slash + 1), query };
}
