// Checks `ExclusiveStartKey`, after which a query or a scan continues, and finds its position.

import { DynamoDbError, validationError } from '../errors.ts';
import { getOwn } from '../input.ts';
import type { Source } from '../source.ts';
import { indexPositionOf, keyAttributes, type Position, positionOf } from '../storage/keys.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import type { AttributeMap, AttributeValue } from '../values.ts';

const PREFIX = 'The provided starting key is invalid';
/** Problems that AWS reports without the prefix. */
const WITHOUT_PREFIX = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;

const invalidStartKey = (reason?: string): DynamoDbError =>
  validationError(reason === undefined ? PREFIX : `${PREFIX}: ${reason}`);

/** @throws {DynamoDbError} when a value of the key is invalid */
export function checkStartKeyValues(key: CheckedMap | undefined): void {
  const problem = key?.problem;
  if (problem !== undefined) throw validationError(WITHOUT_PREFIX.test(problem) ? problem : `${PREFIX}: ${problem}`);
}

/** The part of the start key that is the table's key. */
function tableKeyOf({ table }: Source, values: AttributeMap): AttributeMap {
  const entries = table.keyNames.flatMap((name): [string, AttributeValue][] => {
    const value = getOwn(values, name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/**
 * @param countMismatch AWS's reason when the number of attributes is wrong, if it reports one
 * @throws {DynamoDbError} when the key does not have exactly the key attributes of the table (and of the index)
 */
export function startPosition(source: Source, key: CheckedMap, countMismatch?: string): Position {
  const { values } = key;
  if (Object.keys(values).length !== source.startKeyNames.length) throw invalidStartKey(countMismatch);
  if (source.index !== undefined) {
    for (const { name, type } of keyAttributes(source.keys)) {
      const value = getOwn(values, name);
      if (value === undefined) throw invalidStartKey();
      if (value[type] === undefined) throw validationError('The provided key element does not match the schema');
    }
  }
  const tableKey = tableKeyOf(source, values);
  try {
    checkKey(source.table, tableKey);
  } catch (error) {
    throw error instanceof DynamoDbError ? invalidStartKey(error.message) : error;
  }
  const position = positionOf(source.table.keys, tableKey);
  if (source.index === undefined) return position;
  const indexPosition = indexPositionOf(source.keys, values, position);
  if (indexPosition === undefined) throw invalidStartKey();
  return indexPosition;
}
