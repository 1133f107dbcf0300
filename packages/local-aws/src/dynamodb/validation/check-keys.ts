// Checks whether a client's keys fit a table, with AWS's messages.

import { DynamoDbError, invalidParameters, validationError } from '../errors.ts';
import { own } from '../input.ts';
import { type KeyAttribute, keyAttributes } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { type AttributeMap, type AttributeValue, base64Bytes, typeOf, utf8Bytes } from '../values.ts';

const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/** AWS detects an empty key before all other problems; transactions distinguish it. */
export class EmptyKeyError extends DynamoDbError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}

const schemaMismatch = (): DynamoDbError => validationError('The provided key element does not match the schema');

/** `string` or `binary` when the value is an empty one of that type. */
const emptiness = (value: AttributeValue): string | undefined =>
  value.S === '' ? 'string' : value.B === '' ? 'binary' : undefined;

function checkNotEmpty({ name }: KeyAttribute, value: AttributeValue): void {
  const kind = emptiness(value);
  if (kind === undefined) return;
  throw new EmptyKeyError(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
  );
}

function checkSize(value: AttributeValue, isHash: boolean): void {
  const bytes = value.S !== undefined ? utf8Bytes(value.S) : base64Bytes(value.B ?? '');
  if (isHash && bytes > MAX_HASH_BYTES) {
    throw invalidParameters('Size of hashkey has exceeded the maximum size limit of2048 bytes');
  }
  if (!isHash && bytes > MAX_RANGE_BYTES) {
    throw invalidParameters('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
  }
}

/** Checks a `Key` parameter: the table's key attributes and nothing else. @throws {DynamoDbError} */
export function checkKey(table: Table, key: AttributeMap): void {
  const attributes = keyAttributes(table.keys);
  for (const attribute of attributes) {
    const value = own(key, attribute.name);
    if (value !== undefined) checkNotEmpty(attribute, value);
  }
  if (Object.keys(key).length !== attributes.length) throw schemaMismatch();
  attributes.forEach((attribute, index) => {
    const value = own(key, attribute.name);
    if (value?.[attribute.type] === undefined) throw schemaMismatch();
    checkSize(value, index === 0);
  });
}

/** Checks the keys in an item that is put. @throws {DynamoDbError} */
export function checkItemKeys(table: Table, item: AttributeMap): void {
  keyAttributes(table.keys).forEach((attribute, index) => {
    const { name, type } = attribute;
    const value = own(item, name);
    if (value === undefined) throw invalidParameters(`Missing the key ${name} in the item`);
    if (value[type] === undefined) {
      throw invalidParameters(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    }
    checkNotEmpty(attribute, value);
    checkSize(value, index === 0);
  });
  checkIndexKeys(table, item);
}

/** Checks the attributes that are keys of indexes, as far as the item has them. */
function checkIndexKeys(table: Table, item: AttributeMap): void {
  if (table.indexes.size === 0) return;
  for (const { definition } of table.sortedIndexes) {
    for (const { name, type } of keyAttributes(definition.keys)) {
      const value = own(item, name);
      if (value === undefined) continue;
      if (value[type] === undefined) throw indexKeyMismatch(name, type, typeOf(value), definition.name);
      const kind = emptiness(value);
      if (kind !== undefined) {
        throw new EmptyKeyError(
          `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${definition.name}, IndexKey: ${name}`,
        );
      }
    }
  }
}

function indexKeyMismatch(name: string, expected: string, actual: string, indexName: string): DynamoDbError {
  return invalidParameters(
    `Type mismatch for Index Key ${name} Expected: ${expected} Actual: ${actual} IndexName: ${indexName}`,
  );
}

/** Checks values that an update gives to attributes that are keys of indexes. @throws {DynamoDbError} */
export function checkUpdatedIndexKeys(table: Table, values: ReadonlyMap<string, AttributeValue>): void {
  if (table.indexes.size === 0) return;
  for (const { definition } of table.sortedIndexes) {
    for (const { name, type } of keyAttributes(definition.keys)) {
      const value = values.get(name);
      if (value === undefined) continue;
      if (value[type] === undefined) throw indexKeyMismatch(name, type, typeOf(value), definition.name);
      const kind = emptiness(value);
      if (kind !== undefined) {
        throw new EmptyKeyError(
          `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value.`,
        );
      }
    }
  }
}

/** Refuses paths that go into key attributes: keys are scalars. */
export function checkKeyPaths(table: Table, nested: ReadonlySet<string>): void {
  if (nested.size === 0) return;
  const frame = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:";
  for (const name of table.keyNames) {
    if (nested.has(name)) throw validationError(`${frame} Key: ${name}`);
  }
  for (const { definition } of table.sortedIndexes) {
    for (const { name } of keyAttributes(definition.keys)) {
      if (nested.has(name)) throw validationError(`${frame} IndexKey: ${name}`);
    }
  }
}
