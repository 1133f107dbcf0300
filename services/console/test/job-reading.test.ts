// A message with its slices, and pages of movies: what is read, and where the next page begins.
import { describe, expect, test } from '@jest/globals';
import type { StoredSlice } from '@movie-load/jobs';
import { generateMovies } from '@movie-load/movies';
import { groupKey, jobIdOf, planJob, shapeOf } from '@movie-load/schema';
import { JobMap } from '../src/job-map.ts';
import type { WatchedJob } from '../src/job-progress.ts';
import { readMessage, readMovies } from '../src/job-reading.ts';
import { began, runningJob } from './fake-progress.ts';

const plan = planJob({ nonce: 'reading', movies: 100, movies_per_message: 5, seed: 3, generator: 1 });
const job = runningJob(plan);

/** A slice of these movies, stored by `by` at this number of milliseconds after the job began. */
const slice = (first: number, count: number, by: string, messages: readonly number[], ms: number) =>
  ({
    part: `movies#${first}+${count}`,
    first,
    count,
    movies: [...generateMovies(3, { first, count })],
    trace: {
      stored_by: by,
      messages: messages.map((number) => ({ number, sent_ms: 0, received_ms: 2, stored_ms: ms, receives: number + 1 })),
    },
  }) as unknown as StoredSlice;

const watchedJob = (more: Partial<WatchedJob['marks']> = {}): WatchedJob => ({
  job,
  map: new JobMap(plan),
  marks: { inFlight: new Map(), returned: new Map(), dead: new Map(), seenOn: began, ...more },
  undeleted: new Map(),
  progress: {} as WatchedJob['progress'],
});

function storeOf(slices: readonly StoredSlice[], stored: readonly number[] = []) {
  return {
    async *ledgers(_: unknown, groups: Iterable<number> = []) {
      for (const group of groups) yield { group, expected: 2, ledger: { stored: new Set(stored) } as never };
    },
    async *traces() {},
    async *slicesOfGroup() {
      yield* slices;
    },
  };
}

