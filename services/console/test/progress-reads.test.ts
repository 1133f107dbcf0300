// The progress of a job: what is read, the limits, and the requests that share it.
import { describe, expect, jest, test } from '@jest/globals';
import { jobIdOf } from '@movie-load/schema';
import { heatOf } from '../src/job-progress.ts';
import { began, planOf, startProgress } from './fake-progress.ts';

describe('a read of the progress', () => {
  const plan = planOf(1000); // 50 groups of 20
  const jobId = jobIdOf(plan);

  test('is shared by all requests during it and for 800 ms after it', async () => {
    const { read, calls, state, pass } = startProgress([plan]);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const two = [read(jobId), read(jobId)];
    gate.resolve();
    const [one, other] = await Promise.all(two);
    expect(other).toBe(one);
    pass(799);
    expect(await read(jobId)).toBe(one);
    expect(calls.jobs).toBe(1);
    pass(1);
    expect(await read(jobId)).not.toBe(one);
    expect(calls.jobs).toBe(2);
  });

  test('is cached for eight jobs; a ninth replaces the one whose last request is the oldest', async () => {
    const plans = Array.from({ length: 9 }, (_, job) => planOf(20, `job-${job}`));
    const { read, calls } = startProgress(plans);
    const ids = plans.map(jobIdOf);
    for (const id of [...ids.slice(0, 8), ...ids.slice(0, 8)]) await read(id);
    expect(calls.jobs).toBe(8);
    // The first is requested once more, so that the second is the oldest.
    for (const job of [0, 8, 0, 2]) await read(ids[job] ?? '');
    expect(calls.jobs).toBe(9);
    await read(ids[1] ?? '');
    expect(calls.jobs).toBe(10);
  });

  test('does not repeat reads of full ledgers for the eight latest jobs, and repeats them for a ninth', async () => {
    const plans = Array.from({ length: 9 }, (_, at) => planOf(1000, `job-${at}`));
    const { read, reads, stored, pass } = startProgress(plans);
    for (let group = 0; group < 50; group += 1) stored.set(group, 20);
    const [oldest, second, ...others] = plans.map(jobIdOf);
    for (const id of [oldest, second, ...others.slice(0, 6)]) await read(id ?? '');
    // Requested again, so that the next one is now the least recently requested.
    pass(5000);
    await read(oldest ?? '');
    await read(others[6] ?? '');
    const before = reads.length;
    pass(5000);
    await read(oldest ?? '');
    expect(reads.slice(before).map(({ groups }) => groups.length)).toEqual([0]);
    await read(second ?? '');
    expect(reads.at(-1)?.groups).toHaveLength(50);
  });

  test('reports its failure, and the next one reads again', async () => {
    const { read, state, calls } = startProgress([plan]);
    state.gate = Promise.reject(new Error('no table'));
    await expect(read(jobId)).rejects.toThrow('no table');
    state.gate = Promise.resolve();
    expect(await read(jobId)).toBeDefined();
    expect(calls.jobs).toBe(2);
  });

  test('finds nothing for an unknown job, and finds the job once it exists', async () => {
    const { read, reads, add } = startProgress([]);
    expect(await read(jobId)).toBeUndefined();
    expect(reads).toEqual([]);
    add(plan);
    expect((await read(jobId))?.job.job_id).toBe(jobId);
  });

  test('has a time limit of ten seconds for its reads', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const { read, reads, state } = startProgress([plan]);
    await read(jobId);
    const limit = timeout.mock.results[timeout.mock.calls.findIndex(([ms]) => ms === 10_000)]?.value;
    timeout.mockRestore();
    expect(limit).toBeInstanceOf(AbortSignal);
    expect([reads[0]?.signal === limit, state.jobSignal === limit]).toEqual([true, true]);
  });

  test('counts the contents of ledgers, does not read full ones again, and shows marks', async () => {
    const { read, reads, stored, mark, pass } = startProgress([plan]);
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
    expect(reads[0]?.groups.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, group) => group));
    pass(800);
    await read(jobId);
    expect(reads[1]?.groups).toHaveLength(49);
    expect(reads[1]?.groups).not.toContain(0);
    if (!first) throw new Error('no job');
    const percent = [100, 35, ...Array(48).fill(0)];
    expect(heatOf(first)).toEqual({ groups: 50, groups_per_bucket: 1, dead: [2], percent });
  });

  test('has for very many groups a heat map of at most 5,000 buckets, which marks dead letters', async () => {
    const large = planOf(2_000_000); // 10,000 groups of 200
    const { read, mark } = startProgress([large]);
    mark({ dead: new Map([1199, 1200, 1399, 1999].map((number) => [number, { sentOn: 1, receives: 10 }])) });
    const watched = await read(jobIdOf(large));
    if (watched === undefined) throw new Error('no job');
    const { percent, ...heat } = heatOf(watched);
    expect(heat).toEqual({ groups: 10_000, groups_per_bucket: 2, dead: [2, 3, 4] });
    expect(percent).toHaveLength(5000);
  });

  test('shows unknown marks as null, not as zero', async () => {
    const { read, mark } = startProgress([plan]);
    mark({ inFlight: null });
    expect((await read(jobId))?.progress).toMatchObject({ in_flight_messages: null, undeleted_messages: null });
  });

  test.each<[string, (world: ReturnType<typeof startProgress>) => unknown]>([
    ['more is stored', ({ stored }) => stored.set(3, 1)],
    ['another message is in flight', ({ mark }) => mark({ inFlight: new Map([[5, { sentOn: 1, receives: 1 }]]) })],
    ['another message is dead-lettered', ({ mark }) => mark({ dead: new Map([[5, { sentOn: 1, receives: 1 }]]) })],
    [
      'it is COMPLETE',
      ({ change }) => change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 5).toISOString() }),
    ],
  ])('has a new version when %s, and else the same version', async (_, happens) => {
    const world = startProgress([plan]);
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

  test('has a new version when a completely stored job becomes COMPLETE', async () => {
    const { read, stored, change, pass } = startProgress([plan]);
    for (let group = 0; group < 50; group += 1) stored.set(group, 20);
    const version = async () => {
      pass(1000);
      return (await read(jobId))?.progress.version;
    };
    expect([await version(), await version()]).toEqual([1, 1]);
    change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 5).toISOString() });
    expect(await version()).toBe(2);
  });

  test('reads no ledger of a COMPLETE job, and no queue once that has none of its messages', async () => {
    const { read, change, reads, calls, pass } = startProgress([plan]);
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
    expect([reads.length, calls.marks]).toEqual([0, 1]);
    if (!found) throw new Error('no job');
    expect(heatOf(found).percent).toEqual(Array.from({ length: 50 }, () => 100));
  });
});
