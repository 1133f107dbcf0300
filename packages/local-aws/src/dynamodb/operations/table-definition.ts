// The definition of a new table or index by a client, checked in AWS's order and words.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html

import { invalidParameters, validationError } from '../errors.ts';
import type { KeySchema } from '../storage/keys.ts';
import type { IndexDefinition, ProjectionType } from '../storage/secondary-index.ts';
import type { Throughput } from '../storage/table.ts';
import { javaText } from '../validation/java-text.ts';
import type { Members, Shape } from '../validation/shapes.ts';
import type { KeyType } from '../values.ts';
import * as parameters from './parameters.ts';

const MAX_UNITS = 1_000_000_000_000;
const MAX_LOCAL_INDEXES = 5;
const MAX_GLOBAL_INDEXES = 20;
const MAX_NON_KEY_ATTRIBUTES = 20;

export interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: KeyType;
}

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

export interface ThroughputParameter {
  readonly ReadCapacityUnits: number;
  readonly WriteCapacityUnits: number;
}

export interface IndexParameter {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
  readonly ProvisionedThroughput?: ThroughputParameter;
  readonly OnDemandThroughput?: Readonly<Record<string, number>>;
}

export const attributeDefinitions: Shape = {
  kind: 'list',
  of: {
    kind: 'structure',
    java: 'AttributeDefinition',
    members: {
      AttributeName: { kind: 'string', notNull: true, minLength: 1, maxLength: 255 },
      AttributeType: { ...parameters.oneOf('B', 'N', 'S'), notNull: true },
    },
  },
};

export const keySchema: Shape = {
  kind: 'list',
  notNull: true,
  minLength: 1,
  of: {
    kind: 'structure',
    java: 'KeySchemaElement',
    members: {
      AttributeName: { kind: 'string', notNull: true, minLength: 1, maxLength: 255 },
      KeyType: { ...parameters.oneOf('HASH', 'RANGE'), notNull: true },
    },
  },
};

const units: Shape = { kind: 'number', java: 'Long', notNull: true, min: 1 };

export const throughput: Shape = {
  kind: 'structure',
  java: 'ProvisionedThroughput',
  members: { WriteCapacityUnits: units, ReadCapacityUnits: units },
};

export const onDemandThroughput: Shape = {
  kind: 'structure',
  java: 'OnDemandThroughput',
  members: {
    MaxReadRequestUnits: { kind: 'number', java: 'Long' },
    MaxWriteRequestUnits: { kind: 'number', java: 'Long' },
  },
};

export const indexMembers: Members = {
  IndexName: { ...parameters.indexName, notNull: true },
  KeySchema: { ...keySchema, maxLength: 2 },
  Projection: {
    kind: 'structure',
    java: 'Projection',
    notNull: true,
    members: {
      ProjectionType: parameters.oneOf('ALL', 'INCLUDE', 'KEYS_ONLY'),
      NonKeyAttributes: { kind: 'list', minLength: 1, maxLength: MAX_NON_KEY_ATTRIBUTES, of: parameters.text },
    },
  },
};

export const globalIndexMembers: Members = {
  ...indexMembers,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemandThroughput,
};

export const throughputOf = (given: ThroughputParameter | undefined): Throughput => ({
  read: given?.ReadCapacityUnits ?? 0,
  write: given?.WriteCapacityUnits ?? 0,
});

/** @throws {DynamoDbError} when there are more units than allowed */
export function checkThroughput(given: ThroughputParameter): void {
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    if (given[name] > MAX_UNITS) throw validationError(`Given value ${given[name]} for ${name} is out of bounds`);
  }
}

/** @throws {DynamoDbError} when a table's key has more than two attributes */
export function checkKeyLength(schema: readonly KeySchemaElement[]): void {
  if (schema.length <= 2) return;
  throw validationError(
    `1 validation error detected: Value '${javaText(schema, keySchema)}' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2`,
  );
}

