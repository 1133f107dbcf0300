// The API on a job that is stored in part, in flight in part, and dead-lettered in part (`api-setup.ts`).
import { describe, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { traceIdOf } from '@movie-load/tracing';
import type {
  DeadLetters,
  Heat,
  JobProgress,
  JobsPage,
  Lanes,
  MessageView,
  MoviesPage,
  RedriveResult,
} from '../src/api.ts';
import { exportSchema } from '../src/traces.ts';
import { app, controlling, get, jobId, plan, send, traces } from './api-setup.ts';
import { HOST } from './console-app.ts';

describe('a job', () => {
  test('is listed, and is found by the first characters of its id', async () => {
    const { jobs } = await get<JobsPage>('/api/jobs');
    expect(jobs).toMatchObject([{ job_id: jobId, state: 'RUNNING', percent: 10, messages: 100, groups: 10 }]);
    const progress = await get<JobProgress>(`/api/jobs/${jobId.slice(0, 8)}`);
    expect(progress).toMatchObject({ stored_messages: 10, exact: true, in_flight_messages: 3, dead_messages: 1 });
  });

  test('has lanes with the state of each message, and a heat map', async () => {
    const { lanes } = await get<Lanes>(`/api/jobs/${jobId}/lanes?first=0&count=3`);
    expect(lanes.map(({ states }) => states)).toEqual(['ssssssssss', 'fff.......', 'd.........']);
    // The storer is returned only on request.
    expect(lanes.map(({ by }) => by)).toEqual([null, null, null]);
    const coloured = await get<Lanes>(`/api/jobs/${jobId}/lanes?first=0&count=2&by=consumer`);
    expect(coloured.consumers).toEqual(['console-test']);
    expect(coloured.lanes[0]?.by).toEqual(Array.from({ length: 10 }, () => 0));
    expect(coloured.lanes[1]?.by).toEqual(Array.from({ length: 10 }, () => -1));
    const heat = await get<Heat>(`/api/jobs/${jobId}/heat`);
    expect(heat).toEqual({ groups: 10, groups_per_bucket: 1, percent: [100, ...Array(9).fill(0)], dead: [2] });
  });

  test('has for each message its state, its movies, and where and by whom they are stored', async () => {
    const stored = await get<MessageView>(`/api/jobs/${jobId}/messages/4`);
    const [movie] = generateMovies(plan.seed, { first: 4, count: 1 });
    expect(stored).toMatchObject({ state: 'stored', stored_by: 'console-test', receives: 2, group: 0 });
    expect(stored.sample).toEqual([{ index: 4, ...movie }]);
    expect(stored.slices).toEqual([{ partition: `${jobId}#0`, part: 'movies#000000000000+10' }]);
    expect(await get<MessageView>(`/api/jobs/${jobId}/messages/11`)).toMatchObject({ state: 'in_flight', sample: [] });
    expect(await get<MessageView>(`/api/jobs/${jobId}/messages/20`)).toMatchObject({
      state: 'dead_lettered',
      sent_on: expect.stringMatching(/Z$/),
      receives: 1,
    });
    const none = await app.request(`http://${HOST}/api/jobs/${jobId}/messages/100`, { headers: { host: HOST } });
    expect(none.status).toBe(404);
  });

  test('has a trace only where services can send traces', async () => {
    expect(await get(`/api/jobs/${jobId}/trace`)).toEqual({ receiving: false, spans: [], left_out: 0 });
    const trace = async (attempt: number) => {
      const url = `http://${HOST}/api/jobs/${jobId.slice(0, 8)}/trace?attempt=${attempt}`;
      return (await controlling.request(url, { headers: { host: HOST } })).json();
    };
    expect(await trace(1)).toEqual({ receiving: true, spans: [], left_out: 0 });
    const time = '1000000';
    const span = { traceId: traceIdOf(jobId), spanId: '1'.repeat(16), name: 'a job' };
    const spans = [{ ...span, startTimeUnixNano: time, endTimeUnixNano: time }];
    traces.add(exportSchema.parse({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    expect(await trace(2)).toMatchObject({ receiving: true, spans: [{ name: 'a job' }] });
  });

  test('has no lanes beyond its last group', async () => {
    const { lanes } = await get<Lanes>(`/api/jobs/${jobId}/lanes?first=8&count=50`);
    expect(lanes.map(({ group, first }) => [group, first])).toEqual([
      [8, 80],
      [9, 90],
    ]);
    expect(await get<Lanes>(`/api/jobs/${jobId}/lanes?first=10`)).toEqual({ lanes: [], consumers: [] });
  });

  test('returns its movies page by page, and those that match a search', async () => {
    const page = await get<MoviesPage>(`/api/jobs/${jobId}/movies?from=0&limit=4`);
    expect(page).toMatchObject({ next: 4, looked_at: 4, total: 100 });
    expect(page.movies.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    const following = await get<MoviesPage>(`/api/jobs/${jobId}/movies?from=${page.next}&limit=4`);
    expect(following.movies.map(({ index }) => index)).toEqual([4, 5, 6, 7]);
    const [, , wanted] = generateMovies(plan.seed, { first: 0, count: 3 });
    const found = await get<MoviesPage>(`/api/jobs/${jobId}/movies?search=${wanted?.movie_id.toUpperCase()}`);
    expect(found.movies.map(({ index }) => index)).toEqual([2]);
    expect(found.next).toBeNull();
  });

  test('is answered with 404 if it is unknown or has no object yet', async () => {
    const missing = await app.request(`http://${HOST}/api/jobs/ffffffff`, { headers: { host: HOST } });
    expect(missing.status).toBe(404);
    const noJob = await app.request(`http://${HOST}/api/jobs/ffffffff/object`, { headers: { host: HOST } });
    expect([noJob.status, await noJob.json()]).toMatchObject([404, { title: 'No such job' }]);
    const object = await app.request(`http://${HOST}/api/jobs/${jobId}/object`, { headers: { host: HOST } });
    expect(object.status).toBe(404);
    expect(await object.json()).toMatchObject({ title: 'No object' });
    expect(object.headers.get('cache-control')).toBe('no-store');
    const head = await app.request(`http://${HOST}/api/jobs/${jobId}/object`, {
      method: 'HEAD',
      headers: { host: HOST },
    });
    expect(head.status).toBe(404);
  });
});

describe('the event stream', () => {
  test('is not opened by HEAD requests, however many arrive', async () => {
    for (let time = 0; time < 60; time++) {
      const head = await app.request(`http://${HOST}/api/events`, { method: 'HEAD', headers: { host: HOST } });
      expect([head.status, head.body]).toEqual([200, null]);
    }
    const stream = await app.request(`http://${HOST}/api/events`, { headers: { host: HOST } });
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
  });
});

describe('dead letters', () => {
  test('are shown without receiving them, and redriven after a dry run', async () => {
    const { messages, peeked } = await get<DeadLetters>('/api/dead-letters');
    expect(peeked).toBe(true);
    expect(messages).toMatchObject([{ reason: 'too_many_receives', job_id: jobId, original_group: `${jobId}#2` }]);
    const message_ids = messages.map(({ message_id }) => message_id);
    const redrive = async (dry_run: boolean) => {
      const response = await send('/api/dead-letters/redrive', { message_ids, dry_run });
      expect(response.status).toBe(200);
      return (await response.json()) as RedriveResult;
    };
    expect((await redrive(true)).redriven).toEqual([{ message_id: message_ids[0], to_group: `${jobId}#2` }]);
    expect((await get<DeadLetters>('/api/dead-letters')).messages).toHaveLength(1);
    expect((await redrive(false)).redriven).toHaveLength(1);
    expect((await get<DeadLetters>('/api/dead-letters')).messages).toEqual([]);
    expect(await redrive(false)).toMatchObject({ redriven: [], not_found: message_ids });
  });
});
