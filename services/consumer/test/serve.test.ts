// A consumer's health over HTTP: alive and ready are different.
import { get } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { createLogger } from '@movie-load/service';
import { serveHttp } from '../src/serve.ts';

type Options = Parameters<typeof serveHttp>[0];

const report: ServiceReport = {
  ...NO_COUNTS,
  ...{ kind: 'report', service: 'consumer', instance: 'i', at: 0, peak_rss_bytes: 0, cpu_seconds: 0, final: false },
  stored_movies: 7,
};
const log = createLogger({ service: 'consumer', instance: 'i', level: 'silent' } as Parameters<typeof createLogger>[0]);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const OWN = { HTTP_HOST: '127.0.0.1', HTTP_NAMES: ['consumer'], HTTP_PORT: 0 };

async function start(running: object, signal = new AbortController().signal, own = OWN) {
  const settings = own as unknown as Options['settings'];
  const server = await serveHttp({
    settings,
    log,
    signal,
    report: () => report,
    running: running as Options['running'],
  });
  if (server === undefined) throw new Error('no server');
  closing.push(server.close);
  return server;
}

async function serve(running: { consumer?: unknown; pollers?: unknown }, signal?: AbortSignal) {
  const server = await start(running, signal);
  return async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [answer.status, await answer.json()] as const;
  };
}

const consumerWith = (open: readonly string[], heartbeatOverdueMs = 0) => ({
  breakers: Object.fromEntries(
    ['sqs', 'dynamodb', 's3'].map((dependency) => [dependency, { dependency, open: open.includes(dependency) }]),
  ),
  handler: { heartbeatOverdueMs: () => heartbeatOverdueMs },
});
const pollersNow = () => ({
  statuses: [{ state: 'receiving', since: performance.now() }],
  lastReceive: performance.now(),
});

describe('a consumer’s HTTP server', () => {
  test('is alive and not ready while the queue is looked up', async () => {
    const ask = await serve({});
    expect(await ask('/livez')).toMatchObject([200, { ok: true, last_receive_age_ms: null }]);
    expect(await ask('/readyz')).toMatchObject([503, { ok: false, receiving: false, failing: [] }]);
    expect(await ask('/report')).toMatchObject([200, { stored_movies: 7 }]);
  });

  test.each([
    [[], 200],
    [['s3'], 200],
    [['sqs'], 503],
    [['dynamodb'], 503],
    [['dynamodb', 's3'], 503],
  ])('with %j failing answers whether the consumer can store: %d', async (failing, status) => {
    const ask = await serve({ consumer: consumerWith(failing), pollers: pollersNow() });
    expect(await ask('/readyz')).toMatchObject([status, { receiving: true, failing: failing.toSorted() }]);
  });

  test('is not ready after the process began to end, and alive until it has ended', async () => {
    const stuck = { statuses: [{ state: 'waiting', since: performance.now() - 60_000 }], lastReceive: 0 };
    const ask = await serve({ consumer: consumerWith([]), pollers: stuck }, AbortSignal.abort());
    expect(await ask('/readyz')).toMatchObject([503, { receiving: false }]);
    expect(await ask('/livez')).toMatchObject([200, { ok: true }]);
  });

  test('reports the states of the pollers, and the time of the last receive', async () => {
    const ask = await serve({
      consumer: consumerWith([], 4),
      pollers: {
        statuses: [...pollersNow().statuses, { state: 'handling', since: 0 }],
        lastReceive: performance.now() - 9000,
      },
    });
    const [status, life] = await ask('/livez');
    expect([status, life]).toMatchObject([200, { pollers: { waiting: 0, receiving: 1, handling: 1 } }]);
    expect(life).toMatchObject({ heartbeat_overdue_ms: 4 });
    const { last_receive_age_ms } = life as { last_receive_age_ms: number };
    expect(last_receive_age_ms).toBeGreaterThanOrEqual(9000);
    expect(last_receive_age_ms).toBeLessThan(600_000);
  });

  test('reports stuck pollers as not alive, unless a breaker holds them back', async () => {
    const stuck = { statuses: [{ state: 'waiting', since: performance.now() - 60_000 }], lastReceive: 0 };
    expect((await (await serve({ consumer: consumerWith([]), pollers: stuck }))('/livez'))[0]).toBe(503);
    expect((await (await serve({ consumer: consumerWith(['sqs']), pollers: stuck }))('/livez'))[0]).toBe(200);
    expect((await (await serve({ consumer: consumerWith([], 31_000), pollers: pollersNow() }))('/livez'))[0]).toBe(503);
  });

  test('accepts its own names alone', async () => {
    const { port } = await start({});
    // `fetch` does not let a caller set `Host`.
    const status = (host: string) =>
      new Promise((resolve) =>
        get({ port, path: '/livez', headers: { host } }, (answer) => resolve(answer.resume().statusCode)),
      );
    expect([await status('consumer:9464'), await status('localhost'), await status('other')]).toEqual([200, 200, 421]);
  });

  test('listens where HTTP_HOST says', async () => {
    const elsewhere = start({}, undefined, { ...OWN, HTTP_HOST: '192.0.2.1' });
    await expect(elsewhere).rejects.toThrow('Cannot listen on 192.0.2.1:0.');
  });

  test('reports the recent latencies of messages', async () => {
    const server = await start({});
    const now = Date.now();
    server.stored({ sentOn: now - 61_500, receiveCount: 1 } as ReceivedMessage, now);
    const answer = await fetch(`http://127.0.0.1:${server.port}/report`);
    expect(await answer.json()).toMatchObject({
      sent_to_stored_max_seconds: 61.5,
      sent_to_stored: expect.arrayContaining([{ seconds: 65, messages: 1 }]),
    });
  });

  test('does not exist when no port is set', async () => {
    const settings = { HTTP_HOST: '127.0.0.1', HTTP_NAMES: [], HTTP_PORT: undefined } as unknown as Options['settings'];
    const { signal } = new AbortController();
    expect(await serveHttp({ settings, log, signal, report: () => report, running: {} })).toBeUndefined();
  });
});
