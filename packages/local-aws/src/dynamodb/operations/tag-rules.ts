// The rules for tags, each with AWS's message. The callers check all tags of a request before they apply any.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html

import { validationError } from '../errors.ts';
import type { Shape } from '../validation/parse-parameters.ts';
import * as parameters from './parameters.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const TAG_TEXT = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

export const tags: Shape = {
  kind: 'list',
  of: { kind: 'structure', java: 'Tag', members: { Key: parameters.text, Value: parameters.text } },
};

/** @throws {DynamoDbError} when there are more tags, or keys of tags to remove, than a table may have */
export function checkTagCount(count: number): void {
  if (count > MAX_TAGS) throw validationError('Number of Tags exceed the current limit for the provided ResourceArn');
}

/** @throws {DynamoDbError} when the text is not valid as a tag's key */
export function checkTagKey(key: string | undefined): void {
  if (key === undefined || key === '' || key.length > MAX_KEY_LENGTH || !TAG_TEXT.test(key)) {
    throw validationError(`The Tag Key provided is invalid, Key: ${key ?? null}`);
  }
}

/** @throws {DynamoDbError} when a tag is invalid, or two have the same key */
export function checkTags(tagsToCheck: readonly Partial<Tag>[]): void {
  const keys = new Set<string | undefined>();
  for (const { Key: key, Value: value } of tagsToCheck) {
    checkTagKey(key);
    if (key?.startsWith('aws:')) throw validationError(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
    if (value === undefined || value.length > MAX_VALUE_LENGTH || !TAG_TEXT.test(value)) {
      throw validationError(`The Tag Value provided is invalid, Value: ${value ?? null}`);
    }
    if (keys.has(key)) {
      throw validationError(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    }
    keys.add(key);
  }
}
