// Creates or changes the four resources as `resourceDefinitions` defines them, on any endpoint. May be repeated.
import type { AwsClients } from './clients.ts';
import { resourceDefinitions } from './definitions.ts';
import { hasBucket } from './find-bucket.ts';
import type { CallOptions } from './ports.ts';
import { bucketUse, createBucket, provisionBucket } from './provision-bucket.ts';
import { findQueues, provisionQueues } from './provision-queues.ts';
import { findTable, provisionTable } from './provision-table.ts';
import type { Provisioning } from './provisioning.ts';
import type { AwsSettings } from './settings.ts';
import { systemClock } from './system.ts';
import { toolClients } from './tool-policy.ts';

export interface ProvisionResult {
  /** Names of resources that did not exist. */
  readonly created: readonly string[];
  /** Settings of existing resources that differed, e.g. `movie-load.fifo VisibilityTimeout`. */
  readonly changed: readonly string[];
}

/** The names of all four. */
export const resourceNames = ({ bucket, dlq, queue, table }: AwsSettings): string[] => [bucket, dlq, queue, table];

export interface ProvisionOptions extends CallOptions {
  /** Reports what would be created or changed, without changing it. */
  readonly dryRun?: boolean | undefined;
  /** Called right after each resource is created, so that the caller knows it even if creating a later one fails. */
  onCreated?(name: string): void;
  onChanged?(name: string): void;
}

const PAUSE_MS = 250;

/**
 * Creates what is missing and changes what differs, where AWS allows it; a table with other keys is refused with
 * `MovieLoadError` `resource_differs`, a bucket of another account or region with `bucket_not_usable`, both before
 * anything is created. Never deletes anything.
 *
 * @example await provision(createClients(settings), settings); // { created: ['movie-load.fifo', …], changed: [] }
 */
export async function provision(
  rawClients: Pick<AwsClients, 'sqs' | 'dynamodb' | 's3'>,
  settings: AwsSettings,
  options: ProvisionOptions = {},
): Promise<ProvisionResult> {
  const clients = toolClients(rawClients);
  const created: string[] = [];
  const changed: string[] = [];
  const work: Provisioning = {
    definitions: resourceDefinitions(settings),
    settings,
    options,
    apply: async (call) => (options.dryRun ? undefined : call()),
    created: (name) => {
      created.push(name);
      options.onCreated?.(name);
    },
    changed: (name) => {
      changed.push(name);
      options.onChanged?.(name);
    },
    pause: () => systemClock.sleep(PAUSE_MS, options.signal),
  };
  // All checks that change nothing run first, so that a refusal leaves nothing half created.
  const [bucketExists, queueUrls, table] = await Promise.all([
    hasBucket(clients.s3, bucketUse(work)),
    findQueues(clients.sqs, work),
    findTable(clients.dynamodb, work),
  ]);
  const bucketIsNew = bucketExists ? false : await createBucket(clients.s3, work);
  await untilAllSettled([
    provisionQueues(clients.sqs, work, queueUrls),
    provisionTable(clients.dynamodb, work, table),
    provisionBucket(clients.s3, work, bucketIsNew),
  ]);
  return { created, changed };
}

/** Throws the first failure, but only when all tasks have ended: until then they may still create resources. */
async function untilAllSettled(tasks: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(tasks);
  await Promise.all(tasks);
}
