// Reading the table over ports that the test answers: pages, ids, ledgers, progress.
import { describe, expect, test } from '@jest/globals';
import type { JobsQuery, TableItem } from '@movie-load/aws';
import { type JobItem, UsageError } from '@movie-load/schema';
import { lastStoredOn, ledgers, listJobs, resolveJobId, treeProgress } from '../src/read-jobs.ts';
import { movies, slicesOfGroup, traces } from '../src/read-movies.ts';
import { fakeWorld, itemOf, runningJob, sliceItem, tenMoviesAGroup } from './fake-context.ts';
import { never, newPlan } from './support.ts';

const idOf = (start: string) => `${start.padEnd(8, '0')}-0000-5000-8000-000000000000`;
const signal = never();

/** An index with these ids on each page. */
function indexOf(...pages: readonly (readonly string[])[]) {
  const queries: JobsQuery[] = [];
  const { context } = fakeWorld({
    async queryJobs(request) {
      queries.push(request);
      const page = Number(request.start?.page?.N ?? 0);
      const items = (pages[page] ?? []).map((job_id) => ({ ...itemOf(runningJob()), job_id: { S: job_id } }));
      return { items, next: page + 1 < pages.length ? { page: { N: String(page + 1) } } : undefined };
    },
  });
  return { context, queries };
}

describe('the list of jobs', () => {
  test('requests fifty jobs by default, and continues where the page before ended', async () => {
    const { context, queries } = indexOf([idOf('a')], [idOf('b')]);
    const first = await listJobs(context, { signal });
    expect(first.jobs.map(({ job_id }) => job_id)).toEqual([idOf('a')]);
    const second = await listJobs(context, { limit: 7, after: first.next, signal });
    expect([second.jobs[0]?.job_id, second.next]).toEqual([idOf('b'), undefined]);
    expect(queries).toEqual([
      { limit: 50, start: undefined, signal },
      { limit: 7, start: { page: { N: '1' } }, signal },
    ]);
  });
});

test('a job of a newer version, or changed by hand, is counted instead of listed', async () => {
  const item = itemOf(runningJob());
  const newer = { ...item, plan: { M: { ...item.plan?.M, version: { N: '99' } } } };
  const items = [item, newer, { ...item, status: { S: 'DELETING' } }, { ...item, status: { S: 'GONE' } }];
  const { context } = fakeWorld({ queryJobs: async () => ({ items, next: undefined }) });
  const { jobs, unreadable } = await listJobs(context, { signal });
  expect([jobs.map(({ status }) => status), unreadable]).toEqual([['RUNNING', 'DELETING'], 2]);
});

describe('the beginning of a job id', () => {
  test('finds the only job that has it, on whichever page, in upper or lower case', async () => {
    const { context, queries } = indexOf([idOf('a1')], [], [idOf('ab'), idOf('b')]);
    expect(await resolveJobId(context, 'AB', signal)).toBe(idOf('ab'));
    expect(queries).toHaveLength(3);
    expect(queries.every((one) => one.limit === 1000 && one.signal === signal)).toBe(true);
  });

  test('that is a whole id needs no query', async () => {
    const { context, queries } = indexOf([]);
    expect(await resolveJobId(context, idOf('c').toUpperCase())).toBe(idOf('c'));
    expect(queries).toEqual([]);
  });

  test('that two jobs have is refused with both ids, and no further page is read', async () => {
    const { context, queries } = indexOf([idOf('a1'), idOf('a2'), idOf('a3')], [idOf('a4')]);
    const found = resolveJobId(context, 'a', signal);
    await expect(found).rejects.toThrow(UsageError);
    await expect(found).rejects.toThrow(`"a": ${idOf('a1')}, ${idOf('a2')}, …`);
    expect(queries).toHaveLength(1);
  });

  test('is searched on all pages until a second job has it', async () => {
    const { context, queries } = indexOf([idOf('a1')], [idOf('b')], [idOf('a2')], [idOf('a3')]);
    await expect(resolveJobId(context, 'a', signal)).rejects.toThrow(`"a": ${idOf('a1')}, ${idOf('a2')}, …`);
    expect(queries).toHaveLength(3);
  });

  test('that no job has, or that is not hexadecimal, is wrong usage', async () => {
    const { context, queries } = indexOf([idOf('a')]);
    await expect(resolveJobId(context, '0')).rejects.toThrow('There is no job whose id begins with "0".');
    expect(queries).toHaveLength(1);
    for (const wrong of ['', 'g', 'a b', 'a'.repeat(37), '*']) {
      await expect(resolveJobId(context, wrong)).rejects.toThrow(`"${wrong}" is not a job id.`);
    }
    expect(queries).toHaveLength(1);
  });
});

