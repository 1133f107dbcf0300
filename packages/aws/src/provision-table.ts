// Provisions the table, its index and its time to live.
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
  type TimeToLiveDescription,
  UpdateTableCommand,
  type UpdateTableCommandInput,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { MovieLoadError } from '@movie-load/schema';
import type { DynamoDbSender } from './clients.ts';
import { errorName, undefinedOnErrors } from './errors.ts';
import type { CallOptions } from './ports.ts';
import type { Provisioning } from './provisioning.ts';
import { sdkOptions } from './queue.ts';

export interface FoundTable {
  readonly description: TableDescription;
  readonly timeToLive: TimeToLiveDescription;
}

/**
 * The table with its time to live, or undefined. Throws `resource_differs` for a table that cannot be changed into the
 * wanted one.
 */
export async function findTable(dynamodb: DynamoDbSender, work: Provisioning): Promise<FoundTable | undefined> {
  const description = await describeTable(dynamodb, work.definitions.table.TableName, work.options);
  if (description === undefined) return undefined;
  requireKeys(description, work);
  const { TableName } = work.definitions.table;
  const wanted = work.definitions.timeToLive.AttributeName;
  const answer = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }), sdkOptions(work.options));
  const timeToLive = answer.TimeToLiveDescription ?? {};
  const { AttributeName = wanted } = timeToLive;
  if (isTimeToLiveOn(timeToLive) && AttributeName !== wanted) {
    throw tableDiffers(TableName, `removes items by their attribute ${AttributeName} (time to live), not ${wanted}`);
  }
  return { description, timeToLive };
}

export async function provisionTable(
  dynamodb: DynamoDbSender,
  work: Provisioning,
  existing?: FoundTable,
): Promise<void> {
  const { table } = work.definitions;
  const isNew = existing === undefined && (await createTable(dynamodb, work));
  if (isNew && work.options.dryRun) return;
  const description = await waitUntilActive(dynamodb, work);
  requireKeys(description, work);
  await provisionTimeToLive(dynamodb, work, existing);
  const [index] = table.GlobalSecondaryIndexes ?? [];
  if (index !== undefined && indexOf(description, index.IndexName) === undefined) {
    await updateTable(dynamodb, work, {
      TableName: table.TableName,
      AttributeDefinitions: table.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    });
    work.changed(`${table.TableName} index ${index.IndexName}`);
  }
  const billing = description.BillingModeSummary?.BillingMode;
  if (billing !== undefined && billing !== table.BillingMode) {
    await updateTable(dynamodb, work, { TableName: table.TableName, BillingMode: table.BillingMode });
    work.changed(`${table.TableName} BillingMode`);
  }
}

/** True when the table is new. */
async function createTable(dynamodb: DynamoDbSender, work: Provisioning): Promise<boolean> {
  const { table } = work.definitions;
  try {
    await work.apply(() => dynamodb.send(new CreateTableCommand(table), sdkOptions(work.options)));
  } catch (error) {
    // Another process is creating it at this moment.
    if (errorName(error) === 'ResourceInUseException') return false;
    throw error;
  }
  work.created(table.TableName);
  return true;
}

/** True also for ENABLING: the change takes AWS up to an hour. */
const isTimeToLiveOn = ({ TimeToLiveStatus }: TimeToLiveDescription): boolean =>
  TimeToLiveStatus?.startsWith('ENABL') ?? false;

async function provisionTimeToLive(dynamodb: DynamoDbSender, work: Provisioning, existing: FoundTable | undefined) {
  if (existing !== undefined && isTimeToLiveOn(existing.timeToLive)) return;
  const { timeToLive, table } = work.definitions;
  const command = new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification: timeToLive });
  try {
    await work.apply(() => dynamodb.send(command, sdkOptions(work.options)));
  } catch (error) {
    // "TimeToLive is already enabled": another process did it at this moment.
    if (existing === undefined && errorName(error) === 'ValidationException') return;
    throw error;
  }
  if (existing !== undefined) work.changed(`${table.TableName} TimeToLive`);
}

function requireKeys(description: TableDescription, { definitions: { table } }: Provisioning): void {
  if (keysOf(description.KeySchema) !== keysOf(table.KeySchema)) {
    throw tableDiffers(
      table.TableName,
      `has the keys ${keysOf(description.KeySchema)}, not ${keysOf(table.KeySchema)}`,
    );
  }
  for (const index of table.GlobalSecondaryIndexes ?? []) {
    const existing = indexOf(description, index.IndexName);
    if (existing !== undefined && keysOf(existing.KeySchema) !== keysOf(index.KeySchema)) {
      throw tableDiffers(table.TableName, `has an index "${index.IndexName}" with other keys`);
    }
  }
}

const indexOf = (table: TableDescription, name: string | undefined) =>
  table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name);

async function updateTable(
  dynamodb: DynamoDbSender,
  work: Provisioning,
  input: UpdateTableCommandInput,
): Promise<void> {
  await work.apply(() => dynamodb.send(new UpdateTableCommand(input), sdkOptions(work.options)));
  if (!work.options.dryRun) await waitUntilActive(dynamodb, work);
}

async function waitUntilActive(dynamodb: DynamoDbSender, work: Provisioning): Promise<TableDescription> {
  for (;;) {
    const description = await describeTable(dynamodb, work.definitions.table.TableName, work.options);
    const indexes = description?.GlobalSecondaryIndexes ?? [];
    const isActive = (status: string | undefined) => status === undefined || status === 'ACTIVE';
    if (
      description !== undefined &&
      [description.TableStatus, ...indexes.map((index) => index.IndexStatus)].every(isActive)
    ) {
      return description;
    }
    await work.pause();
  }
}

const MISSING = new Set(['ResourceNotFoundException']);

/** Undefined when no table has this name. */
export async function describeTable(
  dynamodb: DynamoDbSender,
  TableName: string,
  options: CallOptions,
): Promise<TableDescription | undefined> {
  const answer = await undefinedOnErrors(MISSING, () =>
    dynamodb.send(new DescribeTableCommand({ TableName }), sdkOptions(options)),
  );
  return answer?.Table;
}

type Keys = TableDescription['KeySchema'];
const keysOf = (keys: Keys) =>
  (keys ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');

const tableDiffers = (table: string, how: string) =>
  new MovieLoadError(
    'resource_differs',
    `The table "${table}" ${how}. That cannot be changed: delete it, or name another one in MOVIE_LOAD_TABLE.`,
    { details: { table } },
  );
