// The embedded DynamoDB with a clock that tests move, and the tables that most tests need.

import { expect } from '@jest/globals';
import { DynamoDbEngine, type DynamoDbEngineOptions, DynamoDbError } from '../../src/index.ts';

export type Value = Record<string, unknown>;
export type Item = Record<string, Value>;

/** The members of responses that tests read. */
export interface Answer {
  readonly Item?: Item;
  readonly Items?: Item[];
  readonly Attributes?: Item;
  readonly Count?: number;
  readonly ScannedCount?: number;
  readonly LastEvaluatedKey?: Item;
  readonly [member: string]: unknown;
}

export interface World {
  readonly engine: DynamoDbEngine;
  readonly clock: { ms: number };
  call(operation: string, input?: object): Answer;
  /** The error that a call throws. */
  errorOf(operation: string, input?: object): DynamoDbError;
  /** The message of a `ValidationException`. */
  errorMessage(operation: string, input?: object): string;
}

export function createWorld(options: Partial<DynamoDbEngineOptions> = {}): World {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const engine = new DynamoDbEngine({ clock: { now: () => clock.ms }, ...options });
  const world: World = {
    engine,
    clock,
    call: (operation, input = {}) => engine.call(operation, structuredClone(input) as Answer) as Answer,
    errorOf(operation, input) {
      try {
        world.call(operation, input);
      } catch (error) {
        if (error instanceof DynamoDbError) return error;
        throw error;
      }
      throw new Error(`${operation} was not refused.`);
    },
    errorMessage(operation, input) {
      const error = world.errorOf(operation, input);
      expect(error.code).toBe('ValidationException');
      return error.message;
    },
  };
  return world;
}

const key = (name: string, range?: string) => [
  { AttributeName: name, KeyType: 'HASH' },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
];

/** Attribute definitions, each of a name, or of a name and a type such as `pk:B`. */
const definitions = (...names: string[]) =>
  names.map((name) => {
    const [AttributeName = '', AttributeType = 'S'] = name.split(':');
    return { AttributeName, AttributeType };
  });

/** A table with the hash key `pk`. */
export function createHashTable(world: World, TableName = 'hash', type = 'S'): string {
  world.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitions(`pk:${type}`),
    KeySchema: key('pk'),
  });
  return TableName;
}

/**
 * A table with `pk` and `sk`, two local indexes (`lsi1` projects all attributes, `lsi2` some) and two global ones
 * (likewise).
 */
export function createIndexedTable(world: World, TableName = 'indexed'): string {
  const include = (...NonKeyAttributes: string[]) => ({ ProjectionType: 'INCLUDE', NonKeyAttributes });
  world.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitions('pk', 'sk', 'lsi1sk', 'lsi2sk'),
    KeySchema: key('pk', 'sk'),
    LocalSecondaryIndexes: [
      { IndexName: 'lsi1', KeySchema: key('pk', 'lsi1sk'), Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'lsi2', KeySchema: key('pk', 'lsi2sk'), Projection: include('lsi1sk') },
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'gsi1', KeySchema: key('lsi1sk'), Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'gsi2', KeySchema: key('lsi1sk', 'lsi2sk'), Projection: include('data') },
    ],
  });
  return TableName;
}

/** A table with `pk` and a sort key `sk` of a type. */
export function createSortedTable(world: World, type = 'S', TableName = `sorted${type}`): string {
  world.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitions('pk', `sk:${type}`),
    KeySchema: key('pk', 'sk'),
  });
  return TableName;
}
