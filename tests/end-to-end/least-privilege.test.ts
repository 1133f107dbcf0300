// The policies of the services' roles, read from the template for AWS, are exactly what they need: behind an endpoint
// that enforces them, a plain job and a job with every dependency failing both complete, nothing is refused, and no
// permission stays unused.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openObjects, openQueue, openTable } from '@movie-load/aws';
import type { ServiceReport } from '@movie-load/schema';
import { jobKey, objectKey } from '@movie-load/schema';
import { eventually, type RunningService, sendMessages, startService } from '@movie-load/testing';
import { type GuardedEndpoint, type Refusal, startGuardedEndpoint } from '../support/guarded-endpoint.ts';
import { actionsOf, type Permission, permissionsOf, permissionText } from '../support/iam.ts';
import {
  expectedObject,
  type JobOrder,
  type OrderedJob,
  orderJob,
  sha256,
  startWorld,
  type World,
} from '../support/world.ts';

const SERVICES = ['producer', 'consumer'] as const;
type Service = (typeof SERVICES)[number];

/** More than 8 MiB: an upload in parts. */
const LARGE: JobOrder = { movies: 60_000, moviesPerMessage: 325, nonce: 'large' };
const SMALL: JobOrder = { movies: 100, nonce: 'small' };

let world: World;
const granted = { producer: permissionsOf('producer'), consumer: permissionsOf('consumer') };
const endpoints = new Map<Service, GuardedEndpoint>();
const reports: ServiceReport[] = [];
/** Operations that `makeEverythingFail` refused at least once. */
const refusedOperations = new Set<string>();

const endpointOf = (service: Service): GuardedEndpoint => {
  const endpoint = endpoints.get(service);
  if (endpoint === undefined) throw new Error('not started');
  return endpoint;
};

beforeAll(async () => {
  world = await startWorld();
  for (const service of SERVICES) {
    endpoints.set(service, await startGuardedEndpoint(world.settings.endpoint ?? '', granted[service]));
  }
  await runJob(SMALL);
  makeEverythingFail(orderJob(LARGE).jobId);
  await runJob(LARGE);
  await dropLateMessages(orderJob(SMALL));
});

