// Reading S3: byte ranges and lists of keys.
import type { ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { s3Error } from './errors.ts';

const RANGE = /^bytes=(\d*)-(\d*)$/;

/** Where a `Range` begins. Throws `InvalidRange` when that is behind the end. */
export function firstByte(range: string, length: number): number {
  const [, from = '', to = ''] = RANGE.exec(range) ?? [];
  const first = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  if (first >= length) throw s3Error('InvalidRange', 'The requested range is not satisfiable', 416);
  return first;
}

/** The byte behind the last one of a `Range`. */
export function lastByte(range: string | undefined, length: number): number {
  const [, from = '', to = ''] = RANGE.exec(range ?? '') ?? [];
  return from === '' || to === '' ? length : Math.min(length, Number(to) + 1);
}

const PAGE = 1000;

/** A page of keys in the order of their bytes; those that share a part up to the delimiter count as one. */
export function listObjects(keys: readonly string[], input: ListObjectsV2CommandInput): object {
  const { Prefix = '', Delimiter, MaxKeys = PAGE, ContinuationToken = '' } = input;
  const entries = new Map<string, boolean>();
  for (const key of keys.filter((one) => one.startsWith(Prefix)).sort(byBytes)) {
    const end = Delimiter === undefined ? -1 : key.indexOf(Delimiter, Prefix.length);
    entries.set(end < 0 ? key : key.slice(0, end + 1), end >= 0);
  }
  const rest = [...entries].filter(([name]) => ContinuationToken === '' || byBytes(name, ContinuationToken) > 0);
  const page = rest.slice(0, MaxKeys);
  const last = page.at(-1)?.[0];
  return {
    Contents: page.filter(([, isPrefix]) => !isPrefix).map(([Key]) => ({ Key })),
    CommonPrefixes: page.filter(([, isPrefix]) => isPrefix).map(([name]) => ({ Prefix: name })),
    KeyCount: page.length,
    IsTruncated: rest.length > page.length,
    ...(rest.length > page.length ? { NextContinuationToken: last } : {}),
  };
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
