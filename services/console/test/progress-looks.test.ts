// How far a job is: what one look reads, what it may cost, and who shares it.
import { describe, expect, test } from '@jest/globals';
import {
  groupsBelow,
  type JobItem,
  type JobPlan,
  jobIdOf,
  type Ledger,
  planJob,
  shapeOf,
  treeOf,
} from '@movie-load/schema';
import { createProgress, heatOf } from '../src/job-progress.ts';
import { createJobsList } from '../src/jobs-list.ts';
import type { Marks } from '../src/marks.ts';

const began = Date.parse('2026-11-25T09:00:00.000Z');
const planOf = (movies: number, nonce = 'looks') =>
  planJob({ nonce, movies, movies_per_message: 1, seed: 1, generator: 1 });

function start(plans: readonly JobPlan[]) {
  let time = began;
  const items = new Map<string, JobItem>();
  for (const plan of plans) {
    const job_id = jobIdOf(plan);
    items.set(job_id, {
      job_id,
      kind: 'job',
      plan,
      status: 'RUNNING',
      started_on: new Date(began).toISOString(),
      done: new Set(),
    });
  }
  const stored = new Map<number, number>();
  /** What was asked: the groups of each look. */
  const looks: { readonly groups: number[]; readonly signal: AbortSignal | undefined }[] = [];
  let marks: Marks = { inFlight: new Map(), returned: new Map(), dead: new Map(), seenOn: began };
  const asked: { jobs: number; marks: number } = { jobs: 0, marks: 0 };
  const state: { gate: Promise<unknown> } = { gate: Promise.resolve() };
  const store = {
    async job(jobId: string) {
      asked.jobs += 1;
      await state.gate;
      return items.get(jobId);
    },
    async *ledgers(_: unknown, groups: Iterable<number> = [], { signal }: { signal?: AbortSignal | undefined } = {}) {
      const wanted = [...groups];
      looks.push({ groups: wanted, signal });
      for (const group of wanted) {
        const count = stored.get(group) ?? 0;
        const ledger =
          count === 0 ? undefined : ({ stored: new Set(Array.from({ length: count }, (_, at) => at)) } as Ledger);
        yield { group, expected: 0, ledger };
      }
    },
    upload: async () => undefined,
    listJobs: async () => ({ jobs: [], next: undefined, unreadable: 0 }),
    lastStoredOn: async () => undefined,
  };
  const { view } = createJobsList({
    store,
    now: () => time,
    queueStatus: () => Promise.reject(new Error('not asked')),
  });
  const { read } = createProgress({
    store,
    view,
    marksOf: async () => {
      asked.marks += 1;
      return marks;
    },
    now: () => time,
  });
  return {
    read,
    looks,
    stored,
    asked,
    state,
    change(jobId: string, changes: Partial<JobItem>) {
      const item = items.get(jobId);
      if (item) items.set(jobId, { ...item, ...changes });
    },
    mark: (more: Partial<Marks>) => {
      marks = { ...marks, ...more };
    },
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('a look', () => {
  const plan = planOf(1000); // 50 groups of 20
  const jobId = jobIdOf(plan);

  test('is shared by all who ask while it runs and for 800 ms after it', async () => {
    const { read, asked, state, pass } = start([plan]);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const two = [read(jobId), read(jobId)];
    gate.resolve();
    const [one, other] = await Promise.all(two);
    expect(other).toBe(one);
    pass(799);
    expect(await read(jobId)).toBe(one);
    expect(asked.jobs).toBe(1);
    pass(1);
    expect(await read(jobId)).not.toBe(one);
    expect(asked.jobs).toBe(2);
  });

  test('that fails is told, and the next one looks again', async () => {
    const { read, state, asked } = start([plan]);
    state.gate = Promise.reject(new Error('no table'));
    await expect(read(jobId)).rejects.toThrow('no table');
    state.gate = Promise.resolve();
    expect(await read(jobId)).toBeDefined();
    expect(asked.jobs).toBe(2);
  });

  test('of a job that is not there finds nothing, and finds it once it is', async () => {
    const { read, looks } = start([]);
    expect(await read(jobId)).toBeUndefined();
    expect(looks).toEqual([]);
  });

  test('has a time limit for its reads', async () => {
    const { read, looks } = start([plan]);
    await read(jobId);
    expect(looks[0]?.signal).toBeInstanceOf(AbortSignal);
  });

  test('counts what ledgers say, reads the full ones no more, and shows marks', async () => {
    const { read, looks, stored, mark, pass } = start([plan]);
    stored.set(0, 20).set(1, 7);
    mark({
      inFlight: new Map([[27, { sentOn: 1, receives: 1 }]]),
      dead: new Map([
        [40, { sentOn: 1, receives: 10 }],
        [41, { sentOn: 1, receives: 10 }],
      ]),
    });
    const first = await read(jobId);
    expect(first?.progress).toMatchObject({
      stored_messages: 27,
      exact: true,
      in_flight_messages: 1,
      dead_messages: 2,
      version: 1,
      job: { state: 'RUNNING' },
    });
    expect(looks[0]?.groups.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, group) => group));
    pass(800);
    await read(jobId);
    expect(looks[1]?.groups).toHaveLength(49);
    expect(looks[1]?.groups).not.toContain(0);
    if (first)
      expect(heatOf(first)).toMatchObject({
        groups: 50,
        groups_per_bucket: 1,
        dead: [2],
        percent: expect.arrayContaining([100, 35]),
      });
  });

  test('unknown marks are null, not none', async () => {
    const { read, mark } = start([plan]);
    mark({ inFlight: null });
    expect((await read(jobId))?.progress.in_flight_messages).toBeNull();
  });

  test.each<[string, (world: ReturnType<typeof start>) => unknown]>([
    ['more is stored', ({ stored }) => stored.set(3, 1)],
    ['another message is in flight', ({ mark }) => mark({ inFlight: new Map([[5, { sentOn: 1, receives: 1 }]]) })],
    ['another message is dead-lettered', ({ mark }) => mark({ dead: new Map([[5, { sentOn: 1, receives: 1 }]]) })],
    [
      'it is COMPLETE',
      ({ change }) => change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 5).toISOString() }),
    ],
  ])('has another version when %s, and else the same', async (_, happens) => {
    const world = start([plan]);
    const version = async () => {
      world.pass(1000);
      return (await world.read(jobId))?.progress.version;
    };
    expect(await version()).toBe(1);
    expect(await version()).toBe(1);
    happens(world);
    expect(await version()).toBe(2);
    expect(await version()).toBe(2);
  });

  test('of a COMPLETE job reads no ledger, and asks no queue once that has none of its messages', async () => {
    const { read, change, looks, asked, pass } = start([plan]);
    change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 5).toISOString() });
    const found = await read(jobId);
    expect(found?.progress).toMatchObject({
      stored_messages: 1000,
      exact: true,
      dead_messages: 0,
      in_flight_messages: 0,
    });
    pass(1000);
    await read(jobId);
    expect([looks.length, asked.marks]).toEqual([0, 1]);
    if (found) expect(heatOf(found).percent).toEqual(Array.from({ length: 50 }, () => 100));
  });
});

