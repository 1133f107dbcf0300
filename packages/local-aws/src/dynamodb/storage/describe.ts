// A table's description in AWS's form. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html

import type { Output } from '../input.ts';
import { type KeySchema, keyAttributes } from './keys.ts';
import type { SecondaryIndex } from './secondary-index.ts';
import type { Table, Throughput } from './table.ts';

export type TableStatus = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';

export function statusOf(table: Table, now: number): TableStatus {
  if (table.deletedAt !== undefined) return 'DELETING';
  if (now < table.createdAt) return 'CREATING';
  return now < table.updatedAt ? 'UPDATING' : 'ACTIVE';
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
  const isActive = now >= index.activeAt && now >= table.createdAt;
  return {
    ...common,
    IndexStatus: isActive ? 'ACTIVE' : 'CREATING',
    ...(!isActive && now >= table.createdAt && { Backfilling: true }),
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

/** The status in the answer to the call that begins a phase, even if the phase takes no time. */
export interface Beginning {
  readonly status: TableStatus;
  readonly indexes?: ReadonlyMap<string, 'CREATING' | 'UPDATING' | 'DELETING'>;
}

export function describeTable(table: Table, now: number, beginning?: Beginning): Output {
  const status = beginning?.status ?? statusOf(table, now);
  const of = (kind: 'global' | 'local'): Output[] =>
    [...table.indexes.values()]
      .filter(({ definition }) => definition.kind === kind)
      .map((index) => {
        const shown = status === 'CREATING' ? status : beginning?.indexes?.get(index.definition.name);
        const described = describeIndex(index, table, now);
        return kind === 'global' && shown !== undefined ? { ...described, IndexStatus: shown } : described;
      });
  const [globals, locals] = [of('global'), of('local')];
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
