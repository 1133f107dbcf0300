// When a bucket's lifecycle rules would remove an object: reported, but not executed.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html

import type { Bucket } from './bucket.ts';
import { type Input, isObject, optionalInteger, optionalList, optionalText } from './input.ts';
import type { StoredObject } from './object.ts';

const DAY_MS = 86_400_000;

/** Whether an object has a filter's tag; true for a filter without one. */
function hasTag(object: StoredObject, tag: unknown): boolean {
  if (!isObject(tag)) return true;
  return object.attributes.tags.get(optionalText(tag, 'Key') ?? '') === optionalText(tag, 'Value');
}

/** Whether an object meets all members of a filter, or of its `And`. */
function matches(filter: Input, object: StoredObject): boolean {
  return (
    object.key.startsWith(optionalText(filter, 'Prefix') ?? '') &&
    object.bytes > (optionalInteger(filter, 'ObjectSizeGreaterThan') ?? -1) &&
    object.bytes < (optionalInteger(filter, 'ObjectSizeLessThan') ?? Number.POSITIVE_INFINITY) &&
    hasTag(object, filter.Tag) &&
    (optionalList(filter, 'Tags') ?? []).every((tag) => hasTag(object, tag)) &&
    (!isObject(filter.And) || matches(filter.And, object))
  );
}

function expiresOn(expiration: Input, object: StoredObject): Date | undefined {
  if (expiration.Date instanceof Date) return expiration.Date;
  const days = optionalInteger(expiration, 'Days');
  if (days === undefined) return undefined;
  // Objects expire at the midnight after the last day.
  return new Date((Math.floor(object.lastModified / DAY_MS) + days + 1) * DAY_MS);
}

/** The `x-amz-expiration` of an object, from the first rule that expires it. */
export function expirationOf({ lifecycle }: Bucket, object: StoredObject): string | undefined {
  for (const rule of lifecycle?.rules ?? []) {
    if (rule.Status !== 'Enabled' || !isObject(rule.Expiration)) continue;
    const filter = isObject(rule.Filter) ? rule.Filter : rule;
    const date = matches(filter, object) ? expiresOn(rule.Expiration, object) : undefined;
    if (date !== undefined) return `expiry-date="${date.toUTCString()}", rule-id="${rule.ID}"`;
  }
  return undefined;
}
