import { expect, test } from '@jest/globals';
import { NO_COUNTS, type ServiceReport, serviceReportSchema } from '@movie-load/schema';
import { Hono } from 'hono';
import { AWS_ROWS, createMetrics, serveReport } from '../src/metrics.ts';

const report: ServiceReport = {
  ...NO_COUNTS,
  kind: 'report',
  service: 'consumer',
  instance: 'one',
  at: 1,
  peak_rss_bytes: 1,
  cpu_seconds: 0.5,
  final: false,
};

test('/metrics and /report read the counts once at each request', async () => {
  // Each read finds one more movie stored and one message less in flight.
  let reads = 0;
  const current = () => ({ ...report, stored_movies: ++reads, calls: { 's3:PutObject': 2 }, in_flight: 5 - reads });
  const metrics = createMetrics(
    [
      { name: 'movies_stored', help: 'Movies.', read: (counts) => counts.stored_movies },
      { name: 'messages_lost', help: 'None so far.', read: () => 0 },
      { name: 'aws_requests', help: 'Requests.', label: 'operation', read: (counts) => counts.calls },
      { name: 'messages_in_flight', help: 'Messages.', kind: 'gauge', read: (counts) => counts.in_flight },
    ],
    current,
  );
  const app = new Hono();
  serveReport(app, metrics, async () => current());
  const text = async () => (await app.request('/metrics')).text();
  expect(await text()).toContain('# TYPE movie_load_movies_stored_total counter\nmovie_load_movies_stored_total 1\n');
  expect(await text()).toContain('movie_load_movies_stored_total 2\n');
  const third = (await text()).split('\n');
  expect(third).toContain('movie_load_movies_stored_total 3');
  expect(third).toContain('movie_load_aws_requests_total{operation="s3:PutObject"} 2');
  expect(third).toContain('# TYPE movie_load_messages_in_flight gauge');
  expect(third).toContain('movie_load_messages_in_flight 2');
  expect(third).toContain('movie_load_messages_lost_total 0');
  const answer = await app.request('/report');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(serviceReportSchema.parse(await answer.json())).toMatchObject({ instance: 'one', stored_movies: 4 });
});

test('metrics count all AWS requests, failed ones and throttled ones', async () => {
  const counted = {
    ...report,
    calls: { 's3:PutObject': 5 },
    failed_calls: { 's3:PutObject': 2 },
    throttled_calls: { 's3:PutObject': 1 },
  };
  const text = await createMetrics(AWS_ROWS, () => counted).text();
  for (const [name, count] of [
    ['aws_requests', 5],
    ['aws_requests_failed', 2],
    ['aws_requests_throttled', 1],
  ] as const)
    expect(text).toContain(`movie_load_${name}_total{operation="s3:PutObject"} ${count}\n`);
});
