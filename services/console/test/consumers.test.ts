// The consumers as the console shows them: their reports, the processes that `up` controls, and sums over time.
import http from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ControlledConsumer } from '@movie-load/operations/control';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { closeServer, listenLocally } from '@movie-load/testing';
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
  repeated_movies: 3,
  redelivered: 4,
  dead_lettered: 5,
  in_flight: 2,
  read_units: 3,
};
/** What the consumer at `url` answers; undefined: not a report. */
let answer: unknown;
let requests = 0;
let url: string;
const server = http.createServer((_, response) => {
  requests++;
  response.end(JSON.stringify(answer) ?? '');
});

beforeAll(async () => {
  ({ url } = await listenLocally(server));
});
/** `up` with these consumers, of which a test names what matters. */
const upWith = (...consumers: readonly Partial<ControlledConsumer>[]) =>
  ({
    list: async () =>
      consumers.map((more) => ({ name: 'consumer 1', instance: 'a', state: 'working', url, ended: null, ...more })),
  }) as Pick<Control, 'list'> as Control;

beforeEach(() => {
  answer = report;
});
afterAll(() => closeServer(server));

test.each([
  ['paused', 2],
  ['gone', 0],
] as const)('a consumer that is %s gets no request, keeps its report, has %i in flight', async (state, in_flight) => {
  let now: ControlledConsumer['state'] = 'working';
  const control = {
    list: async () => [{ name: 'consumer 1', instance: 'a', state: now, url, ended: null }],
  } as Pick<Control, 'list'> as Control;
  const read = createConsumers({ urls: [url], control });
  expect((await read()).views).toEqual([
    {
      ...{ name: 'consumer 1', instance: 'a', url, state: 'working', controllable: true, rate: 0 },
      ...{ stored_movies: 10, repeated_movies: 3, redelivered: 4, dead_lettered: 5, in_flight: 2 },
    },
  ]);
  const before = requests;
  now = state;
  const { views, totals } = await read();
  expect(views).toMatchObject([
    { name: 'consumer 1', state, stored_movies: 10, repeated_movies: 3, in_flight, controllable: true },
  ]);
  expect(totals).toMatchObject({ read_units: 3, repeated_movies: 3 });
  expect(requests).toBe(before);
});

test('a consumer that stops answering keeps its last report', async () => {
  const read = createConsumers({ urls: [url], control: undefined });
  await read();
  answer = undefined;
  const { views } = await read();
  expect(views).toMatchObject([{ instance: 'a', state: 'away', stored_movies: 10, repeated_movies: 3 }]);
});

test('the counts of a process continue when another one answers at its address, and rates start over', async () => {
  const read = createConsumers({ urls: [url], control: undefined });
  await read();
  answer = { ...report, instance: 'b', at: 1001, stored_movies: 30, in_flight: 0 };
  const { totals, views, movies_per_second } = await read();
  expect(totals).toMatchObject({ stored_movies: 40, read_units: 6 });
  expect(views).toMatchObject([{ instance: 'b', stored_movies: 30 }]);
  expect(movies_per_second).toBe(0);
  // After a second report the same process still counts once.
  expect((await read()).totals).toMatchObject({ stored_movies: 40, read_units: 6 });
  answer = { ...report, instance: 'b', at: 2001, stored_movies: 80, sent_to_stored: [{ seconds: null, messages: 1 }] };
  // Of a message beyond the last bound only that bound is known; here there is no bound, so it is 0.
  expect(await read()).toMatchObject({ movies_per_second: 50, latency: { p50_ms: 0 } });
});

test('the rate of a consumer whose report was not read for a while starts over', async () => {
  let state: ControlledConsumer['state'] = 'working';
  const control = {
    list: async () => [{ name: 'consumer 1', instance: 'p', state, url, ended: null }],
  } as Pick<Control, 'list'> as Control;
  const read = createConsumers({ urls: [], control });
  const rates: number[] = [];
  for (const [now, at, stored_movies] of [
    ['working', 1000, 10],
    ['working', 2000, 30],
    ['paused', 2500, 40],
    ['working', 3000, 50],
    ['working', 4000, 80],
  ] as const) {
    state = now;
    answer = { ...report, instance: 'p', at, stored_movies };
    rates.push((await read()).movies_per_second);
  }
  expect(rates).toEqual([0, 20, 0, 0, 30]);
});

