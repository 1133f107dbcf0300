// Operations on tables: create, describe, list, delete.

import { DynamoDbError, invalidParameters, resourceNotFound, validationError } from '../errors.ts';
import type { DynamoDbState } from '../state.ts';
import { describeTable, statusOf } from '../storage/describe.ts';
import { keyAttributes } from '../storage/keys.ts';
import { SecondaryIndex } from '../storage/secondary-index.ts';
import { type BillingMode, Table } from '../storage/table.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import {
  type AttributeDefinition,
  attributeDefinitions,
  checkKeyLength,
  checkThroughput,
  globalIndexMembers,
  type IndexParameter,
  indexesOf,
  indexMembers,
  type KeySchemaElement,
  keySchema,
  keysOf,
  onDemandThroughput,
  type ThroughputParameter,
  throughput,
  throughputOf,
} from './table-definition.ts';
import { applySettings, checkStream, settings, type TableSettings } from './table-settings.ts';
import { checkTagCount, checkTags, type Tag, tags } from './tag-rules.ts';

interface CreateParameters extends TableSettings {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly AttributeDefinition[];
  readonly KeySchema: readonly KeySchemaElement[];
  readonly BillingMode?: BillingMode;
  readonly ProvisionedThroughput?: ThroughputParameter;
  readonly LocalSecondaryIndexes?: readonly IndexParameter[];
  readonly GlobalSecondaryIndexes?: readonly IndexParameter[];
  readonly Tags?: readonly Tag[];
}

export const billingMode = parameters.oneOf('PROVISIONED', 'PAY_PER_REQUEST');

const CREATE: Members = {
  AttributeDefinitions: { ...attributeDefinitions, notNull: true },
  TableName: { ...parameters.tableName, notNull: false },
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  KeySchema: keySchema,
  LocalSecondaryIndexes: {
    kind: 'list',
    of: { kind: 'structure', java: 'LocalSecondaryIndex', members: indexMembers },
  },
  GlobalSecondaryIndexes: {
    kind: 'list',
    of: { kind: 'structure', java: 'GlobalSecondaryIndex', members: globalIndexMembers },
  },
  OnDemandThroughput: onDemandThroughput,
  Tags: tags,
  ...settings,
};

const TABLE_NAME: Members = { TableName: parameters.tableName };

function checkNameIsPresent(name: unknown): void {
  if (name === undefined || name === null) {
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  }
}

