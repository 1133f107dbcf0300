// The producer's routes, without a socket and without AWS: which jobs it accepts and refuses, and its health.
import { describe, expect, test } from '@jest/globals';
import { type JobPlan, jobIdOf, NO_COUNTS, planFromToken, planToToken, type ServiceReport } from '@movie-load/schema';
import { createLogger } from '@movie-load/service';
import { createMetrics } from '@movie-load/service/metrics';
import { seededRandom } from '@movie-load/testing';
import { createProducerApp } from '../src/http.ts';
import type { JobRegistry, SendingJob } from '../src/job-registry.ts';
import { METRIC_ROWS } from '../src/metrics.ts';
import type { QueueState } from '../src/watched-queue.ts';

const report: ServiceReport = {
  ...NO_COUNTS,
  kind: 'report',
  service: 'producer',
  instance: 'one',
  at: 1,
  peak_rss_bytes: 1,
  cpu_seconds: 0,
  sent_messages: 3,
  sent_movies: 30,
  calls: { 'sqs:SendMessageBatch': 2 },
  final: false,
};

const jobOf = (plan: JobPlan): SendingJob => ({
  job_id: jobIdOf(plan),
  plan: planToToken(plan),
  status: 'SENDING',
  movies: plan.movies,
  messages: 1,
  groups: 1,
  sent_movies: 0,
  sent_messages: 0,
  started_on: '2026-11-25T09:00:00.000Z',
});

function start({ groups }: { readonly groups?: number } = {}) {
  const stop = new AbortController();
  const plans: JobPlan[] = [];
  const state: { queue: QueueState; sending: number; same: boolean } = {
    queue: { last_call: 'ok', error: undefined },
    sending: 0,
    same: false,
  };
  const unused = () => {
    throw new Error('not used here');
  };
  const registry: JobRegistry = {
    totals: { sent_messages: 3, sent_movies: 30 },
    start(plan) {
      plans.push(plan);
      return { job: jobOf(plan), done: Promise.resolve({}) };
    },
    find: (jobId) => plans.map(jobOf).find(({ job_id }) => job_id === jobId),
    sending: () => state.sending,
    isSending: () => state.same,
    idle: unused,
  };
  const app = createProducerApp({
    registry,
    watch: { state: () => state.queue, watch: unused, watched: unused },
    random: seededRandom(),
    log: createLogger({ service: 'producer', instance: 'test', level: 'silent' }),
    metrics: createMetrics(METRIC_ROWS, () => report),
    report: () => report,
    signal: stop.signal,
    serverNames: { host: '127.0.0.1' },
    groups,
  });
  const get = (path: string) => app.request(`http://127.0.0.1${path}`, { headers: { host: '127.0.0.1' } });
  const postText = (body: string, headers: Record<string, string> = {}) =>
    app.request('http://127.0.0.1/jobs', {
      method: 'POST',
      headers: { host: '127.0.0.1', 'content-type': 'application/json', ...headers },
      body,
    });
  const post = (body: unknown, type = 'application/json') => postText(JSON.stringify(body), { 'content-type': type });
  return { get, post, postText, plans, state, stop };
}

