// Parses the definition of a new table or index, and checks it in AWS's order and with AWS's messages.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html

import { invalidParameters, validationError } from '../errors.ts';
import type { KeySchema } from '../storage/keys.ts';
import type { IndexDefinition, ProjectionType } from '../storage/secondary-index.ts';
import type { Throughput } from '../storage/table.ts';
import { javaText } from '../validation/java-text.ts';
import type { Members, Shape } from '../validation/parse-parameters.ts';
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

export const throughputOf = (parameter: ThroughputParameter | undefined): Throughput => ({
  read: parameter?.ReadCapacityUnits ?? 0,
  write: parameter?.WriteCapacityUnits ?? 0,
});

/** @throws {DynamoDbError} when there are more units than allowed */
export function checkThroughput(parameter: ThroughputParameter): void {
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    if (parameter[name] > MAX_UNITS)
      throw validationError(`Given value ${parameter[name]} for ${name} is out of bounds`);
  }
}

/** @throws {DynamoDbError} when a table's key has more than two attributes */
export function checkKeyLength(schema: readonly KeySchemaElement[]): void {
  if (schema.length <= 2) return;
  throw validationError(
    `1 validation error detected: Value '${javaText(schema, keySchema)}' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2`,
  );
}

/** The key schema with the types of its attributes. @throws {DynamoDbError} when it is invalid */
export function keysOf(schema: readonly KeySchemaElement[], types: ReadonlyMap<string, KeyType>): KeySchema {
  const [hash, range] = schema;
  const undefinedElement = schema.find(({ AttributeName }) => !types.has(AttributeName));
  if (undefinedElement !== undefined || hash === undefined) {
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
  const keyAttribute = ({ AttributeName: name }: KeySchemaElement) => ({ name, type: types.get(name) ?? 'S' });
  return { hash: keyAttribute(hash), range: range && keyAttribute(range) };
}

function indexProjectionOf({
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

/** The definition of a global index. @throws {DynamoDbError} when it is invalid */
export function globalIndexOf(parameter: IndexParameter, types: ReadonlyMap<string, KeyType>): IndexDefinition {
  return {
    name: parameter.IndexName,
    kind: 'global',
    keys: keysOf(parameter.KeySchema, types),
    ...indexProjectionOf(parameter),
  };
}

function localIndexOf(
  parameter: IndexParameter,
  types: ReadonlyMap<string, KeyType>,
  tableKeys: KeySchema,
): IndexDefinition {
  const keys = keysOf(parameter.KeySchema, types);
  if (keys.range === undefined) {
    throw invalidParameters(`Index KeySchema does not have a range key for index: ${parameter.IndexName}`);
  }
  if (keys.hash.name !== tableKeys.hash.name) {
    throw invalidParameters(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${parameter.IndexName}. index hash key: ${keys.hash.name}, table hash key: ${tableKeys.hash.name}`,
    );
  }
  return { name: parameter.IndexName, kind: 'local', keys, ...indexProjectionOf(parameter) };
}

/** The names of a table's indexes: refuses a name that occurs twice. */
class UniqueIndexNames {
  readonly #names = new Set<string>();

  add(name: string): void {
    if (this.#names.has(name)) throw invalidParameters(`Duplicate index name: ${name}`);
    this.#names.add(name);
  }
}

/** The indexes of a new table, each with its parameter. @throws {DynamoDbError} when a definition is invalid */
export function indexesOf(
  locals: readonly IndexParameter[] | undefined,
  globals: readonly IndexParameter[] | undefined,
  types: ReadonlyMap<string, KeyType>,
  tableKeys: KeySchema,
): { readonly definition: IndexDefinition; readonly parameter: IndexParameter }[] {
  const names = new UniqueIndexNames();
  if (locals !== undefined) checkLocalIndexes(locals, tableKeys);
  const localIndexes = (locals ?? []).map((parameter) => {
    const definition = localIndexOf(parameter, types, tableKeys);
    names.add(parameter.IndexName);
    return { definition, parameter };
  });
  if (globals?.length === 0) throw invalidParameters('List of GlobalSecondaryIndexes is empty');
  const globalIndexes = (globals ?? []).map((parameter) => {
    const definition = globalIndexOf(parameter, types);
    names.add(parameter.IndexName);
    return { definition, parameter };
  });
  if (globalIndexes.length > MAX_GLOBAL_INDEXES) {
    throw invalidParameters(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL_INDEXES}`);
  }
  return [...localIndexes, ...globalIndexes];
}

function checkLocalIndexes(locals: readonly IndexParameter[], tableKeys: KeySchema): void {
  if (locals.length === 0) throw invalidParameters('List of LocalSecondaryIndexes is empty');
  if (tableKeys.range === undefined) {
    throw invalidParameters(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    );
  }
  if (locals.length > MAX_LOCAL_INDEXES) {
    throw invalidParameters(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MAX_LOCAL_INDEXES}`);
  }
}
