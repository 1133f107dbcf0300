// Messages that are counted as stored and not deleted, because a consumer died or was paused in between; the lanes and
// receivers with which the page shows them.
import { describe, expect, test } from '@jest/globals';
import { jobIdOf, messagesOfGroup, shapeOf } from '@movie-load/schema';
import { readLanes } from '../src/job-lanes.ts';
import type { Sighting } from '../src/marks.ts';
import { began, planOf, STORED_BY, startProgress } from './fake-progress.ts';

const plan = planOf(100); // 10 groups of 10
const jobId = jobIdOf(plan);
const UNTIL = began + 65_000;
const FULL = 10;

/** A job whose ledgers and queue the test changes; each read is a second after the previous one. */
function world() {
  const jobs = startProgress([plan]);
  const readJob = async () => {
    jobs.pass(1000);
    const watched = await jobs.read(jobId);
    if (!watched) throw new Error('no job');
    return watched;
  };
  const lane = async (group: number) => {
    const { lanes } = await readLanes(jobs.store, await readJob(), { first: group, count: 1, by: 'state' });
    return lanes[0];
  };
  return { ...jobs, readJob, lane };
}

const sightingsOf = (numbers: readonly number[], more: Partial<Sighting> = {}) =>
  new Map(
    numbers.map((number) => [number, { sentOn: began, receives: 1, until: UNTIL, receivedBy: 'consumer-1', ...more }]),
  );

test('a lane has the index of each message’s storer among the sorted names, and −1 for what is not stored', async () => {
  const { stored, readJob, store } = world();
  const offsets = new Map([
    [2, new Set([1, 3, 5])],
    [4, new Set([0])],
  ]);
  for (const [group, of] of offsets) stored.set(group, of);
  const watched = await readJob();
  const traces = async function* (_: unknown, group: number) {
    const { first } = messagesOfGroup(shapeOf(plan), group);
    for (const offset of offsets.get(group) ?? [])
      yield { number: first + offset, stored_by: offset === 3 ? 'a' : `z-${group}` } as never;
  };
  const read = readLanes({ ...store, traces }, watched, { first: 2, count: 3, by: 'consumer' });
  const { lanes, consumers } = await read;
  expect(consumers).toEqual(['a', 'z-2', 'z-4']);
  const none = -1;
  expect(lanes.map(({ by }) => by)).toEqual([
    [none, 1, none, 0, none, 1, ...Array(4).fill(none)],
    Array(10).fill(none),
    [2, ...Array(9).fill(none)],
  ]);
});

test('a message that is stored and not deleted has the index of its storer, too', async () => {
  const { stored, mark, readJob, store } = world();
  stored.set(1, 2);
  mark({ inFlight: sightingsOf([10, 11]) });
  await readJob();
  const { lanes } = await readLanes(store, await readJob(), { first: 1, count: 1, by: 'consumer' });
  expect(lanes).toMatchObject([{ states: 'uu........', by: [0, 0, ...Array(8).fill(-1)] }]);
});

test('a lane is in flight until the last of its messages is visible', async () => {
  const { mark, lane } = world();
  mark({
    inFlight: new Map([...sightingsOf([10]), ...sightingsOf([11], { until: UNTIL + 5000 }), ...sightingsOf([12])]),
  });
  expect((await lane(1))?.in_flight?.until).toBe(UNTIL + 5000);
});

