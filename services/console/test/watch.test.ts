// The loop that reads AWS for all pages, in real time. `watch-turns.test.ts` tests its turns one by one.
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@movie-load/aws';
import { eventually } from '@movie-load/testing';
import type { Overview } from '../src/api.ts';
import { type Sources, Watch } from '../src/watch.ts';

const overviewAt = (at: number): Overview => ({
  at,
  where: { endpoint: '', region: '', queue: '', dlq: '', table: '', bucket: '' },
  can: { start: false, control: false, peek: false },
  queue: null,
  dlq: null,
  consumers: [],
  calls: { producer: null, consumer: null, console: null },
  write_units: 0,
  read_units: 0,
  stored_movies: 0,
  repeated_movies: 0,
  latency: null,
  sample: { at, movies_per_second: 0, waiting: 0, in_flight: 0, redelivered: 0, p50_ms: null, p99_ms: null },
  problems: [],
});

let reads = 0;
const errors: unknown[] = [];
const sources: Sources = {
  overview: async () => overviewAt(++reads),
  jobs: async () => ({ jobs: [], next: null }),
  progress: async () => {
    throw new Error('no such table');
  },
};
const watching = () =>
  new Watch({ sources, clock: systemClock, everyMs: 1, page: 'a', onError: (error) => errors.push(error) });

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

describe('the watch', () => {
  test('reads only while a page listens, once for all pages', async () => {
    const watch = watching();
    expect(watch.running).toBe(false);
    const seen: string[][] = [[], []];
    stops.push(...seen.map((events) => watch.subscribe((event, json) => events.push(`${event} ${json}`))));
    await eventually('three overviews for each page', () =>
      seen.every((events) => events.filter((event) => event.startsWith('overview')).length >= 3),
    );
    const [first = [], second = []] = seen;
    const overviews = (events: string[]) => events.filter((event) => event.startsWith('overview'));
    expect(overviews(first).slice(0, 3)).toEqual(overviews(second).slice(0, 3));
    for (const stop of stops.splice(0)) stop();
    expect(watch.running).toBe(false);
    const before = reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reads - before).toBeLessThanOrEqual(1);
  });

  test('says hello first, with the samples so far, and sends unchanged data once', async () => {
    const watch = watching();
    const events: string[] = [];
    stops.push(watch.subscribe((event) => events.push(event)));
    await eventually('five overviews', () => events.filter((event) => event === 'overview').length >= 5);
    expect(events[0]).toBe('hello');
    // Only up to the fifth turn: in every tenth one, everything is sent again.
    const fifth = events.flatMap((event, at) => (event === 'overview' ? [at] : []))[4];
    expect(events.slice(0, fifth).filter((event) => event === 'jobs')).toHaveLength(1);
    const late: string[] = [];
    stops.push(watch.subscribe((event, json) => late.push(`${event} ${json}`)));
    expect(late[0]).toMatch(/^hello .*"page":"a".*"at":/);
    expect(late[1]).toMatch(/^jobs /);
  });

  test('continues when a source fails', async () => {
    const watch = watching();
    const events: string[] = [];
    stops.push(watch.subscribe((event) => events.push(event), '00000000-0000-5000-8000-000000000000'));
    await eventually(
      'two errors and two overviews',
      () => errors.length >= 2 && events.filter((event) => event === 'overview').length >= 2,
    );
    expect(events).not.toContain('job');
  });
});
