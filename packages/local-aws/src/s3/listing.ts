// One page of a list: sorted keys, where keys with the same prefix up to a delimiter count once.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html

import { invalidArgument } from './errors.ts';
import { type Input, optionalText, optionalWhole } from './input.ts';
import { compareUtf8, type SortedKeys } from './sorted-keys.ts';

const MAX_PAGE = 1000;

/** The parameters that all lists of S3 share. */
export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly most: number;
  readonly urlEncoded: boolean;
}

/** @param mostMember the member that limits a page: `MaxKeys`, `MaxUploads` */
export function listRequest(input: Input, mostMember: string, parameter: string): ListRequest {
  const encoding = optionalText(input, 'EncodingType');
  if (encoding !== undefined && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding);
  }
  const most = optionalWhole(input, mostMember) ?? MAX_PAGE;
  if (most < 0 || most > 2_147_483_647) {
    throw invalidArgument(`Argument ${parameter} must be an integer between 0 and 2147483647`, parameter, most);
  }
  return {
    prefix: optionalText(input, 'Prefix') ?? '',
    delimiter: optionalText(input, 'Delimiter') ?? '',
    most: Math.min(most, MAX_PAGE),
    urlEncoded: encoding === 'url',
  };
}

/** A key, or a prefix that stands for all keys that begin with it. */
export interface ListEntry {
  readonly text: string;
  readonly isPrefix: boolean;
}

/**
 * Iterates over sorted keys, skipping those with a common prefix.
 * @param isBefore true for the keys before the page
 */
export function* walk(
  keys: SortedKeys,
  { prefix, delimiter }: Pick<ListRequest, 'prefix' | 'delimiter'>,
  isBefore: (key: string) => boolean,
): Generator<ListEntry> {
  let ahead = keys.from((key) => compareUtf8(key, prefix) < 0 || isBefore(key));
  for (let next = ahead.next(); next.done !== true; next = ahead.next()) {
    const key = next.value;
    if (!key.startsWith(prefix)) return;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at === -1) {
      yield { text: key, isPrefix: false };
      continue;
    }
    const common = key.slice(0, at + delimiter.length);
    yield { text: common, isPrefix: true };
    ahead = keys.from((other) => isUpTo(other, common));
  }
}

/** Whether a key comes before or begins with a prefix. */
function isUpTo(key: string, prefix: string): boolean {
  return key.startsWith(prefix) || compareUtf8(key, prefix) < 0;
}

/**
 * The keys before a page that begins after `marker`: a marker with a common prefix is after all keys of that prefix.
 */
export function upToMarker(marker: string, { prefix, delimiter }: ListRequest): (key: string) => boolean {
  const at = delimiter === '' || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  if (at === -1) return (key) => compareUtf8(key, marker) <= 0;
  const common = marker.slice(0, at + delimiter.length);
  return (key) => isUpTo(key, common);
}

/** Encodes keys as S3 does for `encoding-type=url`: like form fields, but without encoding slashes. */
export function encodeForUrl(text: string, { urlEncoded }: Pick<ListRequest, 'urlEncoded'>): string {
  if (!urlEncoded) return text;
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
