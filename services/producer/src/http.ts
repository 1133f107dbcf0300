// The producer's HTTP interface: accepts jobs, and reports what it has sent and whether it is healthy.
import type { Random } from '@movie-load/aws';
import { jobRequestSchema, needsYes, planOf } from '@movie-load/queue/request';
import { parseJson, type ServiceReport } from '@movie-load/schema';
import {
  createApp,
  health,
  type Logger,
  problem,
  problemErrors,
  programsOnly,
  type ServerNames,
} from '@movie-load/service';
import { type Metrics, serveReport } from '@movie-load/service/metrics';
import type { JobRegistry } from './job-registry.ts';
import type { QueueWatch } from './watched-queue.ts';

export interface ProducerHttp {
  readonly registry: JobRegistry;
  readonly watch: QueueWatch;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The report of the process so far. */
  readonly report: () => ServiceReport;
  readonly signal: AbortSignal;
  /** The host names for which it answers requests. */
  readonly serverNames: ServerNames;
  /** The approximate number of message groups of a job. Default: the plan's choice. */
  readonly groups?: number | undefined;
}

/** Jobs that may be sent at the same time. */
const MAX_JOBS = 4;
const BODY_BYTES = 4096;
const RETRY_SECONDS = '10';

const ACCEPTED_NOTE =
  'Accepted, not stored: if this producer ends before it has sent every message, the rest is lost. Keep `plan`: ' +
  '`movie-load resume --plan <plan>` sends the missing messages.';

export function createProducerApp({
  registry,
  watch,
  random,
  log,
  metrics,
  report,
  signal,
  serverNames,
  groups,
}: ProducerHttp) {
  const app = createApp({ log, bodyLimitBytes: BODY_BYTES, guard: programsOnly(serverNames) });

  app.get('/livez', (c) => health(c, { ok: true, sending: registry.sending() }));
  app.get('/readyz', (c) => {
    const state = watch.state();
    return health(c, { ok: state.last_call === 'ok' && !signal.aborted, ...state, shutting_down: signal.aborted });
  });

  serveReport(app, metrics, report);

  app.post('/jobs', async (c) => {
    // Browsers do not let a page send this content type to another origin without a preflight request.
    if (c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
      const detail = 'Send the job as JSON, with Content-Type: application/json.';
      return problem(c, { status: 415, title: 'Unsupported media type', detail });
    }
    const body = parseJson(await c.req.text());
    if (body === undefined) {
      const detail = 'The body is not JSON. Send e.g. {"movies": 1000}.';
      return problem(c, {
        status: 400,
        title: 'Wrong input',
        detail,
        errors: [{ detail: 'is not JSON', pointer: '#' }],
      });
    }
    const parsed = jobRequestSchema.safeParse(body);
    const missingYes = needsYes(body)
      ? [
          {
            pointer: '#/yes',
            detail: 'must be true for more than 1,000,000 movies: they take a while, and money on AWS',
          },
        ]
      : [];
    if (!parsed.success || missingYes.length > 0) {
      const errors = [...(parsed.success ? [] : problemErrors(parsed.error)), ...missingYes];
      const detail = `${errors.length === 1 ? 'One thing is' : `${errors.length} things are`} wrong with this job.`;
      return problem(c, { status: 400, title: 'Wrong input', detail, errors });
    }
    const { movies, movies_per_message, seed, nonce = random.uuid() } = parsed.data;
    const plan = planOf({ movies, movies_per_message, seed, nonce, groups });
    if (signal.aborted) {
      return problem(c, { status: 503, title: 'Shutting down', detail: 'This producer accepts no more jobs.' });
    }
    if (registry.sending() >= MAX_JOBS && !registry.isSending(plan)) {
      c.header('Retry-After', RETRY_SECONDS);
      const detail = `${MAX_JOBS} jobs are being sent. Try again when one of them is done.`;
      return problem(c, { status: 429, title: 'Too many jobs', detail });
    }
    const { job } = registry.start(plan);
    c.header('Location', `/jobs/${job.job_id}`);
    return c.json({ ...job, note: ACCEPTED_NOTE }, 202);
  });

  app.get('/jobs/:id', (c) => {
    c.header('Cache-Control', 'no-store');
    const job = registry.find(c.req.param('id'));
    if (job !== undefined) return c.json(job);
    const detail = 'This producer has sent no such job since it started. `movie-load jobs` lists what is stored.';
    return problem(c, { status: 404, title: 'No such job', detail });
  });
  return app;
}
