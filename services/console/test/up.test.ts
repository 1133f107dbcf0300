// Lessons and lab of the page, through `movie-load up` (here a replacement) and the lab of a real embedded AWS.
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openQueue, provision } from '@movie-load/aws';
import { createLab, LAB_PATH, type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import { deduplicationId, jobIdOf, planJob } from '@movie-load/schema';
import { listenLocally } from '@movie-load/testing';
import type { FaultsView, HistoryView } from '../src/learn-api.ts';
import { readHistory } from '../src/routes/lab.ts';
import type { Up } from '../src/up.ts';
import { HOST, OWN, startApp, type TestApp } from './console-app.ts';

const TOKEN = 'a-token-that-is-not-guessed';
const lab = createLab();
let aws: LocalAws;
let withUp: TestApp;
let withoutUp: TestApp;

/** Resolve it to let `up` send the last line of lesson 1. */
const lastLineGate = Promise.withResolvers<void>();
/** Lesson 2, whose run never ends unless it is aborted. */
const endlessRun = (isSilent: boolean) => ({
  isSilent,
  begun: Promise.withResolvers<void>(),
  ended: Promise.withResolvers<void>(),
});
let endless = endlessRun(false);
const routes: string[] = [];
/** True while `up` answers as without --lab. */
let isWithoutLab = false;
const control = http.createServer(async (request, response) => {
  const route = `${request.method} ${request.url}`;
  routes.push(route);
  // The only route of the producer, which requires no token.
  if (route === 'POST /jobs') response.writeHead(202).end('{"job_id":"an-id","plan":"a-token"}');
  else if (request.headers.authorization !== `Bearer ${TOKEN}`) response.writeHead(401).end('{"error":"no token"}');
  else if (route === 'GET /lab' && isWithoutLab) response.end('{"lab":null}');
  else if (route === 'GET /lab') {
    response.end(JSON.stringify({ lab: { url: `${aws.endpoint}${LAB_PATH}`, token: lab.token } }));
  } else if (route === 'POST /lessons/1') {
    response.write('{"event":"note","run":"lesson","second":0,"text":"it begins"}\n');
    await lastLineGate.promise;
    response.end('{"event":"ended","result":{}}\n');
  } else if (route === 'POST /lessons/2') {
    endless.begun.resolve();
    response.once('close', () => endless.ended.resolve());
    if (!endless.isSilent) response.write('{"event":"note"}\n');
  } else if (route === 'POST /lessons/3') {
    response.write('{"event":"note"}\n', () => response.destroy());
  } else if (route === 'GET /lessons/1/source') response.end('const rule = 1;\n');
  else if (route === 'POST /lab-queue') response.end('{"aws_cli":"aws sqs …","refused":null}');
  else response.writeHead(404).end('{"error":"There is no such lesson."}');
});

beforeAll(async () => {
  aws = await startLocalAws({ lab });
  const { url } = await listenLocally(control);
  withUp = startApp(aws.endpoint, { environment: { CONTROL_URL: url, CONTROL_TOKEN: TOKEN, PRODUCER_URL: url } });
  withoutUp = startApp(aws.endpoint);
});
afterAll(async () => {
  lastLineGate.resolve();
  for (const { end } of [withUp, withoutUp]) await end();
  control.closeAllConnections();
  control.close();
  await aws.close();
});

const get = async <T>({ app }: TestApp, path: string): Promise<T> => {
  const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
  expect([response.status, path]).toEqual([200, path]);
  return response.json() as Promise<T>;
};
const post = ({ app }: TestApp, path: string, body: unknown, headers: Record<string, string> = OWN) =>
  app.request(`http://${HOST}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });

describe('a lesson’s run', () => {
  test('is reported while it runs', async () => {
    const response = await post(withUp, '/api/lessons/1', { run: 'lesson' });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const reader = response.body?.getReader();
    const text = async () => Buffer.from((await reader?.read())?.value ?? new Uint8Array()).toString();
    expect(await text()).toMatch(/it begins/);
    lastLineGate.resolve();
    expect(await text()).toMatch(/ended/);
    expect((await reader?.read())?.done).toBe(true);
  });

  test('closes its request to `up` when the page leaves it', async () => {
    const { body } = await post(withUp, '/api/lessons/2', { run: 'lesson' });
    const reader = body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
    await endless.ended.promise;
  });

  test('ends for the page, too, when `up` ends during it', async () => {
    const { body } = await post(withUp, '/api/lessons/3', { run: 'lesson' });
    expect(await new Response(body).text()).toBe('{"event":"note"}\n');
  });

  test('closes its request to `up` also when the page leaves before the first event', async () => {
    endless = endlessRun(true);
    const page = new AbortController();
    const body = JSON.stringify({ run: 'lesson' });
    const url = `http://${HOST}/api/lessons/2`;
    const answer = Promise.allSettled([
      withUp.app.request(url, { method: 'POST', headers: OWN, body, signal: page.signal }),
    ]);
    await endless.begun.promise;
    page.abort();
    await endless.ended.promise;
    await answer;
  });

  test('is started only by the page itself, and only with known options', async () => {
    const foreign = { ...OWN, origin: 'http://evil.test' };
    expect((await post(withUp, '/api/lessons/1', { run: 'lesson' }, foreign)).status).toBe(403);
    expect((await post(withUp, '/api/lessons/1', { run: 'all' })).status).toBe(400);
    const missing = await post(withUp, '/api/lessons/99', { run: 'lesson' });
    expect([missing.status, await missing.json()]).toMatchObject([409, { detail: 'There is no such lesson.' }]);
  });

  test('is not possible without `up`, nor is the list of lessons, and a sentence explains that', async () => {
    const response = await withoutUp.app.request(`http://${HOST}/api/lessons`, { headers: { host: HOST } });
    expect([response.status, await response.json()]).toMatchObject([
      409,
      { detail: expect.stringMatching(/up.*learn/) },
    ]);
    expect((await post(withoutUp, '/api/lessons/1', { run: 'lesson' })).status).toBe(409);
  });
});

