// The simulation behind the API: what it answers, what it refuses, and that no run outlives its request.
import { describe, expect, test } from '@jest/globals';
import type { Recording, Shortest } from '@movie-load/simulation/recording';
import { eventually } from '@movie-load/testing';
import { Hono } from 'hono';
import { answerError } from '../src/http-body.ts';
import { messageCell, stateAt } from '../src/page/simulation/state.ts';
import { type SimulationRoutesOptions, simulationRoutes } from '../src/routes/simulation.ts';
import { createSimulation } from '../src/simulation.ts';
import type { SimulationOffer } from '../src/simulation-api.ts';
import { silent } from './silent-log.ts';

const LONG_MS = 60_000;
const ODD = new URL('./odd-worker.ts', import.meta.url);

function serve(options: Partial<SimulationRoutesOptions> = {}) {
  const { signal } = new AbortController();
  const app = new Hono().route('/api', simulationRoutes({ log: silent, signal, ...options }));
  app.onError((error, c) => answerError(c, error) ?? c.text(String(error), 500));
  return {
    get: async () => (await (await app.request('/api/simulation')).json()) as SimulationOffer,
    post: async (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
      app.request(`/api/simulation/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
  };
}

const SEED = { seed: 1, sabotage: null, movies: null, faults: 'all', placed: [] };

/** What a problem document says, after its status. */
async function problemOf(response: Response): Promise<string> {
  const { detail }: { readonly detail: string } = JSON.parse(await response.text());
  return `${response.status} ${detail}`;
}

describe('the simulation', () => {
  const { get, post } = serve();
  const play = async (request: object): Promise<Recording> =>
    (await post('play', request)).json() as Promise<Recording>;

  test(
    'offers its sabotages with a sentence each',
    async () => {
      const { sabotages, most_movies } = await get();
      expect(sabotages?.length).toBeGreaterThan(80);
      expect(sabotages).toContainEqual({
        name: 'delete before store',
        about: expect.stringMatching(/^A message is deleted before/),
        harmless: false,
      });
      expect(most_movies).toBe(100);
    },
    LONG_MS,
  );

  test(
    'plays a small job without faults: its state adds up to a COMPLETE job, an empty queue and the object',
    async () => {
      const recording = await play({ ...SEED, movies: 6, faults: 'none' });
      const { jobs, events, verdict, faults } = recording;
      expect(verdict).toBeNull();
      expect(faults).toEqual([]);
      expect(jobs).toMatchObject([{ name: 'job-0', movies: 6 }]);
      const begin = stateAt(recording, -1);
      expect(messageCell(begin, 0, 0, 0)).toEqual({ state: 'none', words: 'not sent' });
      const last = events.length - 1;
      const end = stateAt(recording, last);
      expect(end.messages.size).toBe(0);
      expect(messageCell(end, 0, 0, events[last]?.ms ?? 0)).toEqual({ state: 'gone', words: 'deleted' });
      const [job] = jobs;
      const messages = Array.from({ length: job?.messages ?? 0 }, (_, number) => number);
      expect(end.jobs).toMatchObject([{ status: 'COMPLETE', object: 'right', stored: messages }]);
      expect(end.jobs[0]?.sets.map((set) => set.length)).toEqual(job?.sets.map(({ bound }) => bound));
      const states = events.map((_, at) => messageCell(stateAt(recording, at), 0, 0, events[at]?.ms ?? 0).state);
      expect(new Set(states)).toEqual(new Set(['none', 'waiting', 'flight', 'gone']));
    },
    LONG_MS,
  );

  test(
    'looks for the seed that notices a sabotage, and says which promise it breaks, in words',
    async () => {
      const { verdict, tried, seed, events } = await play({ ...SEED, seed: null, sabotage: 'delete before store' });
      expect(verdict).toEqual({
        invariant: 'deleted ⇒ stored',
        sentence: 'A message is deleted only when all its movies are stored.',
        detail: expect.stringMatching(/^consumer-\d\.\d deleted message \d+/),
      });
      expect(tried).toBe(seed);
      expect(events.at(-1)).toMatchObject({ who: 'oracle', what: expect.stringContaining('✗ deleted ⇒ stored') });
    },
    LONG_MS,
  );

  test(
    'breaks a promise by one crash that is placed where it hurts, and finds it as the shortest schedule',
    async () => {
      const sabotage = 'climb only when an add made a set full';
      const calm = { ...SEED, sabotage, movies: 12, faults: 'none' };
      const before = await play(calm);
      expect(before.verdict).toBeNull();
      // The consumer that fills a ledger dies before it can tell the parent.
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
      const shortest = (await (await post('shortest', request)).json()) as Shortest;
      expect(shortest).toMatchObject({ faults: request.placed, of: 1 });
      expect(shortest.recording.verdict?.invariant).toBe('every job can go on');
    },
    LONG_MS,
  );

  test.each([
    ['a negative seed', { ...SEED, seed: -1 }, /seed/],
    ['half a seed', { ...SEED, seed: 1.5 }, /seed/],
    ['a seed that is too large', { ...SEED, seed: 1e9 }, /seed/],
    ['neither seed nor sabotage', { ...SEED, seed: null }, /choose a seed, or a sabotage/],
    ['an unknown sabotage', { ...SEED, sabotage: 'no such' }, /There is no sabotage "no such"/],
    ['too many movies', { ...SEED, movies: 101 }, /movies.*100/],
    ['no movies', { ...SEED, movies: 0 }, /movies/],
    ['a schedule that is too long', { ...SEED, faults: Array(1001).fill('outage 0') }, /faults/],
    ['something that is not a fault', { ...SEED, placed: ['nonsense'] }, /placed/],
    ['a fault that cannot be placed', { ...SEED, placed: ['c|sqs:ReceiveMessage|1 melt'] }, /placed/],
    ['too many placed faults', { ...SEED, placed: Array(13).fill('c|sqs:ReceiveMessage|1 stall') }, /placed/],
    ['a key that is not known', { ...SEED, seconds: 1 }, /seconds/],
    ['nothing', {}, /seed/],
  ])('refuses %s with 400 and says what is wrong', async (_, body, says) => {
    for (const path of ['play', 'shortest']) {
      const problem = await problemOf(await post(path, body));
      expect(problem).toMatch(/^400 /);
      expect(problem).toMatch(says);
    }
  });
});

test('a list of sabotages that was not answered is asked for again', async () => {
  const { sabotages } = createSimulation({ worker: ODD });
  await expect(sabotages(AbortSignal.abort())).rejects.toMatchObject({ status: 503 });
  expect(await sabotages(new AbortController().signal)).toBe('[]');
});

describe('a worker', () => {
  test('that is not installed: the offer says so, and nothing runs', async () => {
    const { get, post } = serve({ worker: new URL('./no-such-worker.ts', import.meta.url) });
    expect(await get()).toEqual({ sabotages: null, most_movies: 100 });
    expect(await problemOf(await post('play', SEED))).toMatch(/^404 The simulation is part of the repository/);
  });

  test.each([2, 3])('that dies is an answer and a line of the log, and the next run works: seed %d', async (seed) => {
    const warned: string[] = [];
    const log = { ...silent, warn: (_: object, text: string) => void warned.push(text) } as typeof silent;
    const { post } = serve({ worker: ODD, log });
    expect(await problemOf(await post('play', { ...SEED, seed }))).toMatch(/^502 The worker that ran it died/);
    expect(warned).toEqual(['a run of the simulation ended early']);
    expect(await (await post('play', { ...SEED, seed: 9 })).json()).toEqual({ seed: 9 });
  });

  test('that never answers is ended at its limit', async () => {
    const { post } = serve({ worker: ODD, limitMs: 200 });
    expect(await problemOf(await post('play', SEED))).toMatch(/^503 The run was ended after 0.2 s/);
  });

  test('ends when the page leaves, and only one runs at a time', async () => {
    const { post } = serve({ worker: ODD, patienceMs: 50 });
    const page = new AbortController();
    let isRunning = true;
    const first = post('play', SEED, page.signal).finally(() => {
      isRunning = false;
    });
    await eventually(
      'the first run to be there',
      async () => (await post('play', { ...SEED, seed: 9 })).status === 429,
    );
    expect(isRunning).toBe(true);
    page.abort();
    expect((await first).status).toBe(503);
    expect((await post('play', { ...SEED, seed: 9 })).status).toBe(200);
  });

  test('ends with the server', async () => {
    const stop = new AbortController();
    const { post } = serve({ worker: ODD, signal: stop.signal });
    const run = post('play', SEED);
    stop.abort();
    expect((await run).status).toBe(503);
  });
});