describe('a job', () => {
  test('is planned as requested, with all optional fields', async () => {
    const { post, plans } = start();
    const answer = await post(
      { movies: 50, movies_per_message: 2, seed: 9, nonce: 'n' },
      'Application/JSON; charset=utf-8',
    );
    expect(answer.status).toBe(202);
    expect(plans).toMatchObject([{ movies: 50, movies_per_message: 2, seed: 9, nonce: 'n' }]);
    const answered = (await answer.json()) as SendingJob & { note: string };
    expect(planFromToken(answered.plan)).toEqual(plans[0]);
    expect(answer.headers.get('location')).toBe(`/jobs/${answered.job_id}`);
    expect(answered.note).toMatch(
      /^Accepted, not stored: .* Keep `plan`: `movie-load resume --plan <plan>` sends the missing messages\.$/,
    );
  });

  test('without a nonce is another job each time; the setting determines the number of its groups', async () => {
    const { post, plans } = start({ groups: 4 });
    await post({ movies: 100 });
    await post({ movies: 100 });
    expect(new Set(plans.map(({ nonce }) => nonce)).size).toBe(2);
    expect(plans.map(({ group_size }) => group_size)).toEqual([25, 25]);
  });

  test.each([
    [{ movies: 1_000_000 }, 202],
    [{ movies: 1_000_001 }, 400],
    [{ movies: 1_000_001, yes: false }, 400],
    [{ movies: 1_000_001, yes: true }, 202],
  ])('%j is answered %i', async (body, status) => {
    const { post, plans } = start();
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(plans).toHaveLength(status === 202 ? 1 : 0);
    if (status === 400) {
      expect(await answer.json()).toMatchObject({
        detail: 'One thing is wrong with this job.',
        errors: [{ pointer: '#/yes', detail: expect.stringContaining('1,000,000') }],
      });
    }
  });

  test('with two problems gets both in the answer, also when one is its size', async () => {
    const answer = await start().post({ movies: 0, seed: -1 });
    expect(await answer.json()).toMatchObject({
      detail: '2 things are wrong with this job.',
      errors: [{ pointer: '#/movies' }, { pointer: '#/seed' }],
    });
    const large = await start().post({ movies: 1_000_001, seed: -1 });
    expect(await large.json()).toMatchObject({ errors: [{ pointer: '#/seed' }, { pointer: '#/yes' }] });
  });

  test.each([null, false, 0, '', 'x', [], 5])('is refused if it is %j, which is JSON but not a job', async (body) => {
    const answer = await start().post(body);
    const { detail, errors } = (await answer.json()) as { detail: string; errors: { pointer: string }[] };
    expect([answer.status, detail]).toEqual([400, 'One thing is wrong with this job.']);
    expect(errors).toMatchObject([{ pointer: '#' }]);
  });

  test('is refused with an example if it is not JSON', async () => {
    const { postText } = start();
    for (const text of ['', '{', 'movies=5']) {
      const answer = await postText(text);
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { detail: 'The body is not JSON. Send e.g. {"movies": 1000}.', errors: [{ pointer: '#' }] },
      ]);
    }
  });

  test('may have 4096 bytes, and no more', async () => {
    const { postText } = start();
    const status = async (bytes: number) =>
      (await postText('{"movies":5}'.padEnd(bytes), { 'content-length': String(bytes) })).status;
    expect([await status(4096), await status(4097)]).toEqual([202, 413]);
  });

  test.each(['text/plain', 'application/json-patch', 'text/plain; application/json', ''])(
    'with the content type %j is refused: only application/json is accepted, for which browsers first ask the server',
    async (type) => {
      const { post, plans } = start();
      const answer = await post({ movies: 5 }, type);
      expect(answer.status).toBe(415);
      expect(await answer.json()).toMatchObject({
        title: 'Unsupported media type',
        detail: 'Send the job as JSON, with Content-Type: application/json.',
      });
      expect(plans).toEqual([]);
    },
  );

  test.each([
    [3, false, 202],
    [4, false, 429],
    [4, true, 202],
  ])('next to %i others (it is one of them: %j) is answered with %i', async (sending, same, status) => {
    const { post, state } = start();
    Object.assign(state, { sending, same });
    const answer = await post({ movies: 5 });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '10' : null);
    if (status === 429)
      expect(await answer.json()).toMatchObject({
        title: 'Too many jobs',
        detail: '4 jobs are being sent. Try again when one of them is done.',
      });
  });

  test('is refused by a producer that shuts down', async () => {
    const { post, plans, stop } = start();
    stop.abort();
    const answer = await post({ movies: 5 });
    expect([answer.status, plans]).toEqual([503, []]);
    expect(await answer.json()).toMatchObject({
      title: 'Shutting down',
      detail: 'This producer accepts no more jobs.',
    });
  });

  test('is returned as the registry has it, and an unknown job is 404', async () => {
    const { get, post, plans } = start();
    await post({ movies: 5 });
    const [plan] = plans;
    if (plan === undefined) throw new Error('no job was started');
    const answer = await get(`/jobs/${jobIdOf(plan)}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual(jobOf(plan));
    const none = await get('/jobs/ffffffff');
    expect([none.status, await none.json()]).toMatchObject([
      404,
      {
        title: 'No such job',
        detail: expect.stringMatching(/^This producer has sent no such job .*`movie-load jobs`/),
      },
    ]);
  });
});

describe('a producer reports its state:', () => {
  test('it is alive while AWS does not answer, and says how many jobs it sends', async () => {
    const { get, state, stop } = start();
    state.queue = { last_call: 'failed', error: 'away' };
    state.sending = 2;
    const answer = await get('/livez');
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true, sending: 2 }]);
    // Also while it shuts down, because jobs may still be in progress.
    stop.abort();
    expect((await get('/livez')).status).toBe(200);
  });

  test.each<[QueueState, boolean, number]>([
    [{ last_call: 'ok', error: undefined }, false, 200],
    [{ last_call: undefined, error: undefined }, false, 503],
    [{ last_call: 'failed', error: 'away' }, false, 503],
    [{ last_call: 'ok', error: undefined }, true, 503],
  ])('it is ready by its last call, unless it shuts down: %j, %j', async (queue, isEnding, status) => {
    const { get, state, stop } = start();
    state.queue = queue;
    if (isEnding) stop.abort();
    const answer = await get('/readyz');
    expect(answer.status).toBe(status);
    const { last_call, error } = queue;
    expect(await answer.json()).toEqual(
      JSON.parse(JSON.stringify({ ok: status === 200, last_call, error, shutting_down: isEnding })),
    );
  });

  test('its metrics are those of its report, which it returns, too', async () => {
    const { get } = start();
    const text = await (await get('/metrics')).text();
    expect(text).toContain('movie_load_messages_sent_total 3\n');
    expect(text).toContain('movie_load_movies_sent_total 30\n');
    expect(text).toContain('movie_load_aws_requests_total{operation="sqs:SendMessageBatch"} 2\n');
    expect(await (await get('/report')).json()).toEqual(report);
  });
});
