// The reads of the page are bounded by bytes. With large dead letters, and with a packed job whose consumer the page
// has paused, the console needs less memory than compose gives it, and neither it nor the embedded AWS ends.
//
// LARGE_DEAD_LETTERS=1000 LARGE_MOVIES=2000000 runs the tests at full size.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { type AwsClients, awsSettingsFrom, createClients, type OpenQueue, openQueue } from '@movie-load/aws';
import {
  eventually,
  fetchOnNewConnection,
  REPEATED_CALLS,
  type RunningProcess,
  startProgram,
} from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { descendantsOf } from '../support/descendants.ts';

const DEAD_LETTERS = Number(process.env.LARGE_DEAD_LETTERS ?? 100);
const MOVIES = Number(process.env.LARGE_MOVIES ?? 200_000);
const MEBIBYTE = 1024 * 1024;
const BODY_CHARACTERS = 1_000_000;
/** The memory that compose gives the console. */
const MAX_BYTES = 256 * MEBIBYTE;
const OPEN_PAGE_MS = 5000;

let up: RunningProcess;
let page: string;
let endpoint: string;
let clients: AwsClients;
let queue: OpenQueue;
let dlq: OpenQueue;
const measured: string[] = [];

beforeEach(async () => {
  const ports = ['--port', '0', '--console-port', '0', '--producer-port', '0', '--consumers', '1'];
  const env = { AWS_ENDPOINT_URL: '', AWS_PROFILE: '', VISIBILITY_SECONDS: '' };
  up = startProgram('packages/cli/src/main.ts', { args: ['up', ...ports], env });
  await eventually('everything is up', () => up.stdout().includes('Ctrl-C stops everything'));
  endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(up.stdout())?.[1] ?? '';
  const urls = [...up.stdout().matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([url]) => url);
  page = await eventually('the page answers', async () => {
    for (const url of urls)
      if ((await fetchOnNewConnection(`${url}/api/prices`).catch(() => undefined))?.ok) return url;
    return undefined;
  });
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' });
  clients = createClients(settings, { ...REPEATED_CALLS, env: {} });
  queue = await openQueue(clients, settings.queue);
  dlq = await openQueue(clients, settings.dlq);
});
afterEach(async () => {
  clients.destroy();
  up.kill('SIGTERM');
  await up.ended;
});
afterAll(() => void process.stderr.write(`${measured.join('\n')}\n`));