test('the source of a lesson is returned; that of an unknown lesson is refused', async () => {
  const source = async (number: string) =>
    withUp.app.request(`http://${HOST}/api/lessons/${number}/source`, { headers: { host: HOST } });
  expect(await (await source('1')).text()).toBe('const rule = 1;\n');
  const none = await source('99');
  expect([none.status, await none.json()]).toMatchObject([409, { detail: 'There is no such lesson.' }]);
  // A name that is not a number stays one part of the path.
  await source('1%2F..%2F2');
  expect(routes.at(-1)).toBe('GET /lessons/1%2F..%2F2/source');
});

test('a job is accepted as the producer accepts it', async () => {
  const answer = await post(withUp, '/api/jobs', { movies: 10, movies_per_message: 1, seed: 1 });
  expect([answer.status, await answer.json()]).toEqual([202, { job_id: 'an-id', plan_token: 'a-token' }]);
});

describe('the lab', () => {
  test('adds faults by preset and by rule, describes them in words, and removes them', async () => {
    expect((await post(withUp, '/api/lab/faults', { preset: 's3-outage' })).status).toBe(200);
    const rule = { operation: 'dynamodb:UpdateItem', fault: 'reset', when: 'after', times: 1 };
    expect((await post(withUp, '/api/lab/faults', rule)).status).toBe(200);
    const { rules, presets } = await get<FaultsView>(withUp, '/api/lab/faults');
    expect(presets).toContainEqual({ name: 'slow-s3', about: expect.stringMatching(/late/) });
    expect(rules).toMatchObject([
      { operation: 's3:*', how_often: 'each call', struck: 0 },
      { what_happens: 'done, but the answer is lost (connection reset)', how_often: 'once' },
    ]);
    const late = { operation: 'sqs:GetQueueUrl', delay_ms: 1 };
    expect((await post(withUp, '/api/lab/faults', late)).status).toBe(200);
    await openQueue(withUp.parts.clients, 'none.fifo').catch(() => undefined);
    const struck = await get<FaultsView>(withUp, '/api/lab/faults?again');
    expect(struck.rules.at(-1)).toMatchObject({ operation: 'sqs:GetQueueUrl', struck: 1 });
    expect((await post(withUp, '/api/lab/faults/clear', { id: struck.rules.at(-1)?.id })).status).toBe(200);
    expect((await post(withUp, '/api/lab/faults/clear', { id: rules[0]?.id })).status).toBe(200);
    expect(lab.faults.list()).toHaveLength(1);
    expect((await post(withUp, '/api/lab/faults/clear', {})).status).toBe(200);
    expect(lab.faults.list()).toEqual([]);
  });

  test('answers refused requests with its own reason', async () => {
    const wrong = await post(withUp, '/api/lab/faults', { operation: 'sqs:Sned', fault: 'reset' });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      409,
      { detail: expect.stringMatching(/names no operation/) },
    ]);
    expect((await post(withUp, '/api/lab/faults', { operation: '*', fault: 'melt' })).status).toBe(400);
    expect((await post(withUp, '/api/lab/clock', { forward_ms: -1 })).status).toBe(400);
  });

  test('moves its clock forward', async () => {
    const before = lab.clock.offsetMs;
    const moved = await post(withUp, '/api/lab/clock', { forward_ms: 300_000 });
    expect(await moved.json()).toMatchObject({ offset_ms: before + 300_000 });
    expect(await get(withUp, '/api/lab/clock')).toMatchObject({ offset_ms: before + 300_000 });
  });

  test('accepts for the lab queue only calls that exist', async () => {
    const answer = await post(withUp, '/api/lab/queue', { action: 'status', queue: 'lab.fifo' });
    expect(await answer.json()).toEqual({ aws_cli: 'aws sqs …', refused: null });
    expect((await post(withUp, '/api/lab/queue', { action: 'explode', queue: 'lab' })).status).toBe(400);
  });

  test('is missing without `up`, and a sentence explains how to get one', async () => {
    expect(await get(withUp, '/api/lab')).toEqual({ lab: true, queue: true, why: null });
    expect(await get(withoutUp, '/api/lab')).toEqual({
      lab: false,
      queue: false,
      why: expect.stringMatching(/up --lab/),
    });
    isWithoutLab = true;
    const why = expect.stringMatching(/^`up` runs without its lab: .*up --lab/);
    expect(await get(withUp, '/api/lab?without')).toEqual({ lab: false, queue: true, why });
    isWithoutLab = false;
    for (const path of ['faults', 'clock']) {
      const response = await withoutUp.app.request(`http://${HOST}/api/lab/${path}`, { headers: { host: HOST } });
      expect(response.status).toBe(404);
    }
    expect((await post(withoutUp, '/api/lab/faults', { preset: 's3-outage' })).status).toBe(404);
  });
});