describe('a message', () => {
  test('has only the slices that contain its movies, and the times recorded by its last writer', async () => {
    const slices = [
      slice(0, 5, 'a', [0], 10),
      slice(5, 3, 'a', [1], 10),
      slice(5, 5, 'b', [1], 20),
      slice(10, 5, 'b', [2], 20),
    ];
    const view = await readMessage(storeOf(slices, [0, 1]), watchedJob(), 1);
    expect(view).toMatchObject({
      number: 1,
      first_movie: 5,
      movies: 5,
      slices: [
        { partition: groupKey(job.job_id, view.group), part: 'movies#5+3' },
        { partition: groupKey(job.job_id, view.group), part: 'movies#5+5' },
      ],
      stored_by: 'b',
      sent_on: '2026-11-25T09:00:00.000Z',
      received_on: '2026-11-25T09:00:00.002Z',
      stored_on: '2026-11-25T09:00:00.020Z',
      receives: 2,
      until: null,
      received_by: null,
    });
    expect(view.sample.map(({ index }) => index)).toEqual([5, 6, 7, 8, 9]);
  });

  test('has both slices if its movies are in two, and the times recorded by its last writer', async () => {
    const view = await readMessage(
      storeOf([slice(5, 3, 'a', [0, 1], 10), slice(8, 7, 'b', [2, 1, 3], 20)]),
      watchedJob(),
      1,
    );
    expect(view.slices.map(({ part }) => part)).toEqual(['movies#5+3', 'movies#8+7']);
    expect(view).toMatchObject({ stored_by: 'b', receives: 2, stored_on: '2026-11-25T09:00:00.020Z' });
    expect(view.sample.map(({ index }) => index)).toEqual([5, 6, 7, 8, 9]);
  });

  test('shows the first twenty of many movies', async () => {
    const many = planJob({ nonce: 'many', movies: 90, movies_per_message: 30, seed: 3, generator: 1 });
    const watched = { ...watchedJob(), job: { ...job, job_id: jobIdOf(many), plan: many }, map: new JobMap(many) };
    const { sample, movies } = await readMessage(storeOf([slice(30, 30, 'a', [1], 10)], [1]), watched, 1);
    expect([movies, sample.length, sample[0]?.index, sample.at(-1)?.index]).toEqual([30, 20, 30, 49]);
  });

  test('has its state from the queue that contains it while it is not stored', async () => {
    const inFlight = new Map([
      [3, { sentOn: began + 5, receives: 2, until: began + 60_000, receivedBy: 'consumer-1' }],
    ]);
    const view = await readMessage(storeOf([]), watchedJob({ inFlight }), 3);
    expect(view).toMatchObject({
      state: 'in_flight',
      sent_on: '2026-11-25T09:00:00.005Z',
      receives: 2,
      until: began + 60_000,
      received_by: 'consumer-1',
      stored_by: null,
      slices: [],
      sample: [],
    });
    const dead = new Map([[3, { sentOn: Number.NaN, receives: undefined }]]);
    expect(await readMessage(storeOf([]), watchedJob({ dead }), 3)).toMatchObject({
      state: 'dead_lettered',
      sent_on: null,
      receives: null,
    });
  });

  test('has its own state in a later group, not that of another message of the group', async () => {
    const { groupSize } = shapeOf(plan);
    const [first, second] = [groupSize, groupSize + 1];
    const inFlight = new Map([
      [first, { sentOn: began, receives: 1, until: began + 60_000, receivedBy: 'consumer-1' }],
    ]);
    const view = (number: number) => readMessage(storeOf([]), watchedJob({ inFlight }), number);
    expect(await view(first)).toMatchObject({ group: 1, state: 'in_flight', received_by: 'consumer-1' });
    expect(await view(second)).toMatchObject({ group: 1, state: 'not_seen', received_by: null, until: null });
  });

  test('beyond the last one is answered with 404', async () => {
    expect((await readMessage(storeOf([]), watchedJob(), 19)).state).toBe('not_seen');
    await expect(readMessage(storeOf([]), watchedJob(), 20)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a page of movies', () => {
  const all = [...generateMovies(3, { first: 0, count: 100 })];
  const requestedRanges: unknown[] = [];
  const store = {
    async *movies(_: unknown, range = { first: 0, count: 100 }) {
      requestedRanges.push(range);
      for (let index = range.first; index < range.first + range.count; index += 1) {
        const movie = all[index];
        if (movie) yield { index, movie };
      }
    },
  };
  const page = async (from: number, limit: number, search = '', now?: () => number) => {
    const { movies, ...rest } = await readMovies(store, job, { from, limit, search }, now);
    return { ...rest, indexes: movies.map(({ index }) => index) };
  };

  test('continues after the previous page, up to the last movie', async () => {
    expect(await page(0, 3)).toEqual({ indexes: [0, 1, 2], next: 3, looked_at: 3, total: 100 });
    expect(requestedRanges.at(-1)).toEqual({ first: 0, count: 3 });
    expect(await page(97, 3)).toEqual({ indexes: [97, 98, 99], next: null, looked_at: 3, total: 100 });
    expect(await page(98, 50)).toMatchObject({ indexes: [98, 99], next: null, looked_at: 2 });
    expect(requestedRanges.at(-1)).toEqual({ first: 98, count: 2 });
  });

  test('beyond the last movie is empty, and reads nothing', async () => {
    const before = requestedRanges.length;
    expect(await page(100, 3)).toEqual({ indexes: [], next: null, looked_at: 0, total: 100 });
    expect(requestedRanges).toHaveLength(before);
  });

  test.each(['title', 'actor', 'director', 'movie_id', 'year'] as const)('is searched by %s', async (name) => {
    const word = String(all[60]?.[name]).toUpperCase();
    const first = all.findIndex((movie) => Object.values(movie).join('\n').toUpperCase().includes(word));
    expect(await page(0, 1, word)).toEqual({ indexes: [first], next: first + 1, looked_at: first + 1, total: 100 });
  });

  test('with a search ends after three seconds, and reports how far it searched', async () => {
    let time = 0;
    const now = () => {
      time += 1000;
      return time;
    };
    expect(await page(10, 5, 'no such movie', now)).toEqual({ indexes: [], next: 14, looked_at: 4, total: 100 });
    expect(await page(0, 5, 'no such movie', () => 0)).toEqual({ indexes: [], next: null, looked_at: 100, total: 100 });
  });
});