afterAll(async () => {
  for (const endpoint of endpoints.values()) await endpoint[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

describe.each(SERVICES)('the policy of the %s', (service) => {
  test('allows every call, in a plain run and while everything fails', () => {
    expect([...endpointOf(service).denied]).toEqual([]);
  });

  test('has no permission that no call needed', () => {
    expect([...endpointOf(service).used].toSorted()).toEqual(granted[service].map(permissionText).toSorted());
  });

  test('has the actions of the calls that the service itself counted', () => {
    const operations = reports
      .filter((report) => report.service === service)
      .flatMap(({ calls }) => Object.keys(calls));
    expect(new Set(operations)).toEqual(endpointOf(service).operations);
    expect(new Set(operations.flatMap(actionsOf))).toEqual(actionsIn(granted[service]));
  });

  test('names single actions and resources, never all of them', () => {
    for (const { action, resource } of granted[service]) {
      expect(action).toMatch(/^(sqs|dynamodb|s3|kms):[A-Z][A-Za-z]+$/);
      expect(resource).toMatch(/^arn:aws:((sqs|dynamodb|s3):.*movie-.*[a-z]($|\/\*$)|kms:.*key\/KEY$)/);
    }
  });
});

test('the calls that only faults cause were made in these runs', () => {
  for (const operation of [
    's3:AbortMultipartUpload',
    's3:HeadObject',
    'dynamodb:GetItem',
    'sqs:GetQueueAttributes',
    'sqs:ChangeMessageVisibilityBatch',
  ]) {
    expect(endpointOf('consumer').operations).toContain(operation);
  }
  expect([...refusedOperations].toSorted()).toEqual([
    'dynamodb:BatchWriteItem',
    'dynamodb:UpdateItem',
    's3:CreateMultipartUpload',
    'sqs:ReceiveMessage',
    'sqs:SendMessageBatch',
  ]);
});

async function recordAnotherUpload(jobId: string): Promise<void> {
  const { clients, settings } = world;
  const id = await openObjects(clients, settings.bucket).createUpload(objectKey(jobId));
  const recorded = await openTable(clients, settings.table).updateIf({
    key: jobKey(jobId),
    update: 'SET #upload = :id, #on = :now',
    condition: 'attribute_not_exists(#upload)',
    names: { '#upload': 'upload_id', '#on': 'upload_on' },
    values: { ':id': { S: id }, ':now': { S: new Date().toISOString() } },
  });
  expect(recorded.applied).toBe(true);
}

/** Sends a job and an invalid message, and waits until both are processed. */
async function runJob(order: JobOrder): Promise<void> {
  const { plan, jobId, args } = orderJob(order);
  const queue = await openQueue(world.clients, world.settings.queue);
  const deadLetters = async () => (await (await openQueue(world.clients, world.settings.dlq)).status()).waiting;
  const before = await deadLetters();
  await sendMessages(queue, [{ body: 'poison', groupId: 'poison', deduplicationId: crypto.randomUUID() }]);

  await using producer = start('producer', args);
  await using consumer = start('consumer', []);
  expect({ ...(await producer.ended), log: producer.stderr() }).toMatchObject({ code: 0 });
  const isDenied = () => SERVICES.some((service) => endpointOf(service).denied.size > 0);
  const isComplete = async () => (await world.jobs.job(jobId))?.status === 'COMPLETE';
  await eventually(`job ${jobId} is COMPLETE`, async () => isDenied() || (await isComplete()));
  for (const service of SERVICES) expect([service, ...endpointOf(service).denied]).toEqual([service]);
  await eventually('the poison is dead-lettered', async () => (await deadLetters()) > before);
  expect(sha256(await world.object(jobId))).toBe(sha256(expectedObject(plan)));
  consumer.kill('SIGTERM');
  expect(await consumer.ended).toMatchObject({ code: 0 });
  for (const { reports: serviceReports } of [producer, consumer]) {
    const last = serviceReports.at(-1);
    expect(last?.final).toBe(true);
    if (last !== undefined) reports.push(last);
  }
}

/** Sends messages of a deleted job, which the consumer drops. */
async function dropLateMessages({ jobId, args }: OrderedJob): Promise<void> {
  await world.jobs.delete(jobId);
  await using producer = startService('producer', { env: world.env, args });
  expect(await producer.ended).toMatchObject({ code: 0 });
  await using consumer = start('consumer', []);
  await world.untilQueueIsEmpty();
  consumer.kill('SIGTERM');
  expect(await consumer.ended).toMatchObject({ code: 0 });
  const last = consumer.reports.at(-1);
  expect(last?.dropped_messages).toBeGreaterThan(0);
  if (last !== undefined) reports.push(last);
  expect(await world.jobs.job(jobId)).toBeUndefined();
}

function start(service: Service, args: readonly string[]): RunningService {
  // Heartbeats are soon needed; yet a busy machine must not use up ten receives while everything fails.
  const env = { ...world.env, AWS_ENDPOINT_URL: endpointOf(service).endpoint, VISIBILITY_SECONDS: '6' };
  return startService(service, { env, args });
}

const BROKEN: Refusal = { status: 500, code: 'InternalError' };
const THROTTLED: Refusal = { status: 400, code: 'ProvisionedThroughputExceededException' };

/**
 * Each dependency fails until the consumer makes the rare call that answers it: a probe, a heartbeat. Meanwhile another
 * consumer records an upload, so that this one aborts its own.
 */
function makeEverythingFail(jobId: string): void {
  const failsUntil: Readonly<Record<string, readonly [call: string, refusal: Refusal]>> = {
    'sqs:ReceiveMessage': ['sqs:GetQueueAttributes', BROKEN],
    'dynamodb:BatchWriteItem': ['dynamodb:GetItem', THROTTLED],
    'dynamodb:UpdateItem': ['sqs:ChangeMessageVisibilityBatch', THROTTLED],
    's3:CreateMultipartUpload': ['s3:HeadObject', BROKEN],
  };
  /** The consumer's calls from now on: on a slow machine, the small job needed a heartbeat, too. */
  const called = new Set<string>();
  const refuse = (operation: string, refusal: Refusal | undefined) => {
    refusedOperations.add(operation);
    return refusal;
  };
  let otherUpload: 'none' | 'starting' | 'recorded' = 'none';
  endpointOf('consumer').fault = (operation) => {
    called.add(operation);
    // The consumer's own record waits until the other upload exists.
    if (operation === 'dynamodb:UpdateItem' && otherUpload === 'starting') return refuse(operation, THROTTLED);
    const [call, refusal] = failsUntil[operation] ?? [];
    if (call !== undefined && !called.has(call)) return refuse(operation, refusal);
    if (operation === 's3:CreateMultipartUpload' && otherUpload === 'none') {
      otherUpload = 'starting';
      void recordAnotherUpload(jobId).then(() => {
        otherUpload = 'recorded';
      });
    }
    return undefined;
  };
  let sends = 0;
  endpointOf('producer').fault = (operation) =>
    operation === 'sqs:SendMessageBatch' && ++sends <= 5 ? refuse(operation, BROKEN) : undefined;
}

/** The actions of the permissions, without those of KMS: no call of a service has their names. */
const actionsIn = (permissions: readonly Permission[]) =>
  new Set(permissions.map(({ action }) => action).filter((action) => !action.startsWith('kms:')));