test('the latency from sent to stored covers the last seconds, and is at most what was observed in them', async () => {
  const buckets = (upTo60: number, upTo300: number) => [
    { seconds: 60, messages: upTo60 },
    { seconds: 300, messages: upTo60 + upTo300 },
    { seconds: null, messages: upTo60 + upTo300 },
  ];
  const setReport = (at: number, sent_to_stored: unknown, slowest: number | null) => {
    answer = { ...report, instance: 'c', at, sent_to_stored, sent_to_stored_max_seconds: slowest };
  };
  const read = createConsumers({ urls: [url], control: undefined });
  // A spike of yesterday.
  setReport(1000, buckets(10, 5000), 299);
  expect((await read()).latency).toBeNull();
  setReport(2000, buckets(10, 5100), 60.4);
  const { latency } = await read();
  expect(latency?.p99_ms).toBeGreaterThan(60_000);
  expect(latency?.p99_ms).toBeLessThanOrEqual(60_400);
  setReport(12_000, buckets(110, 5100), 60.4);
  expect((await read()).latency?.p99_ms).toBeGreaterThan(60_000);
  // The spike is 15 s ago: only current latencies are shown.
  setReport(20_000, buckets(210, 5100), 0.3);
  expect((await read()).latency?.p99_ms).toBeLessThanOrEqual(300);
  setReport(40_000, buckets(210, 5100), null);
  expect((await read()).latency).toBeNull();
});

test('an unreachable `up` is reported as a problem, and the consumers at its address are shown', async () => {
  answer = report;
  const control: Control = { list: () => Promise.reject(new Error('gone')), act: async () => {} };
  const { views, problems } = await createConsumers({ urls: [url], control })();
  expect(views).toMatchObject([{ state: 'working', controllable: false }]);
  expect(problems).toEqual([expect.stringMatching(/^movie-load up does not answer: .*Is it still running\?$/)]);
});

test('a consumer that works according to `up` and does not answer is shown as unreachable', async () => {
  answer = undefined;
  const { views } = await createConsumers({ urls: [], control: upWith({}) })();
  expect(views).toMatchObject([{ name: 'consumer 1', state: 'away', controllable: true }]);
});

test('a starting consumer has no address and no counts', async () => {
  const control = upWith({ instance: null, state: 'starting', url: null });
  const { views, totals } = await createConsumers({ urls: [], control })();
  expect(views).toMatchObject([{ name: 'consumer 1', url: null, state: 'starting', stored_movies: 0, rate: 0 }]);
  expect(totals.stored_movies).toBe(0);
});

test('latencies of two consumers have the slower one’s slowest message as limit, if both report it', async () => {
  const other = http.createServer((_, response) => response.end(JSON.stringify(otherAnswer)));
  const { url: otherUrl } = await listenLocally(other);
  // An older release does not report its slowest message (`sent_to_stored_max_seconds` is null).
  const buckets = (messages: number) => [
    { seconds: 10, messages },
    { seconds: null, messages },
  ];
  /** The first consumer's slowest message took 1 s. Returns the report of the other one, which is of an older release. */
  const setReport = (time: number, messages: number): ServiceReport => {
    answer = {
      ...{ ...report, instance: 'e', at: time, sent_to_stored: buckets(messages), sent_to_stored_max_seconds: 1 },
    };
    return { ...report, instance: 'f', at: time, sent_to_stored: buckets(messages), sent_to_stored_max_seconds: null };
  };
  let otherAnswer = setReport(1000, 0);
  const read = createConsumers({ urls: [url, otherUrl], control: undefined });
  await read();
  otherAnswer = setReport(2000, 4);
  const { latency, movies_per_second, totals } = await read();
  otherAnswer = { ...setReport(2500, 6), sent_to_stored_max_seconds: 3 };
  const { p99_ms = 0 } = (await read()).latency ?? {};
  // A single report has nothing to be compared with: only the first consumer counts.
  otherAnswer = { ...setReport(3000, 8), instance: 'g' };
  const { latency: ofFirst } = await read();
  await closeServer(other);
  // Without a limit: in the middle of the bucket up to 10 s.
  expect(latency?.p50_ms).toBeCloseTo(5000);
  expect([p99_ms > 1000, p99_ms <= 3000]).toEqual([true, true]);
  expect(ofFirst?.p99_ms).toBeLessThanOrEqual(1000);
  expect([movies_per_second, totals.stored_movies]).toEqual([0, 20]);
});