describe('ledgers', () => {
  const job = runningJob();
  const ledger = (group: number, count: number, seconds: number): TableItem => ({
    job_id: { S: `${job.job_id}#${group}` },
    part: { S: 'ledger' },
    stored: { NS: Array.from({ length: count }, (_, at) => String(at)) },
    expected: { N: '10' },
    stored_on: { S: new Date(seconds * 1000).toISOString() },
    stored_by: { S: 'x' },
  });

  function start(items: Readonly<Record<number, TableItem>>) {
    const read: number[] = [];
    const { context } = fakeWorld({
      async get({ job_id }) {
        const group = Number(job_id.split('#')[1]);
        read.push(group);
        return items[group];
      },
    });
    return { context, read };
  }

  test('are read of all groups, or of the given ones in their order', async () => {
    const { context } = start({ 1: ledger(1, 3, 5) });
    const found: unknown[] = [];
    for await (const { group, expected, ledger: one } of ledgers(context, job, signal))
      found.push([group, expected, one?.stored.size]);
    expect(found).toEqual([0, 1, 2, 3, 4, 5].map((group) => [group, 10, group === 1 ? 3 : undefined]));
    const some: number[] = [];
    for await (const { group } of ledgers(context, job, signal, [4, 1])) some.push(group);
    expect(some).toEqual([4, 1]);
  });

  test('are read with a signal that ends with the caller’s', async () => {
    const caller = new AbortController();
    const { context } = fakeWorld({
      async get(_, options) {
        caller.abort(new Error('enough'));
        options?.signal?.throwIfAborted();
        return undefined;
      },
    });
    await expect(ledgers(context, job, caller.signal).next()).rejects.toThrow('enough');
  });

  test('are bad items after a change by hand', async () => {
    const { context } = start({ 0: { ...ledger(0, 1, 1), stored_on: { S: 'yesterday' } } });
    await expect(ledgers(context, job, signal).next()).rejects.toMatchObject({ code: 'bad_item' });
  });

  test('tell when something was last stored: those below children that the root misses, at most the given number', async () => {
    const many = Object.fromEntries([0, 1, 2, 3, 4, 5].map((group) => [group, ledger(group, 1, 100 - group)]));
    const job2: JobItem = { ...job, done: new Set([0]) };
    const { context, read } = start(many);
    // A part is two groups, and the root's children are parts.
    expect(await lastStoredOn(context, job2, signal)).toBe(98_000);
    expect(read).toEqual([2, 3, 4, 5]);
    read.length = 0;
    expect(await lastStoredOn(context, job2, signal, 2)).toBe(98_000);
    expect(read).toEqual([2, 3]);
    read.length = 0;
    const full: JobItem = { ...job, done: new Set([0, 1, 2]) };
    expect(await lastStoredOn(context, full, signal)).toBe(95_000);
    expect(read).toEqual([5]);
    expect(await lastStoredOn(start({}).context, job, signal)).toBeUndefined();
  });
});

test('a job’s progress is the share of the root’s children, at most 1', () => {
  const plan = newPlan(40, 1, { group_size: 10 });
  expect(treeProgress({ plan, done: new Set([1]) })).toEqual({ finished: 1, children: 4, fraction: 0.25 });
  expect(treeProgress({ plan, done: new Set([0, 1, 2, 3, 4]) })).toMatchObject({ fraction: 1 });
});

