// Refused runs of the simulation, and that no run outlives its request, with a worker that the test controls.
import { describe, expect, test } from '@jest/globals';
import { eventually } from '@movie-load/testing';
import { createSimulation } from '../src/simulation.ts';
import type { Play } from '../src/simulation-api.ts';
import { SEED, serve } from './serve-simulation.ts';
import { silent } from './silent-log.ts';

const FAILING_WORKER = new URL('./failing-worker.ts', import.meta.url);

/** The status of a response and the text of its problem document. */
async function problemOf(response: Response): Promise<string> {
  const { detail }: { readonly detail: string } = JSON.parse(await response.text());
  return `${response.status} ${detail}`;
}

describe('a simulation request', () => {
  const { post } = serve({ worker: FAILING_WORKER });

  test.each([
    ['a negative seed', { ...SEED, seed: -1 }, /seed/],
    ['half a seed', { ...SEED, seed: 1.5 }, /seed/],
    ['a seed that is too large', { ...SEED, seed: 1e9 }, /seed/],
    ['neither seed nor sabotage', { ...SEED, seed: null }, /choose a seed or a sabotage/],
    ['an unknown sabotage', { ...SEED, sabotage: 'no such' }, /There is no sabotage "no such"/],
    ['too many movies', { ...SEED, movies: 101 }, /movies.*100/],
    ['no movies', { ...SEED, movies: 0 }, /movies/],
    ['a schedule that is too long', { ...SEED, faults: Array(1001).fill('outage 0') }, /faults/],
    ['something that is not a fault', { ...SEED, placed: ['nonsense'] }, /placed/],
    ['a fault that cannot be placed', { ...SEED, placed: ['c|sqs:ReceiveMessage|1 melt'] }, /placed/],
    ['too many placed faults', { ...SEED, placed: Array(13).fill('c|sqs:ReceiveMessage|1 stall') }, /placed/],
    ['a key that is not known', { ...SEED, seconds: 1 }, /seconds/],
    ['nothing', {}, /seed/],
  ])('is refused for %s with 400 and the reason', async (_, body, says) => {
    for (const path of ['play', 'shortest']) {
      const problem = await problemOf(await post(path, body));
      expect(problem).toMatch(/^400 /);
      expect(problem).toMatch(says);
    }
  });
});

test('the list of sabotages is read again if reading it failed before', async () => {
  const { sabotages } = createSimulation({ worker: FAILING_WORKER });
  await expect(sabotages(AbortSignal.abort())).rejects.toMatchObject({ status: 503 });
  expect(await sabotages(new AbortController().signal)).toBe('[]');
});

test('a run with an unknown sabotage is refused by the list of sabotages', async () => {
  const answer = await serve({ worker: FAILING_WORKER }).post('play', { ...SEED, sabotage: 'x' });
  expect(await answer.json()).toMatchObject({ status: 400, title: 'No such sabotage' });
});

test('a run accepts the largest allowed numbers of movies and of placed faults', async () => {
  const { post } = serve({ worker: FAILING_WORKER });
  const placed = Array.from({ length: 12 }, (_, at) => `c|sqs:ReceiveMessage|${at} stall`);
  expect((await post('play', { ...SEED, seed: 9, movies: 100, placed })).status).toBe(200);
});

describe('a simulation worker', () => {
  test('is reported as unavailable where the simulation is not installed, and nothing runs', async () => {
    const { get, post } = serve({ worker: new URL('./no-such-worker.ts', import.meta.url) });
    expect(await get()).toEqual({ sabotages: null, most_movies: 100 });
    expect(await problemOf(await post('play', SEED))).toMatch(/^404 The simulation is part of the repository/);
  });

  test.each([2, 3])(
    'crashes with an error response and a log line, and the next run succeeds: seed %d',
    async (seed) => {
      const warned: string[] = [];
      const log = { ...silent, warn: (_: object, text: string) => void warned.push(text) } as typeof silent;
      const { post } = serve({ worker: FAILING_WORKER, log });
      expect(await problemOf(await post('play', { ...SEED, seed }))).toMatch(/^502 The worker of the run died/);
      expect(warned).toEqual(['a run of the simulation ended early']);
      expect(await (await post('play', { ...SEED, seed: 9 })).json()).toEqual({ seed: 9 });
    },
  );

  /** The number of workers that run now: each has a message port to this thread. */
  const workers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;

  test('is ended at its time limit when it does not answer', async () => {
    const before = workers();
    const { run } = createSimulation({ worker: FAILING_WORKER, limitMs: 200 });
    const request: Play = { ...SEED, faults: 'all' };
    await expect(run({ kind: 'play', request }, new AbortController().signal)).rejects.toMatchObject({
      status: 503,
      message: expect.stringMatching(/^The run was ended after 0\.2 s/),
    });
    expect(workers()).toBe(before);
  });

  test('is ended when the page leaves, and only one runs at a time', async () => {
    const { post } = serve({ worker: FAILING_WORKER, maxWaitMs: 50 });
    const page = new AbortController();
    let isRunning = true;
    const first = post('play', SEED, page.signal).finally(() => {
      isRunning = false;
    });
    await eventually(
      'the first run to have started',
      async () => (await post('play', { ...SEED, seed: 9 })).status === 429,
    );
    expect(isRunning).toBe(true);
    page.abort();
    expect((await first).status).toBe(503);
    expect((await post('play', { ...SEED, seed: 9 })).status).toBe(200);
  });

  test('is replaced by the next one of a page that has just left it', async () => {
    const { get, post } = serve({ worker: FAILING_WORKER });
    // Also reads the list of sabotages, by a worker that has ended then.
    await get();
    const before = workers();
    const page = new AbortController();
    const first = post('play', SEED, page.signal);
    await eventually('the first run to have started', () => workers() > before);
    page.abort();
    const next = await post('play', { ...SEED, seed: 9 });
    expect([(await first).status, next.status]).toEqual([503, 200]);
  });

  test('is ended with the server', async () => {
    const stop = new AbortController();
    const { get, post } = serve({ worker: FAILING_WORKER, signal: stop.signal });
    await get();
    const before = workers();
    const run = post('play', SEED);
    await eventually('the run to have started', () => workers() > before);
    stop.abort();
    expect((await run).status).toBe(503);
    expect(workers()).toBe(before);
  });
});