function checkBilling({ BillingMode: mode, ProvisionedThroughput: throughputParameter }: CreateParameters): void {
  if (mode === 'PAY_PER_REQUEST') {
    if (throughputParameter === undefined) return;
    throw invalidParameters(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (throughputParameter === undefined) {
    throw invalidParameters(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  }
  checkThroughput(throughputParameter);
}

function checkIndexBilling({ BillingMode: mode, GlobalSecondaryIndexes: indexes = [] }: CreateParameters): void {
  for (const { IndexName: name, ProvisionedThroughput: throughputParameter } of indexes) {
    if (mode === 'PAY_PER_REQUEST' && throughputParameter !== undefined) {
      throw invalidParameters(
        `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
      );
    }
    if (mode !== 'PAY_PER_REQUEST' && throughputParameter === undefined) {
      throw invalidParameters(`ProvisionedThroughput is not specified for index: ${name}`);
    }
  }
}

function checkAllDefinitionsUsed(request: CreateParameters, used: ReadonlySet<string>): void {
  const defined = request.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  if (defined.every((name) => used.has(name))) return;
  const hasIndexes = request.LocalSecondaryIndexes !== undefined || request.GlobalSecondaryIndexes !== undefined;
  throw invalidParameters(
    hasIndexes
      ? `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`
      : 'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
  );
}

function newTable(state: DynamoDbState, request: CreateParameters): Table {
  checkBilling(request);
  checkKeyLength(request.KeySchema);
  if (request.KeySchema.length > request.AttributeDefinitions.length) {
    throw validationError('Invalid KeySchema: Some index key attribute have no definition');
  }
  const types = new Map(
    request.AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  const keys = keysOf(request.KeySchema, types);
  const indexes = indexesOf(request.LocalSecondaryIndexes, request.GlobalSecondaryIndexes, types, keys);
  const schemas = [keys, ...indexes.map(({ definition }) => definition.keys)];
  checkAllDefinitionsUsed(request, new Set(schemas.flatMap((schema) => keyAttributes(schema).map(({ name }) => name))));
  checkIndexBilling(request);
  checkStream(request.StreamSpecification);
  const table = new Table({
    name: request.TableName,
    arn: state.arnOf(request.TableName),
    id: state.uuid(),
    createdOn: state.now(),
    keys,
    attributeTypes: types,
    billingMode: request.BillingMode ?? 'PROVISIONED',
    throughput: throughputOf(request.ProvisionedThroughput),
  });
  for (const { definition, parameter } of indexes) {
    const index = new SecondaryIndex(definition, keys);
    index.throughput = throughputOf(parameter.ProvisionedThroughput);
    index.onDemandThroughput = parameter.OnDemandThroughput;
    table.addIndex(index);
  }
  return table;
}

const createTable: Operation = (state, input) => {
  checkNameIsPresent(input.TableName);
  const request = parseParameters<CreateParameters>(input, CREATE);
  const table = newTable(state, request);
  checkTags(request.Tags ?? []);
  checkTagCount(request.Tags?.length ?? 0);
  if (state.findTable(table.name) !== undefined) {
    throw new DynamoDbError('ResourceInUseException', `Table already exists: ${table.name}`);
  }
  applySettings(state, table, request);
  for (const { Key, Value } of request.Tags ?? []) table.tags.set(Key, Value);
  const now = state.now();
  table.creatingUntil = now + state.phases.createTableMs;
  state.tables.set(table.name, table);
  return { TableDescription: describeTable(table, now, { status: 'CREATING' }) };
};

/** @throws {DynamoDbError} when the table does not exist */
export function tableByName(state: DynamoDbState, name: string): Table {
  const table = state.findTable(name);
  if (table === undefined) throw resourceNotFound(`Table: ${name} not found`);
  return table;
}

const describeTableOperation: Operation = (state, input) => {
  checkNameIsPresent(input.TableName);
  const { TableName: name } = parseParameters<{ TableName: string }>(input, TABLE_NAME);
  return { Table: describeTable(tableByName(state, name), state.now()) };
};

const deleteTable: Operation = (state, input) => {
  checkNameIsPresent(input.TableName);
  const { TableName: name } = parseParameters<{ TableName: string }>(input, TABLE_NAME);
  const table = tableByName(state, name);
  const now = state.now();
  const status = statusOf(table, now);
  if (status === 'CREATING' || status === 'DELETING') {
    const action = status === 'CREATING' ? 'created' : 'deleted';
    throw new DynamoDbError(
      'ResourceInUseException',
      `Attempt to change a resource which is still in use: Table is being ${action}: ${name}`,
    );
  }
  if (table.deletionProtected) {
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  }
  table.deletingUntil = now + state.phases.deleteTableMs;
  const description = describeTable(table, now, { status: 'DELETING' });
  if (state.phases.deleteTableMs === 0) state.tables.delete(name);
  return { TableDescription: description };
};

const LIST: Members = {
  Limit: { kind: 'number', java: 'Integer', min: 1, max: 100 },
  ExclusiveStartTableName: { ...parameters.tableName, notNull: false },
};

const listTables: Operation = (state, input) => {
  const { Limit: limit = 100, ExclusiveStartTableName: start = '' } = parseParameters<{
    Limit?: number;
    ExclusiveStartTableName?: string;
  }>(input, LIST);
  const names = [...state.tables.keys()].filter((name) => name > start && state.findTable(name) !== undefined).sort();
  const page = names.slice(0, limit);
  return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
};

export const TABLE_OPERATIONS: Operations = {
  CreateTable: createTable,
  DescribeTable: describeTableOperation,
  DeleteTable: deleteTable,
  ListTables: listTables,
};
