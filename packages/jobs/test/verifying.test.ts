// What verify finds in tables and objects of every state, and the repair that it names.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { TableItem } from '@movie-load/aws';
import { type JobItem, jobIdOf, type Movie, type Range } from '@movie-load/schema';
import { partChunks } from '../src/part-bytes.ts';
import { partsText, verifyJob } from '../src/verify.ts';
import { callsNotAborted, fakeWorld, itemOf, runningJob, sliceItem, tenMoviesAGroup } from './fake-context.ts';
import { never, newPlan } from './support.ts';

/** Six groups of ten; three parts, which are the root's children. */
const job = runningJob({ status: 'COMPLETE', done: new Set([0, 1, 2]) });
const slice = (group: number, first: number, count: number, title?: string) =>
  sliceItem(job.job_id, group, first, count, title);

/** The slice with another first movie. */
const withFirstOf = (of: TableItem, title: string): TableItem => {
  const [, range = ''] = of.part?.S?.split('#') ?? [];
  const other = slice(1, Number(range.split('+')[0]), 1, title);
  return { ...of, movies: { L: [...(other.movies?.L ?? []), ...(of.movies?.L?.slice(1) ?? [])] } };
};

interface State {
  readonly item?: Partial<JobItem> | null;
  /** Messages that groups have counted, all ten unless given; null: there is no ledger. */
  readonly ledgers?: Readonly<Record<number, readonly number[] | null>>;
  readonly slices?: Readonly<Record<number, readonly TableItem[]>>;
  readonly pageSize?: number;
  readonly object?: Buffer | null;
}

const whole = Buffer.concat(
  await Promise.all(
    [0, 1, 2].map(async (part) => {
      const chunks: Uint8Array[] = [];
      const { context } = fakeWorld({ query: tenMoviesAGroup });
      for await (const chunk of partChunks(context, job, part, never())) chunks.push(chunk);
      return Buffer.concat(chunks);
    }),
  ),
);
const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** What the generator makes: the movies of `tenMoviesAGroup`. */
function* generate({ first, count }: Range): Generator<Movie> {
  const movie = { movie_id: '00000000-0000-4000-8000-000000000000', year: 1999, actor: 'A', director: 'D' };
  for (let index = first; index < first + count; index += 1) yield { ...movie, title: `T${index}` };
}

function start({ item = {}, ledgers = {}, slices = {}, pageSize = 100, object = whole }: State = {}) {
  const storedJob = item === null ? undefined : { ...job, ...item };
  const done: TableItem =
    storedJob === undefined || storedJob.done.size === 0 ? {} : { done: { NS: [...storedJob.done].map(String) } };
  const world = fakeWorld(
    {
      async get({ job_id, part }) {
        if (part === 'job') return storedJob && { ...itemOf(storedJob), ...done };
        const numbers = ledgers[Number(job_id.split('#')[1])];
        if (numbers === null) return undefined;
        return {
          job_id: { S: job_id },
          part: { S: part },
          stored: { NS: (numbers ?? ALL).map(String) },
          expected: { N: '10' },
          stored_on: { S: job.started_on },
          stored_by: { S: 'x' },
        };
      },
      async query(request) {
        const all = slices[Number(request.partition.split('#')[1])];
        if (all === undefined) return tenMoviesAGroup(request);
        const at = Number(request.start?.at?.N ?? 0);
        const next = at + pageSize < all.length ? { at: { N: String(at + pageSize) } } : undefined;
        return { items: all.slice(at, at + pageSize), next };
      },
    },
    {
      get: async () =>
        object === null
          ? undefined
          : {
              bytes: object.length,
              body: (async function* () {
                yield object;
              })(),
              discard: () => undefined,
            },
    },
  );
  const verify = (of: { plan: typeof job.plan; job_id: string } = job, signal = never()) =>
    verifyJob(world.context, of, { signal, generate });
  const found = async () => (await verify()).problems.map(({ kind, repair }) => [kind, repair]);
  return { ...world, verify, found };
}

