// What a resume sends for tables in every state that processes leave when they die: one message for each full set
// that is missing in its parent, each message that is not counted, and nothing else.
import { describe, expect, test } from '@jest/globals';
import type { TableItem, TablePort } from '@movie-load/aws';
import { type JobItem, messagesOfGroup, moviesOfMessage, shapeOf } from '@movie-load/schema';
import { type FindOptions, findMissing, type MissingMessages } from '../src/missing.ts';
import { callsNotAborted, fakeWorld, itemOf, runningJob, sliceItem } from './fake-context.ts';
import { never, newPlan } from './support.ts';

/** 16 groups of ten; 8 parts of two groups; above them 4 nodes, then 2, which are the root's children. */
const plan = newPlan(160, 1, { group_size: 10, fan_out: 2 });
const job = runningJob({ plan });
const set = (numbers: Iterable<number>): TableItem[string] => ({ NS: [...numbers].map(String) });

interface State {
  readonly root?: Partial<JobItem> | null;
  /** The children of nodes, by `<level>#<node>`. */
  readonly nodes?: Readonly<Record<string, readonly number[]>>;
  /** Stored messages of groups, all ten unless given. */
  readonly ledgers?: Readonly<Record<number, number>>;
  readonly query?: TablePort['query'];
}

function start({ root = {}, nodes = {}, ledgers = {}, query }: State) {
  const read: string[] = [];
  const world = fakeWorld({
    async get({ job_id, part }) {
      read.push(part === 'ledger' ? `group ${job_id.split('#')[1]}` : part);
      if (part === 'job') {
        if (root === null) return undefined;
        const { done = new Set() } = root;
        return { ...itemOf({ ...job, ...root }), ...(done.size > 0 && { done: set(done) }) };
      }
      if (part !== 'ledger') {
        const children = nodes[part.replace('done#', '')];
        return children && { job_id: { S: job_id }, part: { S: part }, done: set(children) };
      }
      const count = ledgers[Number(job_id.split('#')[1])] ?? 10;
      if (count === 0) return undefined;
      const stored = set(Array.from({ length: count }, (_, at) => at));
      return {
        job_id: { S: job_id },
        part: { S: part },
        stored,
        expected: { N: '10' },
        stored_on: { S: job.started_on },
        stored_by: { S: 'x' },
      };
    },
    ...(query && { query }),
  });
  const find = async (options: Partial<FindOptions> = {}, of = job) => {
    const found: MissingMessages[] = [];
    for await (const one of findMissing(world.context, of, { signal: never(), ...options })) found.push(one);
    return found;
  };
  return { ...world, read, find };
}

const climb = (group: number) => ({ group, numbers: [10 * group], why: 'climb' });
const missing = (group: number, ...numbers: number[]) => ({
  group,
  numbers: numbers.map((one) => 10 * group + one),
  why: 'missing',
});
const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('a resume', () => {
  test('sends every message of an unknown job', async () => {
    const none = Object.fromEntries(Array.from({ length: 16 }, (_, group) => [group, 0]));
    const { find } = start({ root: null, ledgers: none });
    expect(await find()).toEqual(Array.from({ length: 16 }, (_, group) => missing(group, ...ALL)));
  });

  test('sends one message of a job with a full root that is not COMPLETE, and reads nothing else', async () => {
    const { find, read } = start({ root: { done: new Set([0, 1]) } });
    expect(await find()).toEqual([climb(0)]);
    expect(read).toEqual(['job']);
  });

  test('sends nothing of a COMPLETE job', async () => {
    expect(await start({ root: { status: 'COMPLETE' } }).find()).toEqual([]);
  });

  test('sends the first message of a full node that is missing in the root, so that the node climbs', async () => {
    const { find, read } = start({ root: { done: new Set([0]) }, nodes: { '3#1': [0, 1] } });
    expect(await find()).toEqual([climb(8)]);
    expect(read).toEqual(['job', 'done#3#1']);
  });

  test('reads only below nodes that are not full, and sends the messages that no ledger has', async () => {
    const { find, read } = start({
      root: { done: new Set([0]) },
      nodes: { '3#1': [1], '2#2': [0], '1#5': [1] },
      ledgers: { 10: 8 },
    });
    expect(await find()).toEqual([missing(10, 8, 9)]);
    expect(read).toEqual(['job', 'done#3#1', 'done#2#2', 'done#1#5', 'group 10']);
  });

  test('sends one message for each full group and node that is missing in its parent, in order', async () => {
    const { find } = start({
      root: { done: new Set([1]) },
      nodes: { '3#0': [], '2#0': [0, 1], '2#1': [1], '1#2': [] },
      ledgers: { 5: 0 },
    });
    expect(await find()).toEqual([climb(0), climb(4), missing(5, ...ALL)]);
    // The same on the lowest level: part 4 is full and missing in its parent.
    const lowest = start({ root: { done: new Set([0]) }, nodes: { '3#1': [1], '2#2': [1], '1#4': [0, 1] } });
    expect(await lowest.find()).toEqual([climb(8)]);
  });

  test('of a job whose ledgers are the root’s children sends the messages that are missing in them', async () => {
    const small = runningJob({ plan: newPlan(20, 1, { group_size: 10 }) });
    const { find } = start({ root: { ...small, done: new Set([0]) }, ledgers: { 1: 3 } });
    expect(await find({}, small)).toEqual([missing(1, 3, 4, 5, 6, 7, 8, 9)]);
  });
});

