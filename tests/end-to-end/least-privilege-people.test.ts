// The policies of deployer and operator (the command line) and of the console, read from the template for AWS, are
// exactly what they need: behind an endpoint that enforces them every command and every view does its work, nothing
// is refused, and no permission stays unused.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, DeletePublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClients, openQueue, resourceDefinitions } from '@movie-load/aws';
import { startLocalAws } from '@movie-load/local-aws';
import { planToToken } from '@movie-load/schema';
import { eventually, fetchOnNewConnection, REPEATED_CALLS, startService } from '@movie-load/testing';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { type GuardedEndpoint, startGuardedEndpoint } from '../support/guarded-endpoint.ts';
import { permissionsOf, permissionText } from '../support/iam.ts';
import { orderJob, startWorld, type World } from '../support/world.ts';

const ROLES = ['deployer', 'operator', 'console'] as const;
type Role = (typeof ROLES)[number];

/** More than 8 MiB: repairing it is an upload in parts. */
const LARGE = orderJob({ movies: 60_000, moviesPerMessage: 325, nonce: 'large' });
const SMALL = orderJob({ movies: 20, nonce: 'small' });
const DELETED = orderJob({ movies: 5, nonce: 'deleted' });

let world: World;
let folder: string;
const endpoints: { readonly role: Role; readonly endpoint: GuardedEndpoint }[] = [];
const permissions = (role: Role, kind: 'used' | 'denied') =>
  new Set(endpoints.filter((entry) => entry.role === role).flatMap(({ endpoint }) => [...endpoint[kind]]));

async function startEndpointOf(role: Role, upstream: string): Promise<string> {
  const endpoint = await startGuardedEndpoint(upstream, permissionsOf(role));
  endpoints.push({ role, endpoint });
  return endpoint.endpoint;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-people-'));
  world = await startWorld();
  await runDeployerCommands();
  await storeJobs();
  await runOperatorCommands(await startEndpointOf('operator', world.settings.endpoint ?? ''));
  await useConsole(await startEndpointOf('console', world.settings.endpoint ?? ''));
});

afterAll(async () => {
  for (const { endpoint } of endpoints) await endpoint[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(ROLES)('the policy of the %s', (role) => {
  test('allows every call', () => {
    expect([...permissions(role, 'denied')]).toEqual([]);
  });

  test('has no permission that no call needed', () => {
    const granted = permissionsOf(role).map(permissionText);
    expect([...permissions(role, 'used')].toSorted()).toEqual(granted.toSorted());
  });

  test('names single actions, and single resources but for lists', () => {
    for (const { action, resource } of permissionsOf(role)) {
      expect(action).toMatch(/^(sqs|dynamodb|s3|kms):[A-Z][A-Za-z]+$/);
      if (!/List(Tables|AllMyBuckets)$/.test(action))
        expect(resource).toMatch(/^arn:aws:.*(movie-.*[a-z]($|\/\*$)|key\/KEY$)/);
    }
  });
});

async function command(role: Role, endpoint: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(args, { env: { ...world.env, AWS_ENDPOINT_URL: endpoint } });
  expect({ args, code, stderr, denied: [...permissions(role, 'denied')] }).toMatchObject({ code: 0, denied: [] });
  return stdout;
}

/** `setup` creates all resources, and corrects those that differ; `teardown` removes them. */
async function runDeployerCommands(): Promise<void> {
  const empty = await startLocalAws();
  const clients = createClients({ ...world.settings, endpoint: empty.endpoint }, { ...REPEATED_CALLS, env: {} });
  const endpoint = await startEndpointOf('deployer', empty.endpoint);
  await command('deployer', endpoint, 'setup');
  const { table } = resourceDefinitions(world.settings);
  const { TableName, KeySchema } = table;
  await clients.dynamodb.send(new DeleteTableCommand({ TableName }));
  const AttributeDefinitions = table.AttributeDefinitions?.slice(0, 2);
  await eventually('the table is deleted', async () => {
    const command = new CreateTableCommand({
      TableName,
      KeySchema,
      AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
    });
    return await clients.dynamodb
      .send(command)
      .then(() => true)
      .catch(() => false);
  });
  const { url } = await openQueue(clients, world.settings.queue);
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: '7' } }));
  await clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket: world.settings.bucket }));
  await command('deployer', endpoint, 'setup');
  await command('deployer', endpoint, 'teardown', '--yes');
  clients.destroy();
  await empty.close();
}