async function request(path: string, body?: object): Promise<unknown> {
  const headers = { origin: page, 'content-type': 'application/json' };
  const post = body && { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetchOnNewConnection(`${page}${path}`, post);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** Makes the requests of an open page repeatedly, with its stream of events. */
async function keepOpen(paths: readonly string[], stream: string): Promise<void> {
  const stop = new AbortController();
  const events = fetchOnNewConnection(`${page}${stream}`, { signal: stop.signal }).then(async ({ body }) => {
    for await (const _ of body ?? []);
  });
  const deadline = Date.now() + OPEN_PAGE_MS;
  while (Date.now() < deadline) {
    await Promise.all(paths.map((path) => request(path)));
    await delay(200);
  }
  stop.abort();
  await events.catch(() => undefined);
}

function peakMemory(what: string): Record<'console' | 'embedded', number> {
  const processes = descendantsOf(up.pid);
  const peakOf = (part: string) => processes.find(({ command }) => command.includes(part))?.peakBytes ?? Number.NaN;
  const peakBytes = { console: peakOf('services/console/src/main.ts'), embedded: peakOf('embedded-main.ts') };
  const text = Object.entries(peakBytes).map(([name, bytes]) => `${name} ${Math.round(bytes / MEBIBYTE)} MiB`);
  measured.push(`${what}: peak of ${text.join(', ')}`);
  return peakBytes;
}

test('a page with many large dead letters keeps the memory of its servers small', async () => {
  const sendOne = async (number: number) => {
    const body = `dead letter ${number} `.padEnd(BODY_CHARACTERS, 'x');
    const failed = await dlq.send([{ body, groupId: `g${number}`, deduplicationId: `${number}` }]);
    expect(failed).toEqual([]);
  };
  for (let number = 0; number < DEAD_LETTERS; number += 1) await sendOne(number);
  const list = await request('/api/dead-letters');
  expect(list).toMatchObject({ total: DEAD_LETTERS, left_out: Math.max(0, DEAD_LETTERS - 500), peeked: true });
  const { messages } = list as { messages: { message_id: string; body_bytes: number }[] };
  expect(messages).toHaveLength(Math.min(DEAD_LETTERS, 500));
  expect(messages[0]?.body_bytes).toBe(BODY_CHARACTERS);
  const body = `/api/dead-letters/${messages[0]?.message_id}/body`;
  await keepOpen(['/api/dead-letters', '/api/jobs', body], '/api/events');
  await Promise.all(Array.from({ length: 50 }, (_, number) => request(`${body}?${number}`)));
  const redrive = { message_ids: messages.slice(0, 100).map(({ message_id }) => message_id), dry_run: true };
  expect(await request('/api/dead-letters/redrive', redrive)).toMatchObject({ not_found: [], refused: [] });

  const env = { AWS_ENDPOINT_URL: endpoint, NODE_OPTIONS: '--max-old-space-size=100' };
  const listed = await cli(['dlq', 'ls', '--json', '--max', '100000'], { env });
  expect({ code: listed.code, stderr: listed.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(listed.stdout)).toMatchObject({ total: DEAD_LETTERS, left_out: 0 });
  const peeked = await cli(['queue', 'peek', '--dlq', '--max', '10000'], { env });
  expect({ code: peeked.code, stderr: peeked.stderr }).toEqual({ code: 0, stderr: '' });
  const peekedAll = await fetchOnNewConnection(`${endpoint}/_aws/sqs/messages?QueueUrl=${encodeURIComponent(dlq.url)}`);
  let bytes = 0;
  for await (const chunk of peekedAll.body ?? []) bytes += chunk.length;
  expect(bytes).toBeGreaterThan(DEAD_LETTERS * BODY_CHARACTERS);

  const { console: consoleBytes } = peakMemory(`${DEAD_LETTERS} dead letters of 1 MB`);
  expect(consoleBytes).toBeLessThan(MAX_BYTES);
});

test('a page of a packed job in flight keeps the memory of its servers small', async () => {
  await request('/api/consumers/consumer%201', { action: 'pause' });
  const order = { movies: MOVIES, movies_per_message: 'auto', seed: 4, yes: true };
  const { job_id } = (await request('/api/jobs', order)) as { job_id: string };
  const state = await eventually('all is sent', async () => {
    const before = await queue.status();
    await delay(1000);
    const after = await queue.status();
    return before.waiting > 100 && before.waiting === after.waiting ? after : undefined;
  });
  // Waits until a part is stored, so that the job has an item; the rest stays in flight.
  await request('/api/consumers/consumer%201', { action: 'resume' });
  await eventually('the job exists', async () => (await fetchOnNewConnection(`${page}/api/jobs/${job_id}`)).ok);
  await request('/api/consumers/consumer%201', { action: 'pause' });
  measured.push(`${MOVIES} movies in ${state.waiting} messages`);
  const job = `/api/jobs/${job_id}`;
  const paths = [job, `${job}/lanes?first=0&count=50`, `${job}/lanes?first=0&count=50&by=consumer`, `${job}/heat`];
  await keepOpen([...paths, `${job}/movies?from=0&limit=50`, `${job}/messages/0`], `/api/events?job=${job_id}`);
  await Promise.all(Array.from({ length: 12 }, (_, number) => request(`${job}/movies?from=${number}&search=zzz`)));
  const { console: consoleBytes } = peakMemory(`a paused job of ${MOVIES} packed movies`);
  expect(consoleBytes).toBeLessThan(MAX_BYTES);
});
