// The request listener with a service of the test: whatever the service does, the client gets one answer, unexpected
// errors are logged, and the server continues.
import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BodyTimeouts } from '../src/http/read-body.ts';
import { createRequestListener } from '../src/http/request-listener.ts';
import { type Answer, type Call, type ReceivedRequest, RequestFailure, type Service } from '../src/http/service.ts';
import type { Faults } from '../src/index.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const OK: Answer = { status: 200, headers: {}, body: 'ok' };
const BUG = new TypeError('a bug');

async function start(run: (exchange: ReceivedRequest) => ReturnType<Call['run']>, faults?: Faults) {
  const logged: unknown[][] = [];
  const bodies: string[] = [];
  const service: Service = {
    receive() {
      let body = '';
      return {
        write(chunk) {
          body += chunk;
          if (body.includes('refuse')) throw new RequestFailure({ status: 413, code: 'TooLarge', message: 'no' });
        },
        complete(exchange) {
          bodies.push(body);
          if (body === 'broken') throw new Error('cannot be read');
          return { operation: 'test:Call', run: () => run(exchange) };
        },
      };
    },
    failure: ({ status, code, message }) => ({ status, headers: {}, body: `${code}: ${message}` }),
  };
  const bodyTimeouts = new BodyTimeouts(60_000);
  const log = (...words: unknown[]) => void logged.push(words);
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  const server = http.createServer(
    createRequestListener({ serviceOf: () => service, faults, bodyTimeouts, log, clock }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => {
    bodyTimeouts.close();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ask = async (body = 'x') => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    return { status: answer.status, text: await answer.text(), date: answer.headers.get('date') };
  };
  return { ask, logged, bodies, port };
}

test.each([
  ['/a/b', '/a/b', ''],
  ['/a?', '/a', ''],
  ['/a?b=c?d&e=/?', '/a', 'b=c?d&e=/?'],
  ['/%3F?x', '/%3F', 'x'],
])('a call of %s has the path %s and the query %j', async (url, path, query) => {
  const { port } = await start((request) => ({ ...OK, body: JSON.stringify([request.path, request.query]) }));
  const answer = await fetch(`http://127.0.0.1:${port}${url}`);
  expect(await answer.json()).toEqual([path, query]);
});

describe('an HTTP call', () => {
  test.each<[string, () => ReturnType<Call['run']>]>([
    ['that answers at once', () => OK],
    ['that answers later', async () => OK],
    ['that answers in chunks', () => ({ ...OK, body: [Buffer.from('o'), Buffer.from('k')] })],
  ])('%s is answered, with the date of the clock', async (_, run) => {
    const { ask, logged } = await start(run);
    expect(await ask()).toEqual({ status: 200, text: 'ok', date: 'Thu, 01 Jan 2026 00:00:00 GMT' });
    expect(logged).toEqual([]);
  });

  test.each<[string, () => ReturnType<Call['run']>]>([
    [
      'throws',
      () => {
        throw BUG;
      },
    ],
    ['rejects later', () => new Promise((_, reject) => setImmediate(reject, BUG))],
  ])('that %s is an internal failure, logged under its operation, and the next one is answered', async (_, run) => {
    let isBroken = true;
    const { ask, logged } = await start(() => (isBroken ? run() : OK));
    const failed = await ask();
    expect([failed.status, failed.text]).toEqual([500, expect.stringMatching(/^InternalFailure: /)]);
    expect(failed.text).not.toContain('a bug');
    expect(logged).toEqual([['test:Call', BUG]]);
    isBroken = false;
    expect((await ask()).status).toBe(200);
  });

  test('closes its connection when its answer breaks half-way, so that no part counts as the whole', async () => {
    function* body() {
      yield Buffer.from('the first half');
      throw BUG;
    }
    const { ask, logged } = await start(() => ({ ...OK, body: body() }));
    await expect(ask()).rejects.toThrow();
    expect(logged).toEqual([['test:Call', BUG]]);
  });

  test('is an internal failure when its answer cannot be sent', async () => {
    const { ask, logged } = await start(() => ({ ...OK, headers: { 'x-bad': 'a\nb' } }));
    expect((await ask()).status).toBe(500);
    expect(logged).toHaveLength(1);
  });

  test('is refused in its service’s format while its body arrives; an exception then is an internal failure', async () => {
    const { ask, logged, bodies } = await start(() => OK);
    expect(await ask('refuse this')).toMatchObject({ status: 413, text: 'TooLarge: no' });
    expect(logged).toEqual([]);
    expect((await ask('broken')).status).toBe(500);
    expect(logged).toMatchObject([['unknown', { message: 'cannot be read' }]]);
    expect(bodies).toEqual(['broken']);
  });

  test('reports that its client disconnected before the answer was sent, and not after', async () => {
    const heard: string[] = [];
    const gates: PromiseWithResolvers<Answer>[] = [];
    const requests: ReceivedRequest[] = [];
    const { ask, port } = await start((exchange) => {
      requests.push(exchange);
      const number = gates.length;
      exchange.onDisconnect(() => heard.push(`${number}`));
      const gate = Promise.withResolvers<Answer>();
      gates.push(gate);
      return gate.promise;
    });
    const answered = ask();
    while (gates.length < 1) await new Promise(setImmediate);
    gates[0]?.resolve(OK);
    await answered;
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\nx');
    while (gates.length < 2) await new Promise(setImmediate);
    expect(requests[1]?.isDisconnected()).toBe(false);
    socket.destroy();
    while (heard.length < 1) await new Promise(setImmediate);
    expect(heard).toEqual(['1']);
    expect(requests[1]?.isDisconnected()).toBe(true);
    gates[1]?.resolve(OK);
  });
});

describe('an injected fault', () => {
  const BUSY = { status: 503, code: 'Busy' };

  test('before the effect prevents the call, and after the effect discards only its answer', async () => {
    let ran = 0;
    const state: { faults: Faults } = { faults: { before: () => BUSY } };
    const { ask } = await start(
      () => {
        ran += 1;
        return Promise.resolve(OK);
      },
      { before: (name) => state.faults.before?.(name), after: (name) => state.faults.after?.(name) },
    );
    expect(await ask()).toMatchObject({ status: 503, text: 'Busy: This failure was injected.' });
    expect(ran).toBe(0);
    state.faults = { after: (name) => (name === 'test:Call' ? { ...BUSY, message: 'lost' } : undefined) };
    expect(await ask()).toMatchObject({ status: 503, text: 'Busy: lost' });
    expect(ran).toBe(1);
    state.faults = { after: () => 'reset' };
    await expect(ask()).rejects.toThrow();
    expect(ran).toBe(2);
    state.faults = {};
    expect((await ask()).status).toBe(200);
  });

  test('is an internal failure when its rule throws', async () => {
    const { ask, logged } = await start(() => OK, {
      before() {
        throw BUG;
      },
    });
    expect((await ask()).status).toBe(500);
    expect(logged).toEqual([['unknown', BUG]]);
  });
});
