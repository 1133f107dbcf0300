// Tags of buckets and objects.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html

import { invalidArgument, S3Error } from './errors.ts';
import { type Input, type Output, optionalText } from './input.ts';

const ALLOWED = /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$/u;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const LIMITS = { bucket: 50, object: 10 } as const;

type Kind = keyof typeof LIMITS;

const invalid = (message: string, fields: Readonly<Record<string, string>>): S3Error =>
  new S3Error('InvalidTag', { message, fields });

function assertTag(key: string, value: string, kind: Kind): void {
  if (key.startsWith('aws:')) {
    const message =
      kind === 'bucket'
        ? 'System tags cannot be added/updated by requester'
        : 'Your TagKey cannot be prefixed with aws:';
    throw invalid(message, { TagKey: key });
  }
  if (key === '' || key.length > MAX_KEY_LENGTH || !ALLOWED.test(key)) {
    throw invalid('The TagKey you have provided is invalid', { TagKey: key });
  }
  if (value.length > MAX_VALUE_LENGTH || !ALLOWED.test(value)) {
    throw invalid('The TagValue you have provided is invalid', { TagKey: key, TagValue: value });
  }
}

function assertCount(tags: ReadonlyMap<string, string>, kind: Kind): void {
  if (tags.size <= LIMITS[kind]) return;
  throw new S3Error('BadRequest', {
    message: `${kind === 'object' ? 'Object' : 'Bucket'} tags cannot be greater than ${LIMITS[kind]}`,
  });
}

/** The tags of a `TagSet`. @throws {S3Error} `MalformedXML`, `InvalidTag`, or `BadRequest` for too many */
export function tagsOf(tagSet: readonly Input[] | undefined, kind: Kind): ReadonlyMap<string, string> {
  if (tagSet === undefined) throw new S3Error('MalformedXML');
  const tags = new Map<string, string>();
  for (const tag of tagSet) {
    const key = optionalText(tag, 'Key');
    const value = optionalText(tag, 'Value');
    if (key === undefined || value === undefined) throw new S3Error('MalformedXML');
    if (tags.has(key)) throw invalid('Cannot provide multiple Tags with the same key', { TagKey: key });
    assertTag(key, value, kind);
    tags.set(key, value);
  }
  assertCount(tags, kind);
  return tags;
}

/** The tags of an `x-amz-tagging` header: `a=1&b=2`. @throws {S3Error} `InvalidArgument`, `InvalidTag`, `BadRequest` */
export function tagsOfHeader(header: string | undefined): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  if (header === undefined) return tags;
  for (const [key, value] of new URLSearchParams(header)) {
    if (tags.has(key) || !ALLOWED.test(key) || !ALLOWED.test(value)) {
      throw invalidArgument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
        'x-amz-tagging',
        header,
      );
    }
    assertTag(key, value, 'object');
    tags.set(key, value);
  }
  assertCount(tags, 'object');
  return tags;
}

export function tagSetOf(tags: ReadonlyMap<string, string>): Output[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
