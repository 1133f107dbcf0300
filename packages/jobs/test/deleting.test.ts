// A deletion over ports that fail as each test wants: its calls and their order for jobs of any size, and that it
// makes no call after a failure.
import { describe, expect, test } from '@jest/globals';
import type { ConditionalUpdate, TableItem, UpdateRequest } from '@movie-load/aws';
import type { ItemKey, JobItem } from '@movie-load/schema';
import { deleteJob, dropBatch } from '../src/delete.ts';
import {
  applied,
  callsNotAborted,
  errorNamed,
  fakeWorld,
  itemOf,
  refused,
  runningJob,
  sliceItem,
} from './fake-context.ts';
import { batchOf, never } from './support.ts';

const DELETED_ON = '2026-11-25T00:00:00.000Z';
const EXPIRES_AT = Date.parse(DELETED_ON) / 1000 + 30 * 24 * 60 * 60;

/** Six groups, three parts. */
const job = runningJob({ upload_id: 'open' });
const markerOf = (of: JobItem, status = 'DELETING'): TableItem => ({
  ...itemOf(of),
  status: { S: status },
  deleted_on: { S: DELETED_ON },
  expires_at: { N: String(EXPIRES_AT) },
});

interface State {
  readonly marked?: ConditionalUpdate;
  /** Slices of each group. */
  readonly slices?: number;
  readonly failing?: string;
}

function start({ marked = applied(markerOf(job)), slices = 1, failing }: State = {}) {
  const calls: string[] = [];
  const requests: UpdateRequest[] = [];
  const deleted: ItemKey[][] = [];
  const limits: unknown[] = [];
  const step = async (text: string) => {
    calls.push(text);
    await new Promise(setImmediate);
    if (failing !== undefined && text.startsWith(failing)) throw errorNamed('AccessDenied');
  };
  const world = fakeWorld(
    {
      async updateIf(request) {
        requests.push(request);
        await step('mark the job');
        return marked;
      },
      async update(request) {
        requests.push(request);
        limits.push(request.maxAttempts);
        const { job_id, part } = request.key;
        await step(part === 'job' ? 'end' : part === 'ledger' ? `mark group ${job_id.split('#')[1]}` : `mark ${part}`);
        return {};
      },
      async query({ partition, start: from, attributes }) {
        const group = Number(partition.split('#')[1]);
        expect(attributes).toEqual(['part']);
        const at = Number(from?.at?.N ?? 0);
        await step(`read group ${group}`);
        const all = Array.from({ length: slices }, (_, one) => sliceItem(job.job_id, group, 10 * group + one, 1));
        const next = at + 15 < all.length ? { at: { N: String(at + 15) } } : undefined;
        return { items: all.slice(at, at + 15), next };
      },
      async deleteBatch(keys, options) {
        limits.push(options?.maxAttempts);
        deleted.push([...keys]);
        await step(`remove of group ${keys[0]?.job_id.split('#')[1]}`);
      },
    },
    {
      async abortUpload(_, id, options) {
        limits.push(options?.maxAttempts);
        await step(`abort ${id}`);
      },
      async delete(key, options) {
        limits.push(options?.maxAttempts);
        await step(`delete ${key}`);
      },
    },
  );
  const groups: number[] = [];
  const remove = (more: { readonly force?: boolean; readonly signal?: AbortSignal } = {}) =>
    deleteJob(world.context, job.job_id, { signal: never(), onGroup: (count) => groups.push(count), ...more });
  return { ...world, calls, requests, deleted, limits, groups, remove };
}