describe('a thorough resume', () => {
  /** Every group has its ten movies in one slice, except the groups that are given. */
  const slices =
    (others: Readonly<Record<number, readonly TableItem[]>> = {}, pageSize = 100): TablePort['query'] =>
    async ({ partition, start: from, attributes }) => {
      expect(attributes).toEqual(['part']);
      const group = Number(partition.split('#')[1]);
      const all = others[group] ?? [sliceItem(job.job_id, group, 10 * group, 10)];
      const at = Number(from?.at?.N ?? 0);
      return {
        items: all.slice(at, at + pageSize),
        next: at + pageSize < all.length ? { at: { N: String(at + pageSize) } } : undefined,
      };
    };
  const complete: Partial<JobItem> = { status: 'COMPLETE', done: new Set([0, 1]) };
  const slice = (group: number, first: number, count: number) => sliceItem(job.job_id, group, first, count);

  test('of a COMPLETE job finds messages that are missing in ledgers or slices, each number once, in order', async () => {
    const { find } = start({
      root: complete,
      ledgers: { 3: 8 },
      query: slices({ 3: [slice(3, 32, 7)], 5: [], 7: [slice(7, 70, 2), slice(7, 72, 8)] }),
    });
    expect(await find({ thorough: true })).toEqual([missing(3, 0, 1, 8, 9), missing(5, ...ALL)]);
  });

  test.each([1, 100])(
    'finds movies that no slice covers, whether slices overlap or not, in pages of %i',
    async (pageSize) => {
      const { find } = start({
        root: complete,
        query: slices(
          {
            0: [slice(0, 0, 4), slice(0, 2, 2), slice(0, 5, 2), slice(0, 6, 3)],
            1: [slice(1, 10, 10), slice(1, 12, 1), { part: { S: 'else' } }],
            2: [{ part: { S: 'else' } }, slice(2, 21, 9)],
          },
          pageSize,
        ),
      });
      expect(await find({ thorough: true })).toEqual([missing(0, 4, 9), missing(2, 0)]);
    },
  );

  test('sends a message again when one of its movies is missing', async () => {
    const packed = runningJob({ plan: newPlan(60, 3, { group_size: 10 }) });
    const shape = shapeOf(packed.plan);
    const { first, count } = messagesOfGroup(shape, 0);
    expect([first, count, moviesOfMessage(packed.plan, 2)]).toEqual([0, 10, { first: 6, count: 3 }]);
    const query = slices({ 0: [slice(0, 0, 7), slice(0, 9, 5), slice(0, 15, 14)], 1: [slice(1, 30, 30)] });
    const { find } = start({ root: { ...packed, ...complete }, query });
    expect(await find({ thorough: true }, packed)).toEqual([{ group: 0, numbers: [2, 4, 9], why: 'missing' }]);
  });

  test('sends numbers in numerical order, also where they differ in length', async () => {
    const wide = runningJob({ plan: newPlan(40, 1, { group_size: 20 }) });
    const query = slices({ 0: [slice(0, 0, 2), slice(0, 3, 17)], 1: [slice(1, 20, 20)] });
    // Of twenty messages each ledger has the first ten.
    const { find } = start({ root: { ...wide, ...complete }, query });
    const [first] = await find({ thorough: true }, wide);
    expect(first?.numbers).toEqual([2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test('of a RUNNING job names each missing message once, and what has to climb', async () => {
    const { find } = start({
      root: { done: new Set([1]) },
      nodes: { '3#0': [0], '2#1': [0], '1#3': [] },
      ledgers: { 7: 9 },
      query: slices(),
    });
    expect(await find({ thorough: true })).toEqual([missing(7, 9), climb(6)]);
  });
});

describe('a job that expires or has expired', () => {
  const seconds = Date.parse('2026-11-25T00:00:00.000Z') / 1000;
  const withExpiry = (expires_at: number) =>
    fakeWorld({
      get: async ({ part }) => (part === 'job' ? { ...itemOf(job), expires_at: { N: String(expires_at) } } : undefined),
    });

  test.each([
    ['in a second', false, seconds + 1],
    ['now', true, seconds],
    ['a second ago', true, seconds - 1],
  ])('%s has expired: %j, and cannot be resumed then', async (_, isOver, expiresAt) => {
    const first = findMissing(withExpiry(expiresAt).context, job, { signal: never() }).next();
    if (isOver) await expect(first).rejects.toMatchObject({ code: 'job_expired' });
    else expect(await first).toMatchObject({ value: missing(0, ...ALL) });
  });
});

test('every read of a resume ends with the caller’s signal', async () => {
  const stop = new AbortController();
  const world = start({
    root: { done: new Set([1]) },
    nodes: { '3#0': [0], '2#1': [0], '1#3': [] },
    query: async () => ({ items: [], next: undefined }),
  });
  await world.find({ thorough: true, signal: stop.signal });
  stop.abort();
  expect(new Set(world.signals.map(([call]) => call))).toEqual(new Set(['get', 'query']));
  expect(callsNotAborted(world)).toEqual([]);
});

test('a caller that stops early ends everything that is read ahead, on every level', async () => {
  const world = start({ root: { done: new Set([1]) }, nodes: { '3#0': [], '2#0': [], '1#0': [] }, ledgers: { 0: 3 } });
  for await (const one of findMissing(world.context, job, { signal: never() })) {
    expect(one).toEqual(missing(0, ...ALL.slice(3)));
    break;
  }
  // The job itself was read before anything was read ahead.
  expect(callsNotAborted({ signals: world.signals.slice(1) })).toEqual([]);
  expect(world.read).toContain('group 1');
});
