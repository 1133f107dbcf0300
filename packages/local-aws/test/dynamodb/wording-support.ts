// The common parts of the tests of texts: a world with three tables, and calls that must be refused, returning AWS's
// text.
import { createHashTable, createIndexedTable, createWorld } from './support.ts';

export const PARAMETERS = 'One or more parameter values were invalid:';
export const EMPTY_KEY = (kind: string) =>
  `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: pk`;
export const SCHEMA = 'The provided key element does not match the schema';

/** A key, and an item, of the table `hash`. */
export const pk = { pk: { S: 'a' } };

export function createWordingWorld() {
  const world = createWorld();
  const hash = createHashTable(world);
  const hashB = createHashTable(world, 'hashB', 'B');
  const indexed = createIndexedTable(world);
  const invalid = (operation: string, input: object) => world.invalid(operation, input);
  return {
    world,
    hash,
    hashB,
    indexed,
    invalid,
    put: (more: object) => invalid('PutItem', { TableName: hash, Item: pk, ...more }),
    update: (more: object) => invalid('UpdateItem', { TableName: hash, Key: pk, ...more }),
    query: (more: object) => invalid('Query', { TableName: indexed, ...more }),
    scan: (more: object) => invalid('Scan', { TableName: hash, ...more }),
    table: (more: object) =>
      invalid('CreateTable', {
        TableName: 'new',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        ...more,
      }),
  };
}