describe('a deletion', () => {
  test('marks the job, each group before it removes its slices, and the nodes; aborts before it deletes the object; ends the job', async () => {
    const { calls, remove, groups, limits } = start();
    expect(await remove()).toEqual({
      job_id: job.job_id,
      groups: 6,
      slices: 6,
      marked_until: new Date(EXPIRES_AT * 1000).toISOString(),
    });
    expect(calls[0]).toBe('mark the job');
    for (const group of [0, 1, 2, 3, 4, 5]) {
      const groupCalls = calls.filter((call) => call.endsWith(`group ${group}`));
      expect(groupCalls).toEqual([`mark group ${group}`, `read group ${group}`, `remove of group ${group}`]);
    }
    const otherCalls = calls.filter((call) => !/group|the job/.test(call));
    expect(otherCalls.slice(0, 3).toSorted()).toEqual(['mark done#1#0', 'mark done#1#1', 'mark done#1#2']);
    expect(otherCalls.slice(3)).toEqual(['abort open', `delete ${job.job_id}.json`, 'end']);
    expect(calls.slice(-6)).toEqual(otherCalls);
    expect(groups).toEqual([1, 1, 1, 1, 1, 1]);
    // Only the last write gives up early on a throttled table.
    expect(limits).toEqual([...Array(limits.length - 1).fill(50), undefined]);
  });

  test('marks the nodes of every level, the lower levels first', async () => {
    const tall: JobItem = { ...job, plan: { ...job.plan, fan_out: 2 } };
    const { calls, remove } = start({ marked: applied(markerOf(tall)) });
    await remove();
    const nodes = calls.filter((call) => call.startsWith('mark done'));
    expect(nodes.slice(0, 3).toSorted()).toEqual(['mark done#1#0', 'mark done#1#1', 'mark done#1#2']);
    expect(nodes.slice(3).toSorted()).toEqual(['mark done#2#0', 'mark done#2#1']);
  });

  test('marks only what is not DELETED, for 30 days, and removes every set and attribute that was counted', async () => {
    const { requests, remove } = start();
    await remove();
    const [marked, group, ...others] = requests;
    expect(marked).toMatchObject({
      key: { job_id: job.job_id, part: 'job' },
      update: 'SET #status = :deleting, #on = :now, #expires = :expires REMOVE #done',
      condition: 'attribute_exists(#status) AND #status <> :deleted AND #status <> :running',
      values: {
        ':now': { S: DELETED_ON },
        ':expires': { N: String(EXPIRES_AT) },
        ':deleting': { S: 'DELETING' },
        ':deleted': { S: 'DELETED' },
        ':running': { S: 'RUNNING' },
      },
      touchesIndex: true,
    });
    expect(group).toMatchObject({
      update: expect.stringMatching(/^SET #deleted = :on, #expires = :expires REMOVE /),
      names: { '#deleted': 'deleted_on', '#expires': 'expires_at' },
      values: { ':on': { S: DELETED_ON }, ':expires': { N: String(EXPIRES_AT) } },
    });
    const removed = group?.update
      .split(' REMOVE ')[1]
      ?.split(', ')
      .map((name) => group.names[name]);
    expect(removed).toEqual(['done', 'stored', 'expected', 'stored_on', 'stored_by', 'part_upload']);
    const end = others.at(-1);
    expect(end).toMatchObject({
      update: expect.stringMatching(/^SET #status = :deleted REMOVE /),
      condition: '#status = :deleting',
      values: { ':deleted': { S: 'DELETED' }, ':deleting': { S: 'DELETING' } },
      touchesIndex: true,
    });
    const gone = end?.update
      .split(' REMOVE ')[1]
      ?.split(', ')
      .map((name) => end.names[name]);
    const OF_THE_JOB = ['kind', 'started_on', 'upload_id', 'upload_on', 'completed_on', 'object_key', 'object_bytes'];
    expect(gone).toEqual(OF_THE_JOB);
  });

  test('by force also marks a RUNNING job', async () => {
    const { requests, remove } = start();
    await remove({ force: true });
    expect(requests[0]?.condition).toBe('attribute_exists(#status) AND #status <> :deleted');
    expect(requests[0]?.values).not.toHaveProperty(':running');
  });

  test('continues from the marker of an interrupted or a completed deletion', async () => {
    for (const status of ['DELETING', 'DELETED']) {
      const { remove } = start({ marked: refused(markerOf(job, status)) });
      expect(await remove()).toMatchObject({ slices: 6 });
    }
  });

  test('of a job that is RUNNING or does not exist changes nothing', async () => {
    const running = start({ marked: refused(itemOf(job)) });
    await expect(running.remove()).rejects.toMatchObject({ code: 'job_running' });
    const none = start({ marked: refused(undefined) });
    await expect(none.remove()).rejects.toMatchObject({ code: 'usage' });
    expect([...running.calls, ...none.calls]).toEqual(['mark the job', 'mark the job']);
  });

  test('aborts nothing if the job has no upload', async () => {
    const { calls, remove } = start({ marked: applied(markerOf(runningJob({ job_id: job.job_id }))) });
    await remove();
    expect(calls.filter((call) => call.startsWith('abort'))).toEqual([]);
  });

  test.each([10, 11, 32])('removes all %i slices of a group, ten a call, over several pages', async (slices) => {
    const { deleted, remove } = start({ slices });
    expect(await remove()).toMatchObject({ slices: 6 * slices });
    expect(deleted.every(({ length }) => length <= 10)).toBe(true);
    const ofTheThird = deleted.flat().filter(({ job_id }) => job_id === `${job.job_id}#2`);
    const expectedParts = Array.from({ length: slices }, (_, one) => `movies#${String(20 + one).padStart(12, '0')}+1`);
    expect(ofTheThird.map(({ part }) => part)).toEqual(expectedParts);
  });

  test.each(['mark group 1', 'read group 0', 'remove of group 5', 'mark done#1#1', 'abort', 'delete', 'end'])(
    'rejects when "%s" fails, and makes no further call',
    async (failing) => {
      const { calls, remove } = start({ failing });
      await expect(remove()).rejects.toThrow('AccessDenied');
      const before = calls.length;
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      expect(calls).toHaveLength(before);
      if (failing !== 'end') expect(calls).not.toContain('end');
    },
  );

  test('begins no further group after its signal aborts', async () => {
    const stop = new AbortController();
    const world = start();
    const { context } = world;
    const large = runningJob({ job_id: job.job_id, plan: { ...job.plan, movies: 400 } });
    const table = { ...context.table, updateIf: async () => applied(markerOf(large)) };
    let groups = 0;
    const removing = deleteJob({ ...context, table }, job.job_id, {
      signal: stop.signal,
      onGroup: () => {
        groups += 1;
        if (groups === 1) stop.abort(new Error('SIGINT'));
      },
    });
    await expect(removing).rejects.toThrow('SIGINT');
    // A deletion works on eight groups at once.
    expect(world.calls.filter((call) => call.startsWith('mark group')).length).toBeLessThanOrEqual(8);
  });

  test('ends every call with the caller’s signal', async () => {
    const stop = new AbortController();
    const world = start();
    await world.remove({ signal: stop.signal });
    stop.abort();
    expect(new Set(world.signals.map(([call]) => call)).size).toBe(6);
    expect(callsNotAborted(world)).toEqual([]);
  });
});

test('a late message removes the slices of its group and the object, then reports how many messages it drops', async () => {
  const world = start({ slices: 12 });
  const stop = new AbortController();
  expect(await dropBatch(world.context, batchOf(job.plan, [20, 21]), stop.signal)).toBe('dropped');
  expect(world.calls).toEqual(['read group 2', 'remove of group 2', 'remove of group 2', `delete ${job.job_id}.json`]);
  expect(world.events).toEqual([{ kind: 'dropped', job_id: job.job_id, group: 2, messages: 2 }]);
  stop.abort();
  expect(callsNotAborted(world)).toEqual([]);
});
