// UpdateTable: changes throughput, billing and settings, and creates and deletes global indexes.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html

import { DynamoDbError, invalidParameters, resourceNotFound, validationError } from '../errors.ts';
import type { DynamoDbState } from '../state.ts';
import { describeTable, statusOf } from '../storage/describe.ts';
import { keyAttributes } from '../storage/keys.ts';
import { SecondaryIndex } from '../storage/secondary-index.ts';
import type { BillingMode, Table, Throughput } from '../storage/table.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import {
  type AttributeDefinition,
  attributeDefinitions,
  checkThroughput,
  globalIndexMembers,
  globalIndexOf,
  type IndexParameter,
  onDemandThroughput,
  type ThroughputParameter,
  throughput,
  throughputOf,
} from './table-definition.ts';
import { applySettings, checkStream, settings, type TableSettings } from './table-settings.ts';
import { billingMode, tableByName } from './tables.ts';

interface IndexUpdate {
  readonly Create?: IndexParameter;
  readonly Update?: {
    readonly IndexName: string;
    readonly ProvisionedThroughput?: ThroughputParameter;
    readonly OnDemandThroughput?: Readonly<Record<string, number>>;
  };
  readonly Delete?: { readonly IndexName: string };
}

type IndexUpdateParameters = NonNullable<IndexUpdate['Update']>;

interface UpdateParameters extends TableSettings {
  readonly TableName: string;
  readonly AttributeDefinitions?: readonly AttributeDefinition[];
  readonly BillingMode?: BillingMode;
  readonly ProvisionedThroughput?: ThroughputParameter;
  readonly GlobalSecondaryIndexUpdates?: readonly IndexUpdate[];
}

const INDEX_NAME: Members = { IndexName: { ...parameters.indexName, notNull: true } };

const UPDATE: Members = {
  AttributeDefinitions: attributeDefinitions,
  TableName: parameters.tableName,
  ProvisionedThroughput: throughput,
  BillingMode: billingMode,
  GlobalSecondaryIndexUpdates: {
    kind: 'list',
    of: {
      kind: 'structure',
      java: 'GlobalSecondaryIndexUpdate',
      members: {
        Update: {
          kind: 'structure',
          java: 'UpdateGlobalSecondaryIndexAction',
          members: { ...INDEX_NAME, ProvisionedThroughput: throughput, OnDemandThroughput: onDemandThroughput },
        },
        Create: { kind: 'structure', java: 'CreateGlobalSecondaryIndexAction', members: globalIndexMembers },
        Delete: { kind: 'structure', java: 'DeleteGlobalSecondaryIndexAction', members: INDEX_NAME },
      },
    },
  },
  OnDemandThroughput: onDemandThroughput,
  ...settings,
};

const SETTINGS = [
  'ProvisionedThroughput',
  'BillingMode',
  'SSESpecification',
  'DeletionProtectionEnabled',
  'TableClass',
  'OnDemandThroughput',
  'StreamSpecification',
] as const;

const indexNameOf = ({ Create, Update, Delete }: IndexUpdate): string | undefined =>
  (Create ?? Update ?? Delete)?.IndexName;

