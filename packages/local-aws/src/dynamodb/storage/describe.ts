// A table's description in AWS's form. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html

import type { Output } from '../input.ts';
import { type KeySchema, keyAttributes } from './keys.ts';
import type { SecondaryIndex } from './secondary-index.ts';
import type { Table, Throughput } from './table.ts';

export type TableStatus = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';

export function statusOf(table: Table, now: number): TableStatus {
  if (table.deletingUntil !== undefined) return 'DELETING';
  if (now < table.creatingUntil) return 'CREATING';
  return now < table.updatingUntil ? 'UPDATING' : 'ACTIVE';
}

const seconds = (ms: number): number => ms / 1000;

function describeKeys(keys: KeySchema): Output[] {
  return keyAttributes(keys).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? 'HASH' : 'RANGE',
  }));
}

function describeThroughput({ read, write }: Throughput, table: Table): Output {
  return {
    ...(table.lastIncreaseOn !== undefined && { LastIncreaseDateTime: seconds(table.lastIncreaseOn) }),
    ...(table.lastDecreaseOn !== undefined && { LastDecreaseDateTime: seconds(table.lastDecreaseOn) }),
    NumberOfDecreasesToday: table.decreasesToday,
    ReadCapacityUnits: read,
    WriteCapacityUnits: write,
  };
}

function describeIndex(index: SecondaryIndex, table: Table, now: number): Output {
  const { name, kind, keys, projectionType, nonKeyAttributes } = index.definition;
  const common = {
    IndexName: name,
    KeySchema: describeKeys(keys),
    Projection: {
      ProjectionType: projectionType,
      ...(nonKeyAttributes.length > 0 && { NonKeyAttributes: nonKeyAttributes }),
    },
    IndexSizeBytes: index.entries.bytes,
    ItemCount: index.entries.count,
    IndexArn: `${table.arn}/index/${name}`,
  };
  if (kind === 'local') return common;
  const isActive = now >= index.creatingUntil && now >= table.creatingUntil;
  return {
    ...common,
    IndexStatus: isActive ? 'ACTIVE' : 'CREATING',
    ...(!isActive && now >= table.creatingUntil && { Backfilling: true }),
    ProvisionedThroughput: describeThroughput(index.throughput, table),
    ...(index.onDemandThroughput !== undefined && { OnDemandThroughput: index.onDemandThroughput }),
  };
}

function describeBilling(table: Table): Output {
  if (table.onDemandSince === undefined) return {};
  return {
    BillingModeSummary: {
      BillingMode: table.billingMode,
      LastUpdateToPayPerRequestDateTime: seconds(table.onDemandSince),
    },
    TableThroughputModeSummary: {
      TableThroughputMode: table.billingMode,
      LastUpdateToPayPerRequestDateTime: seconds(table.onDemandSince),
    },
  };
}

/** The statuses that the response to CreateTable, UpdateTable or DeleteTable reports, even if they last no time. */
export interface StatusOverride {
  readonly status: TableStatus;
  readonly indexes?: ReadonlyMap<string, 'CREATING' | 'UPDATING' | 'DELETING'>;
}

export function describeTable(table: Table, now: number, statusOverride?: StatusOverride): Output {
  const status = statusOverride?.status ?? statusOf(table, now);
  const describeIndexes = (kind: 'global' | 'local'): Output[] =>
    [...table.indexes.values()]
      .filter(({ definition }) => definition.kind === kind)
      .map((index) => {
        const indexStatus = status === 'CREATING' ? status : statusOverride?.indexes?.get(index.definition.name);
        const description = describeIndex(index, table, now);
        return kind === 'global' && indexStatus !== undefined
          ? { ...description, IndexStatus: indexStatus }
          : description;
      });
  const [globals, locals] = [describeIndexes('global'), describeIndexes('local')];
  return {
    AttributeDefinitions: Array.from(table.attributeTypes, ([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    TableName: table.name,
    KeySchema: describeKeys(table.keys),
    TableStatus: status,
    CreationDateTime: seconds(table.createdOn),
    ProvisionedThroughput: describeThroughput(table.throughput, table),
    TableSizeBytes: table.rows.bytes,
    ItemCount: table.rows.count,
    TableArn: table.arn,
    TableId: table.id,
    ...describeBilling(table),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    ...(table.encryption !== undefined && { SSEDescription: table.encryption }),
    ...(table.tableClass !== undefined && {
      TableClassSummary: {
        TableClass: table.tableClass,
        ...(table.tableClassChangedOn !== undefined && { LastUpdateDateTime: seconds(table.tableClassChangedOn) }),
      },
    }),
    DeletionProtectionEnabled: table.deletionProtected,
    ...(table.onDemandThroughput !== undefined && { OnDemandThroughput: table.onDemandThroughput }),
  };
}