describe('a large job', () => {
  const plan = planOf(1_000_000); // 5,000 groups
  const jobId = jobIdOf(plan);
  const { groups } = shapeOf(plan);

  test('is read 200 ledgers a look, and is exact when so few are left', async () => {
    const { read, looks, change, pass } = start([plan]);
    expect((await read(jobId))?.progress.exact).toBe(false);
    expect(looks[0]?.groups).toHaveLength(200);
    const tree = treeOf(plan);
    const below = groupsBelow(tree, tree.levels.length - 1, 0).count;
    const children = Math.ceil(groups / below);
    change(jobId, { done: new Set(Array.from({ length: children - 1 }, (_, child) => child)) });
    pass(1000);
    const found = await read(jobId);
    const left = groups - (children - 1) * below;
    expect(found?.progress.stored_messages).toBe(1_000_000 - left * 200);
    expect(looks[1]?.groups.every((group) => group >= groups - left)).toBe(true);
  });

  test('is exact from 200 open groups on', async () => {
    const tree = treeOf(plan);
    const below = groupsBelow(tree, tree.levels.length - 1, 0).count;
    for (const [open, exact] of [
      [200, true],
      [201, false],
    ] as const) {
      const { read, change, stored, pass, looks } = start([plan]);
      // All but the last children are done; this number of groups is open, and the others are full.
      const children = Math.ceil(groups / below);
      const rest = Math.ceil(open / below) * below;
      const done = Math.floor((groups - rest) / below);
      change(jobId, { done: new Set(Array.from({ length: done }, (_, child) => child)) });
      for (let group = done * below; group < groups - open; group += 1) stored.set(group, 200);
      let found = await read(jobId);
      for (let look = 0; look < 2 * children && found?.map.openGroups !== open; look += 1) {
        pass(1000);
        found = await read(jobId);
      }
      expect(found?.map.openGroups).toBe(open);
      pass(1000);
      expect((await read(jobId))?.progress.exact).toBe(exact);
      expect(looks.length).toBeGreaterThan(0);
    }
  });

  test('takes a finished child as full, also when its first and last group were read as full before', async () => {
    const { read, change, stored, pass, looks } = start([plan]);
    const tree = treeOf(plan);
    const { first, count } = groupsBelow(tree, tree.levels.length - 1, 0);
    stored.set(first, 200).set(first + count - 1, 200);
    for (let look = 0; look < 2; look += 1) {
      await read(jobId);
      pass(1000);
    }
    expect(looks.flatMap((one) => one.groups)).toEqual(expect.arrayContaining([first, first + count - 1]));
    change(jobId, { done: new Set([0]) });
    pass(1000);
    expect((await read(jobId))?.progress.stored_messages).toBe(count * 200);
  });

  test('takes the groups below a finished child as full without reading them, all of them and no others', async () => {
    const { read, change, looks } = start([plan]);
    const tree = treeOf(plan);
    const { first, count } = groupsBelow(tree, tree.levels.length - 1, 1);
    change(jobId, { done: new Set([1]) });
    const found = await read(jobId);
    expect(found?.progress.stored_messages).toBe(count * 200);
    expect(found?.map.isFull(first)).toBe(true);
    expect(found?.map.isFull(first + count - 1)).toBe(true);
    expect(found?.map.isFull(first - 1)).toBe(false);
    expect(found?.map.isFull(first + count)).toBe(false);
    for (const group of looks[0]?.groups ?? []) expect(group < first || group >= first + count).toBe(true);
  });

  test('shares the ledgers of a look with jobs that are watched at the same time, for three seconds', async () => {
    const other = planOf(1_000_000, 'another');
    const { read, looks, pass } = start([plan, other]);
    await read(jobId);
    pass(1000);
    await read(jobIdOf(other));
    pass(1000);
    await read(jobId);
    pass(3000);
    await read(jobId);
    expect(looks.map(({ groups: asked }) => asked.length)).toEqual([200, 200, 100, 200]);
  });

  test('is remembered with seven others', async () => {
    const plans = Array.from({ length: 9 }, (_, at) => planOf(1000, `job-${at}`));
    const { read, looks, stored, pass } = start(plans);
    for (let group = 0; group < 50; group += 1) stored.set(group, 20);
    const [oldest, second, ...others] = plans.map(jobIdOf);
    for (const id of [oldest, second, ...others.slice(0, 6)]) await read(id ?? '');
    // Asked for again: the one after it is the last that was asked for now.
    pass(5000);
    await read(oldest ?? '');
    await read(others[6] ?? '');
    const before = looks.length;
    pass(5000);
    await read(oldest ?? '');
    expect(looks.slice(before).map(({ groups: asked }) => asked.length)).toEqual([0]);
    await read(second ?? '');
    expect(looks.at(-1)?.groups).toHaveLength(50);
  });
});
