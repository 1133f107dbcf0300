// How a batch is stored, from its slices to the root, over ports that answer as each test wants: each step only after
// the last.
import { describe, expect, test } from '@jest/globals';
import type { TableItem, UpdateRequest } from '@movie-load/aws';
import { createJobCreator } from '../src/job-item.ts';
import type { StoreBatch } from '../src/slices.ts';
import { storeBatch } from '../src/store.ts';
import {
  callsNotAborted,
  errorNamed,
  fakeWorld,
  itemOf,
  runningJob,
  s3Unreachable,
  sliceItem,
  tenMoviesAGroup,
} from './fake-context.ts';
import { batchOf, never } from './support.ts';

/** Six groups of ten, three parts. */
const job = runningJob();
const MARKER: TableItem = { ...itemOf(job), deleted_on: { S: job.started_on } };
const tens = (group: number) => Array.from({ length: 10 }, (_, at) => 10 * group + at);

interface State {
  /** What the ledger has before. */
  readonly counted?: readonly number[];
  /** Children of the node and of the root after the update; undefined if it is a marker or does not exist. */
  readonly node?: readonly number[] | undefined;
  readonly root?: readonly number[] | undefined;
  readonly status?: string;
  readonly failing?: string;
  /** The answers to creating the job, the last one for all others. */
  readonly created?: readonly (TableItem | undefined)[];
  readonly isLedgerMarker?: boolean;
  readonly upload?: Error;
  readonly query?: typeof tenMoviesAGroup;
}

function start({ counted = [], status = 'RUNNING', failing, isLedgerMarker = false, ...state }: State = {}) {
  const calls: string[] = [];
  const updates: UpdateRequest[] = [];
  const slices: TableItem[] = [];
  const created = [...(state.created ?? [undefined])];
  const children = (numbers: readonly number[] | undefined, item: TableItem) =>
    numbers && { ...item, done: { NS: numbers.map(String) } };
  const { node = [0], root = [0] } = state;
  const step = async (text: string) => {
    calls.push(text);
    await new Promise(setImmediate);
    if (text === failing) throw errorNamed('AccessDenied');
  };
  const world = fakeWorld(
    {
      async create() {
        await step('create');
        return created.length > 1 ? created.shift() : created[0];
      },
      async putBatch(items, options) {
        slices.push(...items);
        await step(`slices ${items.length}`);
        options?.onWritten?.(items.length);
      },
      async update(request) {
        updates.push(request);
        const { part } = request.key;
        if (request.update.includes('#part_upload')) {
          await step('record the upload');
          return {};
        }
        if (part === 'ledger') {
          await step('count');
          return isLedgerMarker ? undefined : { stored: { NS: counted.map(String) } };
        }
        await step(part === 'job' ? 'root' : 'node');
        if (part !== 'job') return 'node' in state && state.node === undefined ? undefined : children(node, {});
        const item = { ...itemOf(job), status: { S: status } };
        return 'root' in state && state.root === undefined ? undefined : children(root, item);
      },
      get: async () => itemOf(runningJob({ upload_id: 'open' })),
      async deleteBatch() {
        await step('remove slices');
      },
      query: state.query ?? tenMoviesAGroup,
    },
    {
      async uploadPart(_, __, number) {
        await step(`part ${number}`);
        if (state.upload !== undefined) throw state.upload;
      },
      async delete() {
        await step('delete the object');
      },
    },
  );
  const { context } = world;
  const creator = createJobCreator(context);
  const progress = { heard: 0 };
  const store = (batch: StoreBatch, signal = never(), retentionDays?: number) =>
    storeBatch({ ...context, retentionDays }, creator, batch, { signal, onProgress: () => (progress.heard += 1) });
  return { ...world, calls, updates, slices, progress, store };
}

