// The entries of a list in order, from which pages are made. Keys with the same text up to the delimiter are one entry:
// their common prefix.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html

import { invalidArgument } from './errors.ts';
import { type Input, optionalInteger, optionalText } from './input.ts';
import { compareUtf8, type SortedKeys } from './sorted-keys.ts';

const MAX_PAGE_SIZE = 1000;

/** The parameters that all lists of S3 share. */
export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** The largest number of entries of the page. */
  readonly maxEntries: number;
  readonly isUrlEncoded: boolean;
}

/**
 * @param limitMember the member of the input that limits a page: `MaxKeys`, `MaxUploads`
 * @param parameter its name in the URL, for error messages: `max-keys`, `max-uploads`
 */
export function readListRequest(input: Input, limitMember: string, parameter: string): ListRequest {
  const encoding = optionalText(input, 'EncodingType');
  if (encoding !== undefined && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding);
  }
  const limit = optionalInteger(input, limitMember) ?? MAX_PAGE_SIZE;
  if (limit < 0 || limit > 2_147_483_647) {
    throw invalidArgument(`Argument ${parameter} must be an integer between 0 and 2147483647`, parameter, limit);
  }
  return {
    prefix: optionalText(input, 'Prefix') ?? '',
    delimiter: optionalText(input, 'Delimiter') ?? '',
    maxEntries: Math.min(limit, MAX_PAGE_SIZE),
    isUrlEncoded: encoding === 'url',
  };
}

/** A key, or the common prefix of several keys (`isPrefix`), which are not listed themselves. */
export interface ListEntry {
  readonly text: string;
  readonly isPrefix: boolean;
}

/**
 * Iterates over the entries of a list, in order. After a common prefix it skips the keys that begin with it.
 * @param isBeforePage true for the keys before the page
 */
export function* listEntries(
  keys: SortedKeys,
  { prefix, delimiter }: Pick<ListRequest, 'prefix' | 'delimiter'>,
  isBeforePage: (key: string) => boolean,
): Generator<ListEntry> {
  let remaining = keys.from((key) => compareUtf8(key, prefix) < 0 || isBeforePage(key));
  for (let next = remaining.next(); next.done !== true; next = remaining.next()) {
    const key = next.value;
    if (!key.startsWith(prefix)) return;
    const delimiterAt = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (delimiterAt === -1) {
      yield { text: key, isPrefix: false };
      continue;
    }
    const common = key.slice(0, delimiterAt + delimiter.length);
    yield { text: common, isPrefix: true };
    remaining = keys.from((other) => isBeforeOrInPrefix(other, common));
  }
}

/** Whether a key comes before or begins with a prefix. */
function isBeforeOrInPrefix(key: string, prefix: string): boolean {
  return key.startsWith(prefix) || compareUtf8(key, prefix) < 0;
}

/**
 * Returns a function that is true for the keys before a page that begins after `marker`. When the marker has a common
 * prefix, all keys of that prefix are before the page.
 */
export function beforePageFilter(marker: string, { prefix, delimiter }: ListRequest): (key: string) => boolean {
  const delimiterAt = delimiter === '' || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  if (delimiterAt === -1) return (key) => compareUtf8(key, marker) <= 0;
  const common = marker.slice(0, delimiterAt + delimiter.length);
  return (key) => isBeforeOrInPrefix(key, common);
}

/** Encodes keys as S3 does for `encoding-type=url`: like form fields, but without encoding slashes. */
export function encodeForUrl(text: string, { isUrlEncoded }: Pick<ListRequest, 'isUrlEncoded'>): string {
  if (!isUrlEncoded) return text;
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