/** A key, with the types of its attributes. @throws {DynamoDbError} */
export function keysOf(schema: readonly KeySchemaElement[], types: ReadonlyMap<string, KeyType>): KeySchema {
  const [hash, range] = schema;
  const undefinedName = schema.find(({ AttributeName }) => !types.has(AttributeName));
  if (undefinedName !== undefined || hash === undefined) {
    const names = schema.map(({ AttributeName }) => AttributeName).join(', ');
    throw invalidParameters(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
    );
  }
  if (hash.AttributeName === range?.AttributeName) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  if (hash.KeyType !== 'HASH') {
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  }
  if (range !== undefined && range.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  const attribute = ({ AttributeName: name }: KeySchemaElement) => ({ name, type: types.get(name) ?? 'S' });
  return { hash: attribute(hash), range: range && attribute(range) };
}

function projectionOf({
  Projection: projection,
}: IndexParameter): Pick<IndexDefinition, 'projectionType' | 'nonKeyAttributes'> {
  const { ProjectionType: type, NonKeyAttributes: names } = projection;
  if (type === undefined) throw invalidParameters('Unknown ProjectionType: null');
  if (type !== 'INCLUDE' && names !== undefined) {
    throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  if (type === 'INCLUDE' && names === undefined) {
    throw invalidParameters('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  }
  return { projectionType: type as ProjectionType, nonKeyAttributes: names ?? [] };
}

/** @throws {DynamoDbError} */
export function globalIndexOf(given: IndexParameter, types: ReadonlyMap<string, KeyType>): IndexDefinition {
  return { name: given.IndexName, kind: 'global', keys: keysOf(given.KeySchema, types), ...projectionOf(given) };
}

function localIndexOf(given: IndexParameter, types: ReadonlyMap<string, KeyType>, table: KeySchema): IndexDefinition {
  const keys = keysOf(given.KeySchema, types);
  if (keys.range === undefined) {
    throw invalidParameters(`Index KeySchema does not have a range key for index: ${given.IndexName}`);
  }
  if (keys.hash.name !== table.hash.name) {
    throw invalidParameters(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${given.IndexName}. index hash key: ${keys.hash.name}, table hash key: ${table.hash.name}`,
    );
  }
  return { name: given.IndexName, kind: 'local', keys, ...projectionOf(given) };
}

class IndexNames {
  readonly #names = new Set<string>();

  add(name: string): void {
    if (this.#names.has(name)) throw invalidParameters(`Duplicate index name: ${name}`);
    this.#names.add(name);
  }
}

/** The indexes of a new table. @throws {DynamoDbError} */
export function indexesOf(
  locals: readonly IndexParameter[] | undefined,
  globals: readonly IndexParameter[] | undefined,
  types: ReadonlyMap<string, KeyType>,
  table: KeySchema,
): { readonly definition: IndexDefinition; readonly given: IndexParameter }[] {
  const names = new IndexNames();
  if (locals !== undefined) checkLocalIndexes(locals, table);
  const ofTable = (locals ?? []).map((given) => {
    const definition = localIndexOf(given, types, table);
    names.add(given.IndexName);
    return { definition, given };
  });
  if (globals?.length === 0) throw invalidParameters('List of GlobalSecondaryIndexes is empty');
  const all = (globals ?? []).map((given) => {
    const definition = globalIndexOf(given, types);
    names.add(given.IndexName);
    return { definition, given };
  });
  if (all.length > MAX_GLOBAL_INDEXES) {
    throw invalidParameters(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL_INDEXES}`);
  }
  return [...ofTable, ...all];
}

function checkLocalIndexes(locals: readonly IndexParameter[], table: KeySchema): void {
  if (locals.length === 0) throw invalidParameters('List of LocalSecondaryIndexes is empty');
  if (table.range === undefined) {
    throw invalidParameters(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    );
  }
  if (locals.length > MAX_LOCAL_INDEXES) {
    throw invalidParameters(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MAX_LOCAL_INDEXES}`);
  }
}
