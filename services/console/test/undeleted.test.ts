// Messages that are stored and counted, and not deleted: a consumer died, or sleeps, between the two.
import { describe, expect, test } from '@jest/globals';
import { type JobItem, jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';
import { readLanes } from '../src/job-lanes.ts';
import { createProgress } from '../src/job-progress.ts';
import { createJobsList } from '../src/jobs-list.ts';
import type { Marks, Sighting } from '../src/marks.ts';

const plan = planJob({ nonce: 'undeleted', movies: 100, movies_per_message: 1, seed: 1, generator: 1 });
const shape = shapeOf(plan); // 10 groups of 10
const began = Date.parse('2026-11-25T09:00:00.000Z');
const UNTIL = began + 65_000;

/** A job whose ledgers, queue and clock a test moves; each look is a second after the one before. */
function world() {
  const state = {
    now: began,
    stored: new Map<number, Set<number>>(),
    inFlight: new Map<number, Sighting>() as Marks['inFlight'],
    returned: new Map<number, Sighting>(),
    storedBy: 'host-1-abcd',
    looksIntoQueue: 0,
    /** How old the look into the queue is that a job shares with others. */
    queueAgeMs: 0,
    job: {
      job_id: jobIdOf(plan),
      kind: 'job',
      plan,
      status: 'RUNNING',
      started_on: new Date(began).toISOString(),
      done: new Set(),
    } as JobItem,
  };
  const store = {
    job: async () => state.job,
    async *ledgers(_: unknown, groups: Iterable<number> = []) {
      for (const group of groups) {
        const stored = state.stored.get(group);
        const { count } = messagesOfGroup(shape, group);
        yield { group, expected: count, ledger: stored && ({ stored: new Set(stored) } as never) };
      }
    },
    async *traces(_: unknown, group: number) {
      const { first } = messagesOfGroup(shape, group);
      for (const offset of state.stored.get(group) ?? [])
        yield { number: first + offset, stored_by: state.storedBy } as never;
    },
    upload: async () => undefined,
    listJobs: async () => ({ jobs: [], next: undefined, unreadable: 0 }),
    lastStoredOn: async () => undefined,
  };
  const now = () => state.now;
  const { view } = createJobsList({ store, now, queueStatus: () => Promise.reject(new Error('not asked')) });
  const marksOf = async (): Promise<Marks> => {
    state.looksIntoQueue += 1;
    return {
      inFlight: state.inFlight,
      returned: state.returned,
      dead: new Map(),
      seenOn: state.now - state.queueAgeMs,
    };
  };
  const progress = createProgress({ store, view, marksOf, now });
  const look = async () => {
    state.now += 1000;
    const watched = await progress.read(state.job.job_id);
    if (!watched) throw new Error('no job');
    return watched;
  };
  const lane = async (group: number) => {
    const watched = await look();
    const { lanes } = await readLanes(store, watched, { first: group, count: 1, by: 'state' });
    return lanes[0];
  };
  return { state, look, lane };
}

const flying = (numbers: readonly number[], more: Partial<Sighting> = {}) =>
  new Map(
    numbers.map((number) => [number, { sentOn: began, receives: 1, until: UNTIL, receivedBy: 'consumer-1', ...more }]),
  );

describe('a message that is stored and not deleted', () => {
  test('is known once it was counted before the queue was looked into, and its lane says who has it until when', async () => {
    const { state, look, lane } = world();
    state.stored.set(1, new Set([0, 1]));
    state.inFlight = flying([10, 11, 12]);
    const { progress } = await look();
    expect(progress).toMatchObject({ in_flight_messages: 1, undeleted_messages: 2 });
    expect(progress.receivers).toEqual([{ by: 'consumer-1', groups: 1, messages: 3, stored: 2, until: UNTIL }]);
    expect(await lane(1)).toEqual({
      group: 1,
      first: 10,
      states: 'uuf.......',
      by: null,
      in_flight: { by: 'consumer-1', messages: 3, stored: 2, until: UNTIL },
    });
    expect(await lane(2)).toMatchObject({ states: '..........', in_flight: null });
  });

  test('is not one that is counted after the look into the queue', async () => {
    const { state, look } = world();
    state.inFlight = flying([10]);
    state.stored.set(1, new Set([0]));
    state.queueAgeMs = 500;
    // It may have been deleted between the look at the queue and that at the ledger.
    expect((await look()).progress).toMatchObject({ in_flight_messages: 1, undeleted_messages: 0 });
    expect((await look()).progress).toMatchObject({ in_flight_messages: 0, undeleted_messages: 1 });
    // The same of a group that is full now, and was not at the look before.
    state.stored.set(1, new Set(Array.from({ length: 10 }, (_, offset) => offset)));
    state.inFlight = flying([10, 19]);
    expect((await look()).progress.undeleted_messages).toBe(1);
    expect((await look()).progress.undeleted_messages).toBe(2);
    // A full group stays full: an older look into the queue came after it was known, too.
    await look();
    state.queueAgeMs = 1500;
    expect((await look()).progress.undeleted_messages).toBe(2);
    state.inFlight = new Map();
    expect((await look()).progress).toMatchObject({ in_flight_messages: 0, undeleted_messages: 0, receivers: [] });
  });

  test('is told with its receiver, the one with the most messages first', async () => {
    const { state, look } = world();
    state.inFlight = new Map([...flying([10, 11]), ...flying([30, 31, 40], { receivedBy: 'consumer-2' })]);
    expect((await look()).progress.receivers).toEqual([
      { by: 'consumer-2', groups: 2, messages: 3, stored: 0, until: UNTIL },
      { by: 'consumer-1', groups: 1, messages: 2, stored: 0, until: UNTIL },
    ]);
  });

  test('is still one when its group is full, and when it is visible again', async () => {
    const { state, look, lane } = world();
    state.stored.set(3, new Set(Array.from({ length: 10 }, (_, offset) => offset)));
    state.inFlight = flying([39]);
    await look();
    expect((await lane(3))?.states).toBe('sssssssssu');
    state.inFlight = new Map();
    state.returned = flying([39], { until: undefined, receivedBy: undefined });
    const { progress } = await look();
    expect(progress).toMatchObject({ undeleted_messages: 1, receivers: [] });
    expect(await lane(3)).toMatchObject({ states: 'sssssssssu', in_flight: null });
  });

  test('makes the page read lanes again when it changes, and when it is hidden for longer', async () => {
    const { state, look } = world();
    state.stored.set(1, new Set([0]));
    state.inFlight = flying([10]);
    const versions = [(await look()).progress.version, (await look()).progress.version];
    versions.push((await look()).progress.version);
    state.inFlight = flying([10], { until: UNTIL + 20_000 });
    versions.push((await look()).progress.version);
    expect(versions).toEqual([1, 1, 1, 2]);
  });

  test('of a COMPLETE job is shown until it is gone; then the queue is not asked any more', async () => {
    const { state, look } = world();
    state.job = { ...state.job, status: 'COMPLETE', completed_on: new Date(began + 1000).toISOString() };
    state.inFlight = flying([99]);
    await look();
    expect((await look()).progress).toMatchObject({ undeleted_messages: 1, in_flight_messages: 0, dead_messages: 0 });
    state.inFlight = new Map();
    await look();
    const looks = state.looksIntoQueue;
    expect((await look()).progress.undeleted_messages).toBe(0);
    expect(state.looksIntoQueue).toBe(looks);
  });

  test('where the endpoint does not tell who received it, the trace tells who stored it; until when is unknown', async () => {
    const { state, look, lane } = world();
    state.stored.set(1, new Set([0]));
    state.inFlight = flying([10], { until: undefined, receivedBy: undefined });
    await look();
    expect((await look()).progress.receivers).toEqual([{ by: null, groups: 1, messages: 1, stored: 1, until: null }]);
    expect((await lane(1))?.in_flight).toEqual({ by: 'host-1-abcd', messages: 1, stored: 1, until: null });
  });

  test('is unknown where the endpoint does not tell what is in flight', async () => {
    const { state, look, lane } = world();
    state.stored.set(1, new Set([0]));
    state.inFlight = null;
    await look();
    expect((await look()).progress).toMatchObject({
      in_flight_messages: null,
      undeleted_messages: null,
      receivers: [],
    });
    expect(await lane(1)).toMatchObject({ states: 's.........', in_flight: null });
  });
});