test('the history of a message has each event, and the number of forgotten messages', async () => {
  const event = { kind: 'received', at: 5, queue: 'q.fifo', by: 'consumer-1', until: 9, receives: 2 };
  const id = deduplicationId('1b72a7f0-e922-5f43-bed4-4cd74a50d289', 0, 3, '00000000-0000');
  const message = { message_id: 'm', group: 'g', deduplication_id: id, events: [event], events_left_out: 4 };
  const none = { messages: [], forgotten_messages: 0 };
  const callLab = async (path: string) =>
    path.startsWith('history?group') ? none : { messages: [message], forgotten_messages: 7 };
  const history = await readHistory({ lab: async () => callLab } as unknown as Up, '1b72', 3);
  expect(history).toEqual({
    why: null,
    messages: [
      {
        message_id: 'm',
        events_left_out: 4,
        events: [{ at: 5, what: 'received (receive count 2)', by: 'consumer-1', hidden_until: 9, queue: 'q.fifo' }],
      },
    ],
    forgotten: 7,
  });
});

test('a message has its history: sent, received, hidden, deleted; or a sentence says that it is unknown', async () => {
  const { clients, settings } = withoutUp.parts;
  await provision(clients, settings);
  const queue = await openQueue(clients, settings.queue);
  const plan = planJob({ nonce: 'history', movies: 3, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
  const random = { next: Math.random, uuid: () => crypto.randomUUID() };
  await sendJob({ queue, plan, started_on: new Date().toISOString(), random });
  const [message] = await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });
  await queue.delete([message?.receiptHandle ?? '']);
  const path = `/api/jobs/${jobIdOf(plan)}/messages/0/history`;
  const { why, messages } = await get<HistoryView>(withUp, path);
  expect(why).toBeNull();
  expect(messages).toHaveLength(1);
  expect(messages[0]?.events.map(({ what }) => what)).toEqual(['sent', 'received (receive count 1)', 'deleted']);
  const [, received] = messages[0]?.events ?? [];
  expect((received?.hidden_until ?? 0) - (received?.at ?? 0)).toBe(60_000);
  expect((await get<HistoryView>(withUp, path.replace('/0/', '/2/'))).messages[0]?.events).toHaveLength(1);
  const noJob = await withUp.app.request(`http://${HOST}/api/jobs/x/messages/0/history`, { headers: { host: HOST } });
  expect([noJob.status, await noJob.json()]).toMatchObject([404, { title: 'No such job' }]);
  expect(await get(withoutUp, path)).toEqual({ why: expect.stringMatching(/has no lab/), messages: [], forgotten: 0 });
});
