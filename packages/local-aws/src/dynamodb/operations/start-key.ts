// Checks `ExclusiveStartKey`, from which a query or a scan continues.

import { DynamoDbError, validationError } from '../errors.ts';
import { own } from '../input.ts';
import type { Source } from '../source.ts';
import { indexPositionOf, keyAttributes, type Position, positionOf } from '../storage/keys.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import type { AttributeMap, AttributeValue } from '../values.ts';

const FRAME = 'The provided starting key is invalid';
/** Problems that AWS reports without the usual first sentence. */
const UNFRAMED = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;

const invalid = (reason?: string): DynamoDbError =>
  validationError(reason === undefined ? FRAME : `${FRAME}: ${reason}`);

/** @throws {DynamoDbError} when a value of the key is invalid */
export function checkStartKeyValues(key: CheckedMap | undefined): void {
  const problem = key?.problem;
  if (problem !== undefined) throw validationError(UNFRAMED.test(problem) ? problem : `${FRAME}: ${problem}`);
}

function tableKey({ table }: Source, values: AttributeMap): AttributeMap {
  const entries = table.keyNames.flatMap((name): [string, AttributeValue][] => {
    const value = own(values, name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** @throws {DynamoDbError} when the key is not a key of the table (and of the index) */
export function startPosition(source: Source, key: CheckedMap, countMismatch?: string): Position {
  const { values } = key;
  if (Object.keys(values).length !== source.startKeyNames.length) throw invalid(countMismatch);
  if (source.index !== undefined) {
    for (const { name, type } of keyAttributes(source.keys)) {
      const value = own(values, name);
      if (value === undefined) throw invalid();
      if (value[type] === undefined) throw validationError('The provided key element does not match the schema');
    }
  }
  const ofTable = tableKey(source, values);
  try {
    checkKey(source.table, ofTable);
  } catch (error) {
    throw error instanceof DynamoDbError ? invalid(error.message) : error;
  }
  const position = positionOf(source.table.keys, ofTable);
  if (source.index === undefined) return position;
  const inIndex = indexPositionOf(source.keys, values, position);
  if (inIndex === undefined) throw invalid();
  return inIndex;
}