function checkRequest(request: UpdateParameters): void {
  const updates = request.GlobalSecondaryIndexUpdates ?? [];
  if (updates.length === 0 && SETTINGS.every((name) => request[name] === undefined)) {
    throw validationError(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    );
  }
  if (request.BillingMode === 'PROVISIONED' && request.ProvisionedThroughput === undefined) {
    throw invalidParameters('ProvisionedThroughput must be specified when BillingMode is PROVISIONED');
  }
  if (request.ProvisionedThroughput !== undefined) checkThroughput(request.ProvisionedThroughput);
  checkStream(request.StreamSpecification);
  const names = new Set<string>();
  for (const update of updates) {
    const name = indexNameOf(update);
    if (name === undefined) {
      throw invalidParameters(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
      );
    }
    if ([update.Create, update.Update, update.Delete].filter((action) => action !== undefined).length > 1) {
      throw invalidParameters(
        'Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object',
      );
    }
    if (names.has(name)) {
      throw invalidParameters(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${name}`,
      );
    }
    names.add(name);
  }
}

/** @throws {DynamoDbError} when the throughput would not change; its message names the target in two ways */
function checkThroughputChanges(target: string, shortTarget: string, current: Throughput, next: Throughput): void {
  if (current.read !== next.read || current.write !== next.write) return;
  throw validationError(
    `The provisioned throughput for ${target} will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for ${shortTarget}: ${current.read}. Requested ReadCapacityUnits: ${next.read}. Current WriteCapacityUnits provisioned for ${shortTarget}: ${current.write}. Requested WriteCapacityUnits: ${next.write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
  );
}

function checkIsGlobal(table: Table, name: string, action: 'update' | 'delete'): void {
  const index = table.indexes.get(name);
  if (index === undefined) throw resourceNotFound(`Index ${name} for table ${table.name}`);
  if (index.definition.kind !== 'global') {
    throw validationError(`Cannot ${action} an index that is not a GlobalSecondaryIndex: ${name}`);
  }
}

function checkOnDemandUpdate(update: IndexUpdateParameters): void {
  const { IndexName: name, ProvisionedThroughput: provisioned, OnDemandThroughput: onDemand = {} } = update;
  if (provisioned === undefined && Object.keys(onDemand).length > 0) return;
  throw invalidParameters(
    `The only Updates for index: ${name} when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput`,
  );
}

/** Checks all changes of indexes before one is applied. */
function checkIndexUpdates(state: DynamoDbState, table: Table, request: UpdateParameters): void {
  const { BillingMode: mode = table.billingMode, GlobalSecondaryIndexUpdates: updates = [] } = request;
  const isIndexCreating = [...table.indexes.values()].some(({ creatingUntil }) => state.now() < creatingUntil);
  const createOrDeleteCount = updates.filter(
    ({ Create, Delete }) => Create !== undefined || Delete !== undefined,
  ).length;
  for (const { Create, Update, Delete } of updates) {
    const existingName = (Update ?? Delete)?.IndexName;
    if (existingName !== undefined) checkIsGlobal(table, existingName, Update === undefined ? 'delete' : 'update');
    if (Update !== undefined && mode === 'PAY_PER_REQUEST') checkOnDemandUpdate(Update);
    if (Create !== undefined && table.indexes.has(Create.IndexName)) {
      throw validationError('Attempting to create an index which already exists');
    }
  }
  if (createOrDeleteCount > 1 || (createOrDeleteCount > 0 && isIndexCreating)) {
    throw new DynamoDbError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
}

/** A new index, without its entries. @throws {DynamoDbError} when its definition is invalid */
function newIndex(
  state: DynamoDbState,
  table: Table,
  parameter: IndexParameter,
  request: UpdateParameters,
): SecondaryIndex {
  if (request.AttributeDefinitions === undefined) {
    throw invalidParameters(`AttributeDefinitions is not specified for index: ${parameter.IndexName}`);
  }
  const types = new Map(table.attributeTypes);
  for (const { AttributeName: name, AttributeType: type } of request.AttributeDefinitions) {
    const existingType = types.get(name);
    if (existingType !== undefined && existingType !== type) {
      throw invalidParameters(`Attribute ${name} is already defined with the type ${existingType}`);
    }
    types.set(name, type);
  }
  const definition = globalIndexOf(parameter, types);
  const mode = request.BillingMode ?? table.billingMode;
  if (mode === 'PROVISIONED' && parameter.ProvisionedThroughput === undefined) {
    throw invalidParameters(`ProvisionedThroughput must be specified for index: ${parameter.IndexName}`);
  }
  if (mode === 'PAY_PER_REQUEST' && parameter.ProvisionedThroughput !== undefined) {
    throw invalidParameters(
      `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${parameter.IndexName} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  const index = new SecondaryIndex(definition, table.keys);
  index.throughput = throughputOf(parameter.ProvisionedThroughput);
  index.onDemandThroughput = parameter.OnDemandThroughput;
  index.creatingUntil = state.now() + state.phases.createIndexMs;
  return index;
}

/** @throws {DynamoDbError} when an update would not change the throughput of its index */
function checkIndexThroughput(table: Table, { IndexName: name, ProvisionedThroughput: next }: IndexUpdateParameters) {
  const index = table.indexes.get(name);
  if (index === undefined || next === undefined) return;
  checkThroughputChanges(`the index ${name}`, `index ${name}`, index.throughput, throughputOf(next));
}

/** Removes the definitions of attributes that are no longer part of a key. */
function dropUnusedDefinitions(table: Table): void {
  const schemas = [table.keys, ...Array.from(table.indexes.values(), ({ definition }) => definition.keys)];
  const used = new Set(schemas.flatMap((keys) => keyAttributes(keys).map(({ name }) => name)));
  for (const name of table.attributeTypes.keys()) if (!used.has(name)) table.attributeTypes.delete(name);
}

type IndexStatuses = Map<string, 'CREATING' | 'UPDATING' | 'DELETING'>;

function updateIndexes(state: DynamoDbState, table: Table, request: UpdateParameters): IndexStatuses {
  const changes = request.GlobalSecondaryIndexUpdates ?? [];
  const updates = changes.flatMap(({ Update }) => Update ?? []);
  const newIndexes = changes.flatMap(({ Create }) => (Create ? newIndex(state, table, Create, request) : []));
  for (const update of updates) checkIndexThroughput(table, update);
  // All checks are done. From here on nothing may throw, because an error must leave the table unchanged.
  const statuses: IndexStatuses = new Map();
  for (const index of newIndexes) {
    for (const { name, type } of keyAttributes(index.definition.keys)) table.attributeTypes.set(name, type);
    table.addIndex(index);
    statuses.set(index.definition.name, 'CREATING');
  }
  for (const { IndexName: name, ProvisionedThroughput: provisioned, OnDemandThroughput: onDemand } of updates) {
    const index = table.indexes.get(name);
    if (index === undefined) continue;
    if (provisioned !== undefined) index.throughput = throughputOf(provisioned);
    if (onDemand !== undefined) index.onDemandThroughput = onDemand;
    statuses.set(name, 'UPDATING');
  }
  return statuses;
}

function updateThroughput(table: Table, next: Throughput, now: number): void {
  const { read, write } = table.throughput;
  if (next.read > read || next.write > write) table.lastIncreaseOn = now;
  if (next.read < read || next.write < write) {
    table.lastDecreaseOn = now;
    table.decreasesToday += 1;
  }
  table.throughput = next;
}

function updateBilling(table: Table, request: UpdateParameters, now: number): void {
  const { BillingMode: mode = table.billingMode, ProvisionedThroughput: requested } = request;
  if (requested !== undefined) updateThroughput(table, throughputOf(requested), now);
  if (mode === table.billingMode) return;
  table.billingMode = mode;
  if (mode === 'PROVISIONED') return;
  table.onDemandSince = now;
  table.throughput = throughputOf(undefined);
  for (const index of table.indexes.values()) index.throughput = throughputOf(undefined);
}

const updateTable: Operation = (state, input) => {
  const request = parseParameters<UpdateParameters>(input, UPDATE);
  checkRequest(request);
  const table = tableByName(state, request.TableName);
  const now = state.now();
  if (statusOf(table, now) !== 'ACTIVE') {
    throw new DynamoDbError(
      'ResourceInUseException',
      `Attempt to change a resource which is still in use: Table is being updated: ${table.name}`,
    );
  }
  const requested = request.ProvisionedThroughput;
  if (requested !== undefined) {
    if ((request.BillingMode ?? table.billingMode) === 'PAY_PER_REQUEST') {
      throw invalidParameters(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      );
    }
    if (table.billingMode === 'PROVISIONED')
      checkThroughputChanges('the table', 'the table', table.throughput, throughputOf(requested));
  }
  const updates = request.GlobalSecondaryIndexUpdates ?? [];
  checkIndexUpdates(state, table, request);
  const indexes = updateIndexes(state, table, request);
  updateBilling(table, request, now);
  const isClassChanged = request.TableClass !== undefined && request.TableClass !== (table.tableClass ?? 'STANDARD');
  applySettings(state, table, request);
  if (isClassChanged) table.tableClassChangedOn = now;
  table.updatingUntil = now + state.phases.updateTableMs;
  for (const { Delete } of updates) if (Delete !== undefined) indexes.set(Delete.IndexName, 'DELETING');
  const description = describeTable(table, now, { status: 'UPDATING', indexes });
  for (const { Delete } of updates) if (Delete !== undefined) table.indexes.delete(Delete.IndexName);
  dropUnusedDefinitions(table);
  return { TableDescription: description };
};

export const UPDATE_TABLE_OPERATIONS: Operations = { UpdateTable: updateTable };
