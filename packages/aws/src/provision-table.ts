// The table and its index.
import {
  CreateTableCommand,
  DescribeTableCommand,
  type TableDescription,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { MovieLoadError } from '@movie-load/schema';
import type { DynamoDbSender } from './clients.ts';
import { errorName } from './errors.ts';
import type { Provisioning } from './provisioning.ts';
import { sdk } from './queue.ts';

/** The table as it is, or undefined. Throws `resource_differs` for one that cannot become what is wanted. */
export async function findTable(dynamodb: DynamoDbSender, work: Provisioning): Promise<TableDescription | undefined> {
  const found = await describe(dynamodb, work);
  if (found !== undefined) requireKeys(found, work);
  return found;
}

export async function provisionTable(
  dynamodb: DynamoDbSender,
  work: Provisioning,
  there?: TableDescription,
): Promise<void> {
  const { table } = work.definitions;
  if ((there ?? (await findTable(dynamodb, work))) === undefined) {
    try {
      await dynamodb.send(new CreateTableCommand(table), sdk(work.options));
      work.created(table.TableName);
    } catch (error) {
      // Another process is creating it at this moment.
      if (errorName(error) !== 'ResourceInUseException') throw error;
    }
  }
  const found = await untilActive(dynamodb, work);
  requireKeys(found, work);
  const [index] = table.GlobalSecondaryIndexes ?? [];
  if (index !== undefined && indexOf(found, index.IndexName) === undefined) {
    await change(dynamodb, work, {
      TableName: table.TableName,
      AttributeDefinitions: table.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    });
    work.changed(`${table.TableName} index ${index.IndexName}`);
  }
  const billing = found.BillingModeSummary?.BillingMode;
  if (billing !== undefined && billing !== table.BillingMode) {
    await change(dynamodb, work, { TableName: table.TableName, BillingMode: table.BillingMode });
    work.changed(`${table.TableName} BillingMode`);
  }
}

function requireKeys(found: TableDescription, { definitions: { table } }: Provisioning): void {
  if (keysOf(found.KeySchema) !== keysOf(table.KeySchema)) {
    throw differs(table.TableName, `has the keys ${keysOf(found.KeySchema)}, not ${keysOf(table.KeySchema)}`);
  }
  for (const index of table.GlobalSecondaryIndexes ?? []) {
    const there = indexOf(found, index.IndexName);
    if (there !== undefined && keysOf(there.KeySchema) !== keysOf(index.KeySchema)) {
      throw differs(table.TableName, `has an index "${index.IndexName}" with other keys`);
    }
  }
}

const indexOf = (table: TableDescription, name: string | undefined) =>
  table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name);

async function change(dynamodb: DynamoDbSender, work: Provisioning, input: UpdateTableCommandInput): Promise<void> {
  await dynamodb.send(new UpdateTableCommand(input), sdk(work.options));
  await untilActive(dynamodb, work);
}

async function untilActive(dynamodb: DynamoDbSender, work: Provisioning): Promise<TableDescription> {
  for (;;) {
    const found = await describe(dynamodb, work);
    const indexes = found?.GlobalSecondaryIndexes ?? [];
    const isActive = (status: string | undefined) => status === undefined || status === 'ACTIVE';
    if (found !== undefined && [found.TableStatus, ...indexes.map((one) => one.IndexStatus)].every(isActive)) {
      return found;
    }
    await work.pause();
  }
}

async function describe(dynamodb: DynamoDbSender, work: Provisioning): Promise<TableDescription | undefined> {
  try {
    const command = new DescribeTableCommand({ TableName: work.definitions.table.TableName });
    return (await dynamodb.send(command, sdk(work.options))).Table;
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

type Keys = TableDescription['KeySchema'];
const keysOf = (keys: Keys) =>
  (keys ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');

const differs = (table: string, how: string) =>
  new MovieLoadError(
    'resource_differs',
    `The table "${table}" ${how}. That cannot be changed: delete it, or name another one in MOVIE_LOAD_TABLE.`,
    { details: { table } },
  );
