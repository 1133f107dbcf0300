import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ControlledConsumer } from '@movie-load/operations/control';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { createConsumers } from '../src/consumers.ts';
import type { Control } from '../src/control.ts';

const report: ServiceReport = {
  ...NO_COUNTS,
  kind: 'report',
  service: 'consumer',
  instance: 'a',
  at: 1,
  peak_rss_bytes: 1,
  cpu_seconds: 0,
  final: false,
  stored_movies: 10,
  in_flight: 2,
  read_units: 3,
};
let answer: unknown = report;
let asked = 0;
let url: string;
const server = http.createServer((_, response) => {
  asked++;
  response.end(JSON.stringify(answer));
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test.each([
  ['paused', 2],
  ['gone', 0],
] as const)(
  'a consumer that is %s is not asked, keeps what it said, and has %i in flight',
  async (state, in_flight) => {
    let now: ControlledConsumer['state'] = 'working';
    const control = {
      list: async () => [{ name: 'consumer 1', instance: 'a', state: now, url, ended: null }],
    } as Pick<Control, 'list'> as Control;
    const read = createConsumers({ urls: [url], control });
    expect((await read()).views).toMatchObject([{ state: 'working', stored_movies: 10, in_flight: 2 }]);
    const before = asked;
    now = state;
    const { views, totals } = await read();
    expect(views).toMatchObject([{ name: 'consumer 1', state, stored_movies: 10, in_flight }]);
    expect(totals.read_units).toBe(3);
    expect(asked).toBe(before);
  },
);

test('what a process did counts on when another one answers at its address, and rates begin anew', async () => {
  const read = createConsumers({ urls: [url], control: undefined });
  await read();
  answer = { ...report, instance: 'b', at: 1001, stored_movies: 30, in_flight: 0 };
  const { totals, views, movies_per_second } = await read();
  expect(totals).toMatchObject({ stored_movies: 40, read_units: 6 });
  expect(views).toMatchObject([{ instance: 'b', stored_movies: 30 }]);
  expect(movies_per_second).toBe(0);
  answer = { ...report, instance: 'b', at: 2001, stored_movies: 80, sent_to_stored: [{ seconds: null, messages: 1 }] };
  expect(await read()).toMatchObject({ movies_per_second: 50, latency: { p50_ms: 0 } });
});

test.each([
  ['of another program', { hello: 1 }],
  ['with numbers that cannot be', { ...report, stored_movies: -1 }],
])('an answer %s counts as none', async (_, other) => {
  answer = other;
  const { views } = await createConsumers({ urls: [url], control: undefined })();
  expect(views).toMatchObject([{ state: 'away', stored_movies: 0 }]);
});