describe('a batch', () => {
  test('is counted only after its slices are written, and an open group needs nothing more', async () => {
    const { store, calls, events, progress } = start();
    expect(await store(batchOf(job.plan, [0, 1, 5]))).toBe('stored');
    expect(calls).toEqual(['create', 'slices 2', 'count']);
    expect(events).toEqual([
      { kind: 'stored', job_id: job.job_id, group: 0, messages: 3, movies: 3, repeated: 0, slices: 2 },
    ]);
    expect(progress.heard).toBe(1);
    // Movies are counted, not messages.
    const pairs = start();
    await pairs.store(batchOf({ ...job.plan, movies_per_message: 2, movies: 120 }, [0, 1, 5]));
    expect(pairs.events).toMatchObject([{ kind: 'stored', messages: 3, movies: 6, slices: 2, repeated: 0 }]);
    // The same holds for movies that were counted before.
    const again = start({ counted: [0, 5] });
    await again.store(batchOf({ ...job.plan, movies_per_message: 2, movies: 120 }, [0, 1, 5]));
    expect(again.events).toMatchObject([{ kind: 'stored', movies: 6, repeated: 4 }]);
  });

  test('records when each message was sent, received and stored, in milliseconds from the job’s start', async () => {
    const { store, slices, clock } = start();
    const [message] = batchOf(job.plan, [0]).messages;
    if (message === undefined) throw new Error('a message');
    const started_on = new Date(clock.now() - 5000).toISOString();
    const times = { sent_on: clock.now() - 3000, received_on: clock.now() - 1000, receives: 2 };
    await store({ ...batchOf(job.plan, [0]), started_on, messages: [{ ...message, ...times }] });
    expect(slices.map(({ trace }) => trace?.M)).toEqual([
      {
        stored_by: { S: 'test' },
        stored_ms: { N: '5000' },
        messages: { L: [{ N: '2000' }, { N: '4000' }, { N: '2' }] },
      },
    ]);
  });

  test('of a job whose groups are parts writes its group’s part, and records the upload in the ledger', async () => {
    // A group has 20 movies, and so has a part.
    const wide = { ...job.plan, movies_per_message: 2, movies: 120 };
    const query: State['query'] = async () => ({ items: [sliceItem(job.job_id, 1, 20, 20)], next: undefined });
    const { store, calls, updates } = start({ counted: tens(0), query });
    await store(batchOf(wide, [10]));
    expect(calls.slice(3)).toEqual(['part 2', 'record the upload', 'root']);
    expect(updates.map(({ key }) => key.part)).toEqual(['ledger', 'ledger', 'job']);
    expect(updates.map(({ values }) => values[':child']?.NS)).toEqual([undefined, undefined, ['1']]);
  });

  test('that fills its group climbs: a full node is uploaded as a part, recorded, and only then added to the root', async () => {
    const { store, calls } = start({ counted: [0, 1, 2, 3], node: [0, 1] });
    await store(batchOf(job.plan, tens(0).slice(4)));
    expect(calls).toEqual(['create', 'slices 1', 'count', 'node', 'part 1', 'record the upload', 'root']);
  });

  test('of any group climbs to its own node, and writes that node’s part', async () => {
    const { store, calls, updates, events } = start({ counted: tens(0), node: [0, 1] });
    await store(batchOf(job.plan, [20]));
    expect(calls.slice(3)).toEqual(['node', 'part 2', 'record the upload', 'root']);
    expect(updates.map(({ key }) => key.part)).toEqual(['ledger', 'done#1#1', 'done#1#1', 'job']);
    expect(updates.map(({ values }) => values[':child']?.NS)).toEqual([undefined, ['0'], undefined, ['1']]);
    expect(events.filter(({ kind }) => kind === 'part_written')).toMatchObject([{ part: 1, parts: 3, movies: 20 }]);
  });

  test.each(['create', 'slices 1', 'count', 'node', 'part 1', 'record the upload', 'root'])(
    'rejects when "%s" fails, and makes no further call',
    async (failing) => {
      const { store, calls } = start({ counted: tens(0), node: [0, 1], failing });
      await expect(store(batchOf(job.plan, [0]))).rejects.toThrow('AccessDenied');
      await new Promise(setImmediate);
      expect(calls.at(-1)).toBe(failing);
    },
  );

  test('makes no further call when the root is of a COMPLETE job', async () => {
    const { store, calls, events } = start({ counted: tens(0), node: [0, 1], root: [0, 1, 2], status: 'COMPLETE' });
    expect(await store(batchOf(job.plan, [0]))).toBe('stored');
    expect(calls.at(-1)).toBe('root');
    expect(events.map(({ kind }) => kind)).not.toContain('completing');
  });

  test('rejects while S3 is unreachable until one of its messages has been received five times', async () => {
    const { messages, ...rest } = batchOf(job.plan, [0, 1]);
    const receives = (...counts: number[]) =>
      messages.map((message, at) => ({ ...message, receives: counts[at] ?? 1 }));
    const early = start({ counted: tens(0), node: [0, 1], upload: s3Unreachable() });
    await expect(early.store({ ...rest, messages: receives(1, 4) })).rejects.toMatchObject({ code: 'dependency_away' });
    const late = start({ counted: tens(0), node: [0, 1], upload: s3Unreachable() });
    expect(await late.store({ ...rest, messages: receives(1, 5) })).toBe('stored');
    expect(late.events.map(({ kind }) => kind)).toContain('part_left');
  });

  test('ends every call with the caller’s signal', async () => {
    const world = start({ counted: tens(0), node: [0, 1] });
    const stop = new AbortController();
    await world.store(batchOf(job.plan, [0]), stop.signal);
    stop.abort();
    expect(new Set(world.signals.map(([call]) => call))).toEqual(
      new Set(['create', 'putBatch', 'update', 'get', 'query', 'uploadPart']),
    );
    expect(callsNotAborted(world)).toEqual([]);
  });

  test('counts and climbs only where no marker is, and does not create the job’s item at the root', async () => {
    const { store, updates } = start({ counted: tens(0), node: [0, 1] });
    await store(batchOf(job.plan, [0]));
    const conditions = updates.map(({ key, condition, names }) => [key.part, condition, names['#deleted']]);
    expect(conditions).toEqual([
      ['ledger', 'attribute_not_exists(#deleted)', 'deleted_on'],
      ['done#1#0', 'attribute_not_exists(#deleted)', 'deleted_on'],
      ['done#1#0', 'attribute_not_exists(#deleted)', 'deleted_on'],
      ['job', 'attribute_exists(#job_id) AND attribute_not_exists(#deleted)', 'deleted_on'],
    ]);
  });

  test('sets an expiry in its slices, its ledger and its node where a retention is set', async () => {
    const { store, updates, slices } = start({ counted: tens(0), node: [0, 1] });
    await store(batchOf(job.plan, [0]), never(), 1);
    expect(updates[0]?.values).toMatchObject({
      ':numbers': { NS: ['0'] },
      ':expected': { N: '10' },
      ':now': { S: '2026-11-25T00:00:00.000Z' },
      ':me': { S: 'test' },
    });
    const inADay = String(Date.parse('2026-11-26T00:00:00.000Z') / 1000);
    expect(slices.map(({ expires_at }) => expires_at?.N)).toEqual([inADay]);
    expect(updates.map(({ key, values }) => [key.part, values[':expires']?.N])).toEqual([
      ['ledger', inADay],
      ['done#1#0', inADay],
      // The record of the part's upload.
      ['done#1#0', undefined],
      ['job', undefined],
    ]);
  });
});