describe('movies and traces', () => {
  const job = runningJob();
  const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const one of source) all.push(one);
    return all;
  };
  /** Pages of one group; records every query. */
  function start(...pages: readonly (readonly TableItem[])[]) {
    const queries: {
      readonly between: readonly [string, string];
      readonly attributes?: readonly string[] | undefined;
    }[] = [];
    const { context } = fakeWorld({
      async query(request) {
        queries.push(request);
        const page = Number(request.start?.page?.N ?? 0);
        return {
          items: pages[page] ?? [],
          next: page + 1 < pages.length ? { page: { N: String(page + 1) } } : undefined,
        };
      },
    });
    return { context, queries };
  }
  const slice = (first: number, count: number, title?: string) => sliceItem(job.job_id, 0, first, count, title);

  test('are yielded once each where slices overlap, over pages; those that are not stored are left out', async () => {
    const { context } = start([slice(0, 4), slice(2, 4, 'other')], [], [slice(7, 2), slice(7, 3)]);
    const found = await collect(movies(context, job, signal, { first: 1, count: 9 }));
    expect(found.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 7, 8, 9]);
    expect(found.map(({ movie }) => movie.title)).toEqual(['T1', 'T2', 'T3', 'other4', 'other5', 'T7', 'T8', 'T9']);
  });

  test('of a range are queried from the first key whose slice may reach it to the range’s end', async () => {
    const { context, queries } = start([slice(0, 4), slice(4, 2)], [slice(6, 4)]);
    expect((await collect(movies(context, job, signal, { first: 2, count: 3 }))).map(({ index }) => index)).toEqual([
      2, 3, 4,
    ]);
    expect(queries.map(({ between }) => between[0])).toEqual(['movies#000000000000']);
    const later = start([slice(50, 10)]);
    await collect(movies(later.context, job, signal, { first: 55, count: 1 }));
    expect(later.queries.map(({ between }) => between[0])).toEqual(['movies#000000000045']);
    // Ten messages before it, of three movies each.
    const packed = start([slice(50, 10)]);
    const ofThree = runningJob({ plan: newPlan(60, 3, { group_size: 20 }) });
    await collect(movies(packed.context, ofThree, signal, { first: 55, count: 1 }));
    expect(packed.queries.map(({ between }) => between[0])).toEqual(['movies#000000000025']);
  });

  test.each([
    [{ first: -1, count: 2 }],
    [{ first: 0, count: 0 }],
    [{ first: 0, count: 61 }],
    [{ first: 60, count: 1 }],
  ])('do not exist for the range %j, which is refused', async (range) => {
    await expect(collect(movies(start([]).context, job, signal, range))).rejects.toThrow(
      'The job has the movies 0 to 59.',
    );
  });

  test('stop being read when their reader stops', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { context } = fakeWorld({
      query(request) {
        signals.push(request.signal);
        return tenMoviesAGroup(request);
      },
    });
    for await (const { index } of movies(context, job, signal)) if (index === 3) break;
    expect(signals.length).toBeGreaterThan(0);
    expect(signals.every((one) => one?.aborted)).toBe(true);
  });

  test('include a slice’s trace, of whole entries only', async () => {
    const note = (flat: readonly (number | string)[], more: TableItem = {}): TableItem => ({
      ...slice(3, 4),
      trace: {
        M: {
          stored_by: { S: 'me' },
          stored_ms: { N: '900' },
          messages: { L: flat.map((value) => (typeof value === 'number' ? { N: String(value) } : { S: value })) },
          ...more,
        },
      },
    });
    const read = async (item: TableItem, plan = job.plan) =>
      collect(traces(start([item]).context, { ...job, plan }, 0, { signal }));
    const one = { stored_ms: 900, stored_by: 'me' };
    expect(await read(note([10, 20, 1, 11, 21, 2]))).toEqual([
      { ...one, number: 3, sent_ms: 10, received_ms: 20, receives: 1 },
      { ...one, number: 4, sent_ms: 11, received_ms: 21, receives: 2 },
    ]);
    // Of three movies a message, the first that begins in a slice from movie 3 on is message 1; from 4 on message 2.
    expect((await read(note([10, 20, 1]), { ...job.plan, movies_per_message: 3 })).map(({ number }) => number)).toEqual(
      [1],
    );
    expect(
      (await read({ ...note([10, 20, 1]), first: { N: '4' } }, { ...job.plan, movies_per_message: 3 })).map(
        ({ number }) => number,
      ),
    ).toEqual([2]);
    expect((await read(note([10, 20, 1, 11]))).map(({ number }) => number)).toEqual([3]);
    for (const odd of [note(['a', 20, 1]), note([10, 20, 1], { stored_by: { N: '1' } }), slice(3, 4)]) {
      expect(await read(odd)).toEqual([]);
    }
    const { context, queries } = start([note([10, 20, 1])]);
    await collect(traces(context, job, 0, { signal }));
    expect(queries[0]?.attributes).toEqual(['part', 'first', 'trace']);
    const [whole] = await collect(slicesOfGroup(start([note([10, 20, 1])]).context, job, 0, { signal }));
    expect(whole).toMatchObject({ first: 3, count: 4, part: 'movies#000000000003+4', trace: { stored_by: 'me' } });
    expect(whole?.movies).toHaveLength(4);
  });

  test('do not include a slice whose key and movies disagree: it is a bad item', async () => {
    const { movies: list, ...rest } = slice(0, 4);
    for (const item of [
      rest,
      { ...rest, movies: { L: list?.L?.slice(1) ?? [] } },
      { ...rest, movies: { L: [...(list?.L ?? []), ...(list?.L ?? [])] } },
      { ...slice(0, 4), part: { S: 'movies#x' } },
    ]) {
      await expect(collect(slicesOfGroup(start([item]).context, job, 0, { signal }))).rejects.toMatchObject({
        code: 'bad_item',
      });
    }
  });
});