describe('the receivers of the messages in flight', () => {
  test('are listed with their groups and messages, the one with the most messages first', async () => {
    const { mark, readJob } = world();
    mark({ inFlight: new Map([...sightingsOf([10, 11]), ...sightingsOf([30, 31, 40], { receivedBy: 'consumer-2' })]) });
    expect((await readJob()).progress.receivers).toEqual([
      { by: 'consumer-2', groups: 2, messages: 3, stored: 0, until: UNTIL },
      { by: 'consumer-1', groups: 1, messages: 2, stored: 0, until: UNTIL },
    ]);
  });

  test('are the twenty with the most messages', async () => {
    const { mark, readJob } = world();
    const each = Array.from({ length: 21 }, (_, at) => [...sightingsOf([at], { receivedBy: `c${at}` })]);
    mark({ inFlight: new Map([...each.flat(), ...sightingsOf([90, 91], { receivedBy: 'most' })]) });
    const { receivers } = (await readJob()).progress;
    expect([receivers.length, receivers[0]?.by]).toEqual([20, 'most']);
  });

  test('have an unknown end of their timeouts if that of one message is unknown', async () => {
    const { mark, readJob } = world();
    mark({ inFlight: new Map([...sightingsOf([10]), ...sightingsOf([11], { until: undefined })]) });
    expect((await readJob()).progress.receivers).toMatchObject([{ messages: 2, until: null }]);
  });
});