describe('a batch of a deleted job', () => {
  test('stores nothing when the job’s marker refuses its item', async () => {
    const { store, calls, events } = start({ created: [MARKER] });
    expect(await store(batchOf(job.plan, [0]))).toBe('dropped');
    expect(calls).toEqual(['create', 'remove slices', 'delete the object']);
    expect(events).toMatchObject([{ kind: 'dropped', messages: 1 }]);
  });

  test.each<[string, State]>([
    ['the ledger', { isLedgerMarker: true }],
    ['the node', { counted: tens(0), node: undefined }],
    ['the root', { counted: tens(0), node: [0, 1], root: undefined }],
  ])('is dropped when %s is a marker, and its upload is forgotten', async (_, state) => {
    const { store, context } = start({ ...state, created: [undefined, MARKER] });
    context.uploads.set(job.job_id, 'open');
    expect(await store(batchOf(job.plan, [0]))).toBe('dropped');
    expect(context.uploads.size).toBe(0);
  });

  test.each([
    ['is an error if the job’s item exists', true, 'job_incomplete'],
    ['is dropped if the job was deleted in between', false, 'dropped'],
  ])('in which a counted movie is missing %s', async (_, isThere, end) => {
    const query = async () => ({ items: [], next: undefined });
    const { store, context } = start({ counted: tens(0), node: [0, 1], created: [undefined, MARKER], query });
    context.uploads.set(job.job_id, 'open');
    if (!isThere) Object.assign(context.table, { get: async () => MARKER });
    const storing = store(batchOf(job.plan, [0]));
    if (isThere) await expect(storing).rejects.toMatchObject({ code: end });
    else expect(await storing).toBe(end);
  });

  test.each<[string, State]>([
    ['group', { isLedgerMarker: true }],
    ['node', { counted: tens(0), node: undefined }],
  ])('is not taken as stored when only the marker of its %s is left', async (_, state) => {
    const { store, calls } = start(state);
    const storing = store(batchOf(job.plan, [0]));
    await expect(storing).rejects.toMatchObject({
      code: 'bad_item',
      message: expect.stringContaining(`Group 0 of job ${job.job_id} still has the marker of a deletion`),
    });
    // The second call of `create` asks whether the job itself was deleted.
    expect(calls.filter((one) => one === 'create')).toHaveLength(2);
  });
});
