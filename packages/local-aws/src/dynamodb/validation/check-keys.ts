// Checks whether the keys that a client sent match the table's key schema, with AWS's messages.

import { DynamoDbError, invalidParameters, validationError } from '../errors.ts';
import { getOwn } from '../input.ts';
import { type KeyAttribute, keyAttributes } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { type AttributeMap, type AttributeValue, base64Bytes, typeOf, utf8Bytes } from '../values.ts';

const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/**
 * A key attribute is an empty text or empty bytes. In a transaction, AWS refuses the request with this error; other
 * invalid keys are reasons for a cancellation.
 */
export class EmptyKeyError extends DynamoDbError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}

const schemaMismatch = (): DynamoDbError => validationError('The provided key element does not match the schema');

/** The type of an empty text or of empty bytes, as AWS's messages name it; undefined for other values. */
const emptyTypeName = (value: AttributeValue): string | undefined =>
  value.S === '' ? 'string' : value.B === '' ? 'binary' : undefined;

function checkNotEmpty({ name }: KeyAttribute, value: AttributeValue): void {
  const typeName = emptyTypeName(value);
  if (typeName === undefined) return;
  throw new EmptyKeyError(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${typeName} value. Key: ${name}`,
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
    const value = getOwn(key, attribute.name);
    if (value !== undefined) checkNotEmpty(attribute, value);
  }
  if (Object.keys(key).length !== attributes.length) throw schemaMismatch();
  attributes.forEach((attribute, index) => {
    const value = getOwn(key, attribute.name);
    if (value?.[attribute.type] === undefined) throw schemaMismatch();
    checkSize(value, index === 0);
  });
}

/** Checks the key attributes of an item that is put. @throws {DynamoDbError} */
export function checkItemKeys(table: Table, item: AttributeMap): void {
  keyAttributes(table.keys).forEach((attribute, index) => {
    const { name, type } = attribute;
    const value = getOwn(item, name);
    if (value === undefined) throw invalidParameters(`Missing the key ${name} in the item`);
    if (value[type] === undefined) {
      throw invalidParameters(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    }
    checkNotEmpty(attribute, value);
    checkSize(value, index === 0);
  });
  checkIndexKeys(table, item);
}

/** Checks those attributes of an item that are keys of indexes. */
function checkIndexKeys(table: Table, item: AttributeMap): void {
  if (table.indexes.size === 0) return;
  for (const { definition } of table.sortedIndexes) {
    for (const { name, type } of keyAttributes(definition.keys)) {
      const value = getOwn(item, name);
      if (value === undefined) continue;
      if (value[type] === undefined) throw indexKeyMismatch(name, type, typeOf(value), definition.name);
      const typeName = emptyTypeName(value);
      if (typeName !== undefined) {
        throw new EmptyKeyError(
          `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${typeName} value. IndexName: ${definition.name}, IndexKey: ${name}`,
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

/** Checks the values that an update assigns to keys of indexes. @throws {DynamoDbError} */
export function checkUpdatedIndexKeys(table: Table, values: ReadonlyMap<string, AttributeValue>): void {
  if (table.indexes.size === 0) return;
  for (const { definition } of table.sortedIndexes) {
    for (const { name, type } of keyAttributes(definition.keys)) {
      const value = values.get(name);
      if (value === undefined) continue;
      if (value[type] === undefined) throw indexKeyMismatch(name, type, typeOf(value), definition.name);
      const typeName = emptyTypeName(value);
      if (typeName !== undefined) {
        throw new EmptyKeyError(
          `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${typeName} value.`,
        );
      }
    }
  }
}

/**
 * Refuses paths into key attributes, because keys are scalars.
 * @param nestedAttributes top-level attributes into which an expression's paths go
 */
export function checkKeyPaths(table: Table, nestedAttributes: ReadonlySet<string>): void {
  if (nestedAttributes.size === 0) return;
  const reason = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:";
  for (const name of table.keyNames) {
    if (nestedAttributes.has(name)) throw validationError(`${reason} Key: ${name}`);
  }
  for (const { definition } of table.sortedIndexes) {
    for (const { name } of keyAttributes(definition.keys)) {
      if (nestedAttributes.has(name)) throw validationError(`${reason} IndexKey: ${name}`);
    }
  }
}