test('latencies of a consumer of an older release are estimated from its buckets alone', async () => {
  const read = createConsumers({ urls: [url], control: undefined });
  const setReport = (at: number, messages: number) => {
    answer = {
      ...report,
      instance: 'd',
      at,
      sent_to_stored: [
        { seconds: 10, messages },
        { seconds: null, messages },
      ],
    };
  };
  setReport(1000, 0);
  await read();
  setReport(2000, 4);
  const { latency } = await read();
  expect(latency?.p50_ms).toBeCloseTo(5000);
  expect(latency?.p99_ms).toBeCloseTo(9900);
});

test.each([
  ['of another program', { hello: 1 }],
  ['with impossible numbers', { ...report, stored_movies: -1 }],
])('an answer %s counts as no answer', async (_, other) => {
  answer = other;
  const { views } = await createConsumers({ urls: [url], control: undefined })();
  expect(views).toMatchObject([{ state: 'away', stored_movies: 0 }]);
});

test('a consumer at the address of one that ended is shown as itself, and the ended one is shown, too', async () => {
  answer = { ...report, instance: 'new', stored_movies: 7 };
  const control = upWith(
    { name: 'consumer 1', instance: 'old', state: 'gone', ended: 'was ended by SIGKILL' },
    { name: 'consumer 2', instance: 'new' },
  );
  const { views } = await createConsumers({ urls: [], control })();
  expect(views).toMatchObject([
    { name: 'consumer 2', instance: 'new', state: 'working', stored_movies: 7 },
    { name: 'consumer 1', instance: 'old', state: 'gone', stored_movies: 0 },
  ]);
});

test('a host name is resolved to all its IPv4 and IPv6 addresses; one that does not resolve has none', async () => {
  const resolvedNames: string[] = [];
  const addressesOf = async (name: string) => {
    resolvedNames.push(name);
    if (name === 'gone') throw new Error('ENOTFOUND');
    return [
      { address: '127.0.0.2', family: 4 },
      { address: '::1', family: 6 },
    ];
  };
  const urls = ['http://consumer:9', 'http://gone', 'http://[::1]:8', 'http://localhost:7'];
  const { views } = await createConsumers({ urls, control: undefined, addressesOf })();
  expect(views.map((view) => view.url)).toEqual([
    'http://127.0.0.2:9',
    'http://[::1]:9',
    'http://[::1]:8',
    'http://localhost:7',
  ]);
  expect(resolvedNames).toEqual(['consumer', 'gone']);
});

test('the reports of consumers that `up` lists are read as well as those of CONSUMER_URLS', async () => {
  answer = report;
  const other = http.createServer((_, response) => response.end(JSON.stringify({ ...report, instance: 'other' })));
  const { url: otherUrl } = await listenLocally(other);
  const control = upWith({ instance: 'other', url: otherUrl });
  const { views, totals } = await createConsumers({ urls: [url], control })();
  await closeServer(other);
  expect(views).toMatchObject([
    { name: 'consumer 1', instance: 'other', controllable: true },
    { name: new URL(url).host, instance: 'a', controllable: false },
  ]);
  expect(totals.stored_movies).toBe(20);
});

test('the report of a consumer in both `up` and CONSUMER_URLS is read once, however its address is written', async () => {
  answer = report;
  const control = upWith({ url: `${url}/` });
  const before = requests;
  const { views } = await createConsumers({ urls: [url, `${url}/below`], control })();
  expect(views).toMatchObject([{ name: 'consumer 1', url, state: 'working' }]);
  expect(requests).toBe(before + 1);
});

test('an address without a port gets the consumers’ default port; of an address with a path, the origin is used', async () => {
  const read = createConsumers({ urls: ['http://127.0.0.1', `${url}/below`], control: undefined });
  const { views } = await read();
  expect(views.map((view) => view.url)).toEqual(['http://127.0.0.1:9464', url]);
});