describe('verify', () => {
  test('finds nothing wrong in a complete job', async () => {
    const report = await start().verify();
    expect(report).toMatchObject({
      ok: true,
      status: 'COMPLETE',
      groups: 6,
      slices: 6,
      movies: 60,
      movies_expected: 60,
      repeated: 0,
      object_bytes: whole.length,
      object_parts: 3,
      parts_differing: [],
      generator_compared: true,
      problems: [],
      problems_total: 0,
    });
    expect(report.sha256_slices).toBe(report.sha256_object);
  });

  test('finds a missing movie wherever it is in its group, and ignores movies beyond the group', async () => {
    for (const [slices, movies] of [
      [[slice(1, 11, 9)], 59],
      [[slice(1, 10, 4), slice(1, 15, 5)], 59],
      [[slice(1, 10, 9)], 59],
      [[], 50],
    ] as const) {
      const world = start({ slices: { 1: slices } });
      expect(await world.verify()).toMatchObject({ ok: false, movies, sha256_slices: undefined });
      expect(await world.found()).toEqual([['counted_not_stored', 'resume --thorough']]);
    }
    // Movies that a slice has beyond its group do not count.
    expect(await start({ slices: { 1: [slice(1, 10, 10), slice(1, 20, 3)] } }).verify()).toMatchObject({ movies: 60 });
    expect(await start({ slices: { 1: [slice(1, 10, 13)] } }).verify()).toMatchObject({ movies: 60, ok: true });
  });

  test('reports missing movies only if they are counted', async () => {
    const counted = ALL.slice(0, 7);
    const state: State = { item: { status: 'RUNNING', done: new Set([1, 2]) }, ledgers: { 0: counted } };
    expect(await start({ ...state, slices: { 0: [slice(0, 0, 7)] } }).found()).toEqual([['not_stored', 'resume']]);
    expect(await start({ ...state, slices: { 0: [slice(0, 0, 6)] } }).found()).toEqual([
      ['not_stored', 'resume'],
      ['counted_not_stored', 'resume --thorough'],
    ]);
    const none = start({ ...state, ledgers: { 0: null }, slices: { 0: [] } });
    expect(await none.found()).toEqual([['not_stored', 'resume']]);
  });

  test('reports a counted movie that is missing after many movies that are not counted', async () => {
    // One group of two messages of 120 movies: only the second is counted, and no movie is stored.
    const plan = newPlan(240, 120, { group_size: 2 });
    const of = { job_id: jobIdOf(plan), plan };
    const item = { ...of, status: 'RUNNING', done: new Set<number>() } as const;
    const { problems } = await start({ item, ledgers: { 0: [1] }, slices: { 0: [] } }).verify(of);
    expect(problems.map(({ kind }) => kind)).toEqual(['not_stored', 'counted_not_stored']);
    expect(problems[1]?.text).toContain('the first is 120.');
  });

  test('names the resume that reads below what the root has, by the part and not by the group', async () => {
    const ledgers = { 3: ALL.slice(1) };
    // Groups 2 and 3 are part 1.
    expect(await start({ ledgers }).found()).toEqual([['not_stored', 'resume --thorough']]);
    const incomplete = { ledgers, item: { status: 'RUNNING', done: new Set([0, 2]) } } as const;
    expect(await start(incomplete).found()).toEqual([['not_stored', 'resume']]);
  });

  test('reports a job whose movies are all counted as not COMPLETE only if nothing else is wrong', async () => {
    const item = { status: 'RUNNING' } as const;
    expect(await start({ item }).found()).toEqual([['not_woken', 'resume']]);
    expect(await start({ item, slices: { 0: [] } }).found()).toEqual([['counted_not_stored', 'resume --thorough']]);
  });

  test.each([1, 100])('compares slices that overlap, in pages of %i', async (pageSize) => {
    const overlaps = [slice(1, 10, 4), slice(1, 12, 4), slice(1, 14, 6), slice(1, 15, 2), slice(1, 19, 1)];
    const right = start({ slices: { 1: overlaps }, pageSize });
    expect(await right.verify()).toMatchObject({ ok: true, repeated: 7, movies: 60, slices: 10 });
    for (const [at, of] of overlaps.entries()) {
      if (at === 0) continue;
      const [, range = ''] = of.part?.S?.split('#') ?? [];
      const [first = 0, count = 0] = range.split('+').map(Number);
      const changed = overlaps.map((one, place) => (place === at ? slice(1, first, count, 'other') : one));
      const kinds = (await start({ slices: { 1: changed }, pageSize }).verify()).problems.map(({ kind }) => kind);
      expect(kinds).toContain('slices_differ');
    }
  });

  test('compares slices that overlap after a gap', async () => {
    const slices = { 1: [slice(1, 10, 2), slice(1, 13, 4), slice(1, 14, 6)] };
    expect(await start({ slices }).found()).toEqual([['counted_not_stored', 'resume --thorough']]);
  });

  test('names no repair where other movies are stored', async () => {
    const other = [slice(1, 10, 10), slice(1, 12, 3, 'other')];
    expect(await start({ slices: { 1: other } }).found()).toEqual([['slices_differ', undefined]]);
    const foreign = { 1: [slice(1, 10, 10, 'other')] };
    const problems = await start({ slices: foreign }).found();
    expect(problems).toEqual([
      ['not_generated', undefined],
      ['object_differs', 'repair'],
    ]);
  });

  test('reports the digest of the object, and that of the bytes that the slices make', async () => {
    const object = Buffer.from(whole).fill('x', 100, 101);
    const report = await start({ object }).verify();
    expect(report.sha256_object).toBe(createHash('sha256').update(object).digest('hex'));
    expect(report.sha256_slices).toBe(createHash('sha256').update(whole).digest('hex'));
  });

  test('finds movies that the seed does not make, also after a gap', async () => {
    const foreign = start({ slices: { 1: [slice(1, 10, 2), slice(1, 13, 7)], 2: [slice(2, 20, 10, 'other')] } });
    const { problems } = await foreign.verify();
    expect(problems.map(({ kind }) => kind).toSorted()).toEqual(['counted_not_stored', 'not_generated']);
    expect(problems.find(({ kind }) => kind === 'not_generated')?.text).toContain('slice movies#000000000020+10 has');
  });

  test.each<[State, string]>([
    [{ ledgers: { 3: ALL.slice(1) } }, 'Group J#3: 1 of its messages are not stored, the first is 30.'],
    [{ ledgers: { 3: [0, 4, 5, 6, 7, 8, 9] } }, 'Group J#3: 3 of its messages are not stored, the first is 31.'],
    [
      { slices: { 1: [slice(1, 10, 4), slice(1, 16, 4)] } },
      'Group J#1: movies that are counted are not stored, the first is 14.',
    ],
    [
      { slices: { 1: [slice(1, 10, 10), { ...slice(1, 12, 4), movies: { L: [] } }] } },
      'Group J#1: the slice movies#000000000012+4 cannot be read; it was changed by hand. Delete the item first.',
    ],
    [
      { slices: { 1: [slice(1, 10, 10), withFirstOf(slice(1, 12, 4), 'other')] } },
      'Group J#1: slice movies#000000000012+4 has other movies than a slice that overlaps it.',
    ],
    [
      { slices: { 1: [withFirstOf(slice(1, 10, 10), 'other')] } },
      "Group J#1: slice movies#000000000010+10 has movies that the job's seed does not make.",
    ],
    [{ object: null }, 'The object J.json is not in the bucket.'],
    [{ object: whole.subarray(0, -1) }, 'The object J.json is not what the slices make: part 3 of 3.'],
  ])('says what is wrong, where it begins and what to do (case %#)', async (state, text) => {
    const { problems } = await start(state).verify();
    expect(problems.map((one) => one.text.replace(job.job_id, 'J'))).toContain(text);
  });

  test('names the first hundred problems, and the number of all', async () => {
    const broken = (group: number, count: number) =>
      Array.from({ length: count }, (_, at) => ({
        part: { S: `movies#${String(10 * group + at).padStart(12, '0')}+9` },
      }));
    for (const more of [0, 1]) {
      const slices = { 0: [slice(0, 0, 10), ...broken(0, 50)], 1: [slice(1, 10, 10), ...broken(1, 50 + more)] };
      const report = await start({ slices }).verify();
      expect([report.problems.length, report.problems_total]).toEqual([100, 100 + more]);
      expect(new Set(report.problems.map(({ kind }) => kind))).toEqual(new Set(['bad_item']));
      // The fifty of group 0, then the first fifty of group 1.
      expect(report.problems.at(0)?.text).toContain('movies#000000000000+9');
      expect(report.problems.at(-1)?.text).toContain('movies#000000000059+9');
    }
  });

  test('compares the object with the slices, part by part, and names what repairs it', async () => {
    expect(await start({ object: null }).found()).toEqual([['object_missing', 'repair']]);
    const changed = Buffer.from(whole);
    changed[whole.length - 1] = 0;
    const differs = start({ object: changed });
    expect(await differs.verify()).toMatchObject({ ok: false, parts_differing: [3] });
    expect((await differs.verify()).problems[0]?.text).toMatch(/is not what the slices make: part 3 of 3\.$/);
    // A RUNNING job has no object yet.
    expect(await start({ item: { status: 'RUNNING' }, object: changed }).verify()).toMatchObject({
      object_bytes: undefined,
      parts_differing: [],
    });
  });

  test('reports a job that does not exist, and a plan that is not its own', async () => {
    const none = start({ item: null, ledgers: Object.fromEntries(ALL.map((group) => [group, null])) });
    const report = await none.verify();
    expect(report).toMatchObject({ ok: false, status: 'MISSING' });
    expect(report.problems[0]).toMatchObject({ kind: 'no_job', repair: 'resume' });
    const other = await start().verify({ job_id: job.job_id, plan: { ...job.plan, seed: 8 } });
    expect(other.problems).toMatchObject([{ kind: 'plan_mismatch', repair: undefined }]);
    const item = { plan: newPlan(60, 1, { group_size: 10 }) };
    expect((await start({ item }).verify()).problems).toMatchObject([{ kind: 'plan_mismatch' }]);
  });

  test('ends every call with the caller’s signal', async () => {
    const world = start();
    const stop = new AbortController();
    await world.verify(job, stop.signal);
    stop.abort();
    expect(new Set(world.signals.map(([call]) => call))).toEqual(new Set(['get', 'query']));
    expect(callsNotAborted(world)).toEqual([]);
  });
});

test('partsText names at most ten parts', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  expect(partsText([2])).toBe('part 2');
  expect(partsText([2, 5])).toBe('parts 2, 5');
  expect(partsText(numbers(10))).toBe('parts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
  expect(partsText(numbers(11))).toBe('parts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (11)');
});
