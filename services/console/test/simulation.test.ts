// The simulation behind the API: its offer, and its runs.
import { describe, expect, test } from '@jest/globals';
import type { Recording, ShortestSchedule } from '@movie-load/simulation/recording';
import { messageCell, stateAt } from '../src/page/simulation/state.ts';
import { SEED, serve } from './serve-simulation.ts';

describe('the simulation', () => {
  const { get, post } = serve();
  const play = async (request: object): Promise<Recording> =>
    (await post('play', request)).json() as Promise<Recording>;

  test('offers its sabotages with a sentence each', async () => {
    const { sabotages, most_movies } = await get();
    expect(sabotages?.length).toBeGreaterThan(80);
    expect(sabotages?.filter(({ name, about }) => name === '' || !/^[A-Z\d`].*\.$/.test(about))).toEqual([]);
    expect(sabotages).toContainEqual({
      name: 'delete before store',
      about: expect.stringMatching(/^A message is deleted before/),
      harmless: false,
    });
    expect(most_movies).toBe(100);
  });

  test('plays a small job without faults up to a COMPLETE job, an empty queue and the object', async () => {
    const recording = await play({ ...SEED, movies: 6, faults: 'none' });
    const { jobs, events, verdict, faults } = recording;
    expect(verdict).toBeNull();
    expect(faults).toEqual([]);
    expect(jobs).toMatchObject([{ name: 'job-0', movies: 6 }]);
    const begin = stateAt(recording, -1);
    expect(messageCell(begin, 0, 0, 0)).toEqual({ state: 'none', text: 'not sent' });
    const last = events.length - 1;
    const end = stateAt(recording, last);
    expect(end.messages.size).toBe(0);
    expect(messageCell(end, 0, 0, events[last]?.ms ?? 0)).toEqual({ state: 'gone', text: 'deleted' });
    const [job] = jobs;
    const messages = Array.from({ length: job?.messages ?? 0 }, (_, number) => number);
    expect(end.jobs).toMatchObject([{ status: 'COMPLETE', object: 'right', stored: messages }]);
    expect(end.jobs[0]?.sets.map((set) => set.length)).toEqual(job?.sets.map(({ bound }) => bound));
    const states = events.map((_, at) => messageCell(stateAt(recording, at), 0, 0, events[at]?.ms ?? 0).state);
    expect(new Set(states)).toEqual(new Set(['none', 'waiting', 'flight', 'gone']));
  });

  test('searches for a seed that notices a sabotage, and describes the promise that it breaks', async () => {
    const { verdict, tried, seed, events } = await play({ ...SEED, seed: null, sabotage: 'delete before store' });
    expect(verdict).toEqual({
      invariant: 'deleted ⇒ stored',
      sentence: 'A message is deleted only when all its movies are stored.',
      detail: expect.stringMatching(/^consumer-\d\.\d deleted message \d+/),
    });
    expect(tried).toBe(seed);
    expect(events.at(-1)).toMatchObject({ who: 'oracle', what: expect.stringContaining('✗ deleted ⇒ stored') });
  });

  test('breaks a promise by one crash at the right place, and finds it as the shortest schedule', async () => {
    const sabotage = 'climb only when an add made a set full';
    const calm = { ...SEED, sabotage, movies: 12, faults: 'none' };
    const before = await play(calm);
    expect(before.verdict).toBeNull();
    // The consumer that fills a ledger dies before it can note that in the parent.
    const bound = before.jobs[0]?.sets[0]?.bound;
    const filled = before.events.findIndex((_, at) => stateAt(before, at).jobs[0]?.sets[0]?.length === bound);
    const { who = '' } = before.events[filled] ?? {};
    const call = before.calls.findLast(
      ({ site, from }) => from <= filled && site.startsWith(`${who}|dynamodb:UpdateItem|`),
    );
    const request = { ...calm, placed: [`${call?.site} crash_after_effect`] };
    const broken = await play(request);
    expect(broken.verdict?.invariant).toBe('every job can go on');
    expect(broken.events.slice(0, call?.from)).toEqual(before.events.slice(0, call?.from));
    const shortest = (await (await post('shortest', request)).json()) as ShortestSchedule;
    expect(shortest).toMatchObject({ faults: request.placed, of: 1 });
    expect(shortest.recording.verdict?.invariant).toBe('every job can go on');
  });
});
