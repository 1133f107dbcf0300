// Removes the queue, the dead-letter queue, the table and the bucket, after a check of what would prevent a removal.
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { MovieLoadError } from '@movie-load/schema';
import type { AwsClients } from './clients.ts';
import { errorName } from './errors.ts';
import { hasBucket } from './find-bucket.ts';
import { isMissing } from './missing.ts';
import type { CallOptions } from './ports.ts';
import { describeTable } from './provision-table.ts';
import { queueAt, queueUrl, sdkOptions } from './queue.ts';
import type { AwsSettings } from './settings.ts';
import { systemClock } from './system.ts';
import { toolClients } from './tool-policy.ts';

type Clients = Pick<AwsClients, 'sqs' | 'poll' | 'dynamodb' | 's3'>;

/** A resource to remove. */
export interface Removable {
  readonly kind: 'queue' | 'table' | 'bucket';
  readonly name: string;
  /** Messages of a queue or items of a table, approximately: AWS counts items every six hours. 0 for a bucket. */
  readonly entries: number;
}

/**
 * Finds the resources that `teardown` would remove, in its order. Throws `MovieLoadError` `teardown_refused` for a
 * bucket that is not empty and for a table that is protected from deletion, and `bucket_not_usable` for a bucket of
 * another account or region.
 */
export async function findRemovable(
  rawClients: Clients,
  settings: AwsSettings,
  options: CallOptions = {},
): Promise<Removable[]> {
  const clients = toolClients(rawClients);
  const [bucket, table, ...queues] = await Promise.all([
    findBucket(clients, settings, options),
    findTable(clients, settings, options),
    findQueue(clients, settings.queue, options),
    findQueue(clients, settings.dlq, options),
  ]);
  return [bucket, ...queues, table].filter((resource) => resource !== undefined);
}

/**
 * Removes the resources that `findRemovable` finds. One that no longer exists is not an error. The bucket is first: S3
 * refuses to delete it when an object has been stored meanwhile, and then all other resources still exist.
 *
 * @returns the names of the removed resources
 */
export async function teardown(
  rawClients: Clients,
  settings: AwsSettings,
  { onRemoved, ...options }: CallOptions & { readonly onRemoved?: (name: string) => void } = {},
): Promise<string[]> {
  const clients = toolClients(rawClients);
  const removed: string[] = [];
  for (const { kind, name } of await findRemovable(rawClients, settings, options)) {
    await REMOVERS[kind](clients, name, options).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    removed.push(name);
    onRemoved?.(name);
  }
  return removed;
}

type Remove = (clients: Clients, name: string, options: CallOptions) => Promise<void>;

const REMOVERS: Readonly<Record<Removable['kind'], Remove>> = {
  queue: removeQueue,
  table: removeTable,
  bucket: removeBucket,
};

async function findBucket({ s3 }: Clients, settings: AwsSettings, options: CallOptions) {
  const { bucket: name } = settings;
  if (!(await hasBucket(s3, { name, settings, options, verb: 'removed' }))) return undefined;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name, MaxKeys: 1 }), sdkOptions(options));
  if (Contents.length > 0) throw notEmpty(name);
  return { kind: 'bucket', name, entries: 0 } as const;
}

async function removeBucket({ s3 }: Clients, name: string, options: CallOptions): Promise<void> {
  try {
    await s3.send(new DeleteBucketCommand({ Bucket: name }), sdkOptions(options));
  } catch (error) {
    throw errorName(error) === 'BucketNotEmpty' ? notEmpty(name, error) : error;
  }
}

const notEmpty = (name: string, cause?: unknown) =>
  new MovieLoadError(
    'teardown_refused',
    `The bucket "${name}" is not empty. Delete its jobs (\`movie-load delete <job>\`), or everything in it (\`aws s3 rm s3://${name} --recursive\`; on a versioned bucket older versions too), then run this again. Nothing was removed.`,
    { details: { bucket: name }, cause },
  );

async function findTable({ dynamodb }: Clients, { table: name }: AwsSettings, options: CallOptions) {
  const table = await describeTable(dynamodb, name, options);
  if (table === undefined) return undefined;
  if (table.DeletionProtectionEnabled) {
    throw new MovieLoadError(
      'teardown_refused',
      `The table "${name}" is protected from deletion. Turn that off (\`aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled\`, or in its CloudFormation stack), then run this again. Nothing was removed.`,
      { details: { table: name } },
    );
  }
  return { kind: 'table', name, entries: table.ItemCount ?? 0 } as const;
}

/** Waits until the table is deleted: before that, a table of the same name cannot be created. */
async function removeTable({ dynamodb }: Clients, name: string, options: CallOptions): Promise<void> {
  await dynamodb.send(new DeleteTableCommand({ TableName: name }), sdkOptions(options));
  while ((await describeTable(dynamodb, name, options)) !== undefined) {
    await systemClock.sleep(TABLE_POLL_MS, options.signal);
  }
}

const TABLE_POLL_MS = 500;

async function findQueue(clients: Clients, name: string, options: CallOptions) {
  const url = await queueUrl(clients.sqs, name, options);
  if (url === undefined) return undefined;
  const { waiting, inFlight, delayed } = await queueAt(clients, name, url).status(options);
  return { kind: 'queue', name, entries: waiting + inFlight + delayed } as const;
}

async function removeQueue({ sqs }: Clients, name: string, options: CallOptions): Promise<void> {
  const QueueUrl = await queueUrl(sqs, name, options);
  if (QueueUrl !== undefined) await sqs.send(new DeleteQueueCommand({ QueueUrl }), sdkOptions(options));
}
