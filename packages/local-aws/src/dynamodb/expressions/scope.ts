// The placeholders of a request's expressions: looks up their values, and checks that all of them are used.

import { invalidParameters, validationError } from '../errors.ts';
import { getOwn } from '../input.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import type { AttributeValue } from '../values.ts';

const NAME_PLACEHOLDER = /^#[0-9a-zA-Z_]+$/;
const VALUE_PLACEHOLDER = /^:[0-9a-zA-Z_]+$/;
const MAX_NAME_LENGTH = 255;
/** The largest number of placeholders that an error message lists. */
const MAX_LISTED = 1000;
const MAX_VALUES_BYTES = 2 * 1024 * 1024;

export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: CheckedMap;
}

function checkNames(names: Readonly<Record<string, string>>): void {
  const entries = Object.entries(names);
  if (entries.length === 0) throw validationError('ExpressionAttributeNames must not be empty');
  for (const [key, name] of entries) {
    if (!NAME_PLACEHOLDER.test(key)) {
      throw validationError(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    }
    if (name === '') throw validationError(`ExpressionAttributeNames contains invalid value: Empty attribute name`);
    if (name.length > MAX_NAME_LENGTH) {
      throw invalidParameters(
        `Member in ExpressionAttributeNames must have length less than or equal to ${MAX_NAME_LENGTH}`,
      );
    }
  }
}

function checkValues({ values, problem, problemAttribute, bytes }: CheckedMap): void {
  const keys = Object.keys(values);
  if (keys.length === 0) throw validationError('ExpressionAttributeValues must not be empty');
  for (const key of keys) {
    if (!VALUE_PLACEHOLDER.test(key)) {
      throw validationError(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    }
  }
  if (problem !== undefined) {
    throw validationError(`ExpressionAttributeValues contains invalid value: ${problem} for key ${problemAttribute}`);
  }
  if (bytes > MAX_VALUES_BYTES) throw validationError('ExpressionAttributeValues must not exceed 2 MB');
}

/** The placeholders of one request, which all its expressions use. */
export class Scope {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, AttributeValue>>;
  readonly #used = new Set<string>();

  /** @throws {DynamoDbError} when a placeholder or a value is invalid */
  constructor({ ExpressionAttributeNames, ExpressionAttributeValues }: Placeholders) {
    if (ExpressionAttributeNames !== undefined) checkNames(ExpressionAttributeNames);
    if (ExpressionAttributeValues !== undefined) checkValues(ExpressionAttributeValues);
    this.#names = ExpressionAttributeNames ?? {};
    this.#values = ExpressionAttributeValues?.values ?? {};
  }

  /** The attribute that `#name` stands for. */
  name(placeholder: string): string | undefined {
    this.#used.add(placeholder);
    return getOwn(this.#names, placeholder);
  }

  /** The value that `:name` stands for. */
  value(placeholder: string): AttributeValue | undefined {
    this.#used.add(placeholder);
    return getOwn(this.#values, placeholder);
  }

  /** @throws {DynamoDbError} when a placeholder is not used in any expression */
  checkAllUsed(): void {
    const check = (keys: readonly string[], parameter: string): void => {
      const unusedKeys = keys.filter((key) => !this.#used.has(key));
      if (unusedKeys.length > 0) {
        throw validationError(
          `Value provided in ${parameter} unused in expressions: keys: {${unusedKeys.slice(0, MAX_LISTED).join(', ')}}`,
        );
      }
    };
    check(Object.keys(this.#names), 'ExpressionAttributeNames');
    check(Object.keys(this.#values), 'ExpressionAttributeValues');
  }
}