describe('an undeleted message', () => {
  test('is known if it was stored before the queue was read, and its lane has the receiver and the time', async () => {
    const { stored, mark, readJob, lane } = world();
    stored.set(1, 2);
    mark({ inFlight: sightingsOf([10, 11, 12]) });
    const { progress } = await readJob();
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

  test('is not known if it was stored after the queue was read', async () => {
    const { state, stored, mark, readJob } = world();
    mark({ inFlight: sightingsOf([10]) });
    stored.set(1, 1);
    state.queueAgeMs = 500;
    // It may have been deleted between the reads of the queue and of the ledger.
    expect((await readJob()).progress).toMatchObject({ in_flight_messages: 1, undeleted_messages: 0 });
    expect((await readJob()).progress).toMatchObject({ in_flight_messages: 0, undeleted_messages: 1 });
    // The same for a group that is full now and was not full at the previous read.
    stored.set(1, FULL);
    mark({ inFlight: sightingsOf([10, 19]) });
    expect((await readJob()).progress.undeleted_messages).toBe(1);
    expect((await readJob()).progress.undeleted_messages).toBe(2);
    // A full group stays full: an older read of the queue was also made after that was known.
    await readJob();
    state.queueAgeMs = 1500;
    expect((await readJob()).progress.undeleted_messages).toBe(2);
    mark({ inFlight: new Map() });
    expect((await readJob()).progress).toMatchObject({ in_flight_messages: 0, undeleted_messages: 0, receivers: [] });
  });

  test('is known from the latest ledger; every message in flight is one once the job is COMPLETE', async () => {
    const { stored, mark, change, readJob } = world();
    mark({ inFlight: sightingsOf([10, 11, 12]) });
    const counts: (number | null)[] = [];
    for (const offsets of [1, 2, 2]) {
      stored.set(1, offsets);
      counts.push((await readJob()).progress.undeleted_messages);
    }
    expect(counts).toEqual([1, 2, 2]);
    // No ledger of a COMPLETE job is read: all its messages are stored.
    change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 1000).toISOString() });
    await readJob();
    expect((await readJob()).progress).toMatchObject({ undeleted_messages: 3, in_flight_messages: 0 });
  });

  test('is known as such also when its group is full, and when it is visible again', async () => {
    const { stored, mark, readJob, lane } = world();
    stored.set(3, FULL);
    mark({ inFlight: sightingsOf([39]) });
    await readJob();
    expect((await lane(3))?.states).toBe('sssssssssu');
    mark({ inFlight: new Map() });
    mark({ returned: sightingsOf([39], { until: undefined, receivedBy: undefined }) });
    const { progress } = await readJob();
    expect(progress).toMatchObject({ undeleted_messages: 1, receivers: [] });
    expect(await lane(3)).toMatchObject({ states: 'sssssssssu', in_flight: null });
  });

  test('changes the version of lanes when it changes, and when it is hidden for longer', async () => {
    const { state, stored, mark, readJob } = world();
    stored.set(1, 1);
    mark({ inFlight: sightingsOf([10]) });
    // The first read of the queue is older than that of the ledger, so that the second one finds it undeleted.
    state.queueAgeMs = 500;
    const versions = [(await readJob()).progress.version, (await readJob()).progress.version];
    versions.push((await readJob()).progress.version);
    // Differences of clocks are ignored up to some milliseconds.
    mark({ inFlight: sightingsOf([10], { until: UNTIL + 20 }) });
    versions.push((await readJob()).progress.version);
    mark({ inFlight: sightingsOf([10], { until: UNTIL + 20_000 }) });
    versions.push((await readJob()).progress.version);
    expect(versions).toEqual([1, 2, 2, 2, 3]);
  });

  test('is shown for a COMPLETE job until it is deleted; then the queue is not read any more', async () => {
    const { mark, change, calls, readJob } = world();
    change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 1000).toISOString() });
    mark({ inFlight: sightingsOf([99]) });
    await readJob();
    expect((await readJob()).progress).toMatchObject({
      undeleted_messages: 1,
      in_flight_messages: 0,
      dead_messages: 0,
    });
    mark({ inFlight: new Map() });
    await readJob();
    const reads = calls.marks;
    expect((await readJob()).progress.undeleted_messages).toBe(0);
    expect(calls.marks).toBe(reads);
  });

  test('has its storer from the trace if the endpoint does not report its receiver; its time is unknown', async () => {
    const { stored, mark, readJob, lane } = world();
    stored.set(1, 1);
    mark({ inFlight: sightingsOf([10], { until: undefined, receivedBy: undefined }) });
    await readJob();
    expect((await readJob()).progress.receivers).toEqual([
      { by: null, groups: 1, messages: 1, stored: 1, until: null },
    ]);
    expect((await lane(1))?.in_flight).toEqual({ by: STORED_BY, messages: 1, stored: 1, until: null });
  });

  test('is counted in its own lane alone, whose receiver is its storer, not that of a deleted message', async () => {
    const { stored, mark, readJob, store } = world();
    // Of lane 1, messages 10 to 12 are stored, and only 12 is still in the queue.
    stored.set(1, 3).set(2, 1);
    const unknown = { until: undefined, receivedBy: undefined };
    mark({
      inFlight: new Map([...sightingsOf([12], unknown), ...sightingsOf([20], unknown), ...sightingsOf([30], unknown)]),
    });
    await readJob();
    const traced: number[] = [];
    const traces = async function* (_: unknown, group: number) {
      traced.push(group);
      const { first, count } = messagesOfGroup(shapeOf(plan), group);
      for (let number = first; number < first + count; number += 1)
        yield { number, stored_by: `storer of ${number}` } as never;
    };
    const { lanes } = await readLanes({ ...store, traces }, await readJob(), { first: 1, count: 3, by: 'state' });
    expect(lanes.map((lane) => lane.in_flight)).toEqual([
      { by: 'storer of 12', messages: 1, stored: 1, until: null },
      { by: 'storer of 20', messages: 1, stored: 1, until: null },
      { by: null, messages: 1, stored: 0, until: null },
    ]);
    // Message 30 is not stored, so it has no trace.
    expect(traced).toEqual([1, 2]);
  });

  test('is shown for a COMPLETE job, also when visible again, until it is deleted; a dead letter is not', async () => {
    const { change, mark, calls, readJob } = world();
    change(jobId, { status: 'COMPLETE', completed_on: new Date(began + 1000).toISOString() });
    mark({ returned: sightingsOf([99], { until: undefined }), dead: sightingsOf([5]) });
    await readJob();
    const reads = calls.marks;
    expect((await readJob()).progress).toMatchObject({ undeleted_messages: 1, returned_messages: 1, dead_messages: 0 });
    expect(calls.marks).toBe(reads + 1);
  });

  test('is unknown where the endpoint does not report what is in flight', async () => {
    const { stored, mark, readJob, lane } = world();
    stored.set(1, 1);
    mark({ inFlight: null });
    await readJob();
    expect((await readJob()).progress).toMatchObject({
      in_flight_messages: null,
      undeleted_messages: null,
      receivers: [],
    });
    expect(await lane(1)).toMatchObject({ states: 's.........', in_flight: null });
  });
});