/** Stores three jobs, and creates two dead letters. */
async function storeJobs(): Promise<void> {
  const { env } = world;
  await using consumer = startService('consumer', { env });
  for (const { jobId, args } of [LARGE, SMALL, DELETED]) {
    await using producer = startService('producer', { env, args });
    expect(await producer.ended).toMatchObject({ code: 0 });
    await world.untilComplete(jobId);
  }
  for (let time = 0; time < 2; time++) await sendInvalidMessage(String(time));
  await eventually('both are dead letters', async () => (await deadLettersWaiting()) === 2);
  consumer.kill('SIGTERM');
  await consumer.ended;
}

async function sendInvalidMessage(body: string): Promise<void> {
  const queue = await openQueue(world.clients, world.settings.queue);
  expect(await queue.send([{ body, groupId: body, deduplicationId: crypto.randomUUID() }])).toEqual([]);
}

const deadLettersWaiting = async () => (await (await openQueue(world.clients, world.settings.dlq)).status()).waiting;

const deleteObject = (jobId: string) =>
  world.clients.s3.send(new DeleteObjectCommand({ Bucket: world.settings.bucket, Key: `${jobId}.json` }));

/** Makes uploads of parts fail until the caller has aborted one. */
function breakUploads(role: Role): void {
  const endpoint = endpoints.findLast((entry) => entry.role === role)?.endpoint;
  if (endpoint === undefined) throw new Error('not started');
  endpoint.fault = (operation) =>
    operation === 's3:UploadPart' && !endpoint.operations.has('s3:AbortMultipartUpload')
      ? { status: 403, code: 'AccessDenied' }
      : undefined;
}

/** Runs every command that calls AWS, except those that run a service. */
async function runOperatorCommands(endpoint: string): Promise<void> {
  const { jobId } = SMALL;
  const run = (...args: string[]) => command('operator', endpoint, ...args);
  for (const args of [['jobs'], ['tables'], ['buckets'], ['queue'], ['dlq', 'ls']]) await run(...args);
  for (const command of ['job', 'movies', 'verify']) await run(command, jobId);
  await run('download', jobId, '--out', folder);
  await deleteObject(LARGE.jobId);
  breakUploads('operator');
  await cli(['repair', LARGE.jobId], { env: { ...world.env, AWS_ENDPOINT_URL: endpoint } });
  await run('repair', LARGE.jobId);
  await run('resume', '--plan', planToToken(orderJob({ movies: 5, nonce: 'unseen' }).plan));
  await run('dlq', 'redrive', '--max', '1');
  await run('queue', 'peek');
  await run('delete', DELETED.jobId);
  await run('queue', 'purge', '--yes');
}

/** Requests every view of the page, and every action. */
async function useConsole(endpoint: string): Promise<void> {
  const env = { ...world.env, AWS_ENDPOINT_URL: endpoint, HTTP_PORT: '0' };
  await using service = startService('console', { env });
  const port = await eventually('the console listens', () => service.report()?.http_port);
  const url = `http://127.0.0.1:${port}`;
  const headers = { origin: url, 'content-type': 'application/json' };
  const request = (path: string, body?: object) => requestConsole(url, path, body);
  const { jobId } = SMALL;
  const events = (await fetchOnNewConnection(`${url}/api/events?job=${jobId}`)).body?.getReader();
  await events?.read();
  for (const view of ['', '/heat', '/lanes', '/messages/1', '/movies', '/object'])
    await request(`/jobs/${jobId}${view}`);
  await request('/jobs');
  expect((await fetchOnNewConnection(`${url}/api/jobs/${jobId}/object`, { method: 'HEAD' })).status).toBe(200);
  for (const action of ['verify', 'resume']) await request(`/jobs/${jobId}/${action}`, {});
  await deleteObject(LARGE.jobId);
  breakUploads('console');
  await fetchOnNewConnection(`${url}/api/jobs/${LARGE.jobId}/repair`, { method: 'POST', headers, body: '{}' });
  await request(`/jobs/${LARGE.jobId}/repair`, {});
  const deadLetters = z.object({ messages: z.array(z.object({ message_id: z.string() })).min(1) });
  const { messages } = deadLetters.parse(await request('/dead-letters'));
  const message_ids = messages.map(({ message_id }) => message_id);
  const redriven = z.object({ redriven: z.array(z.unknown()) });
  await eventually('a dead letter is redriven', async () => {
    const answer = await request('/dead-letters/redrive', { message_ids, dry_run: false });
    return redriven.parse(answer).redriven.length > 0;
  });
  await events?.cancel();
  service.kill('SIGTERM');
  await service.ended;
}

/** Returns an answer of the console's API. No permission may have been denied so far. */
async function requestConsole(url: string, path: string, body?: object): Promise<unknown> {
  const headers = { origin: url, 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetchOnNewConnection(`${url}/api${path}`, init);
  const text = await answer.text();
  const denied = [...permissions('console', 'denied')];
  expect({ path, status: answer.status, text, denied }).toMatchObject({ status: 200, denied: [] });
  return JSON.parse(text);
}
