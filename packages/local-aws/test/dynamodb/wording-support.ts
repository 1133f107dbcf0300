// The common parts of the tests of error messages: three tables, and calls that must fail, which return AWS's message.
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
  const errorMessage = (operation: string, input: object) => world.errorMessage(operation, input);
  return {
    world,
    hash,
    hashB,
    indexed,
    errorMessage,
    put: (more: object) => errorMessage('PutItem', { TableName: hash, Item: pk, ...more }),
    update: (more: object) => errorMessage('UpdateItem', { TableName: hash, Key: pk, ...more }),
    query: (more: object) => errorMessage('Query', { TableName: indexed, ...more }),
    scan: (more: object) => errorMessage('Scan', { TableName: hash, ...more }),
    table: (more: object) =>
      errorMessage('CreateTable', {
        TableName: 'new',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        ...more,
      }),
  };
}
