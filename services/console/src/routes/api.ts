// The routes of the console's JSON API: GET reads, POST changes something (`/plan` only calculates a price).
// `../api.ts` has the schemas of requests and the types of responses.
import { UsageError } from '@movie-load/schema';
import type { Logger } from '@movie-load/service';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import {
  controlSchema,
  emptySchema,
  type JobTrace,
  jobsQuerySchema,
  lanesQuerySchema,
  moviesQuerySchema,
  redriveSchema,
  startJobSchema,
} from '../api.ts';
import { HttpError, parseBody, parseQuery } from '../http-body.ts';
import { ACTIONS } from '../job-actions.ts';
import { readLanes } from '../job-lanes.ts';
import { heatOf, type WatchedJob } from '../job-progress.ts';
import { readMessage, readMovies } from '../job-reading.ts';
import type { Parts } from '../parts.ts';
import { listPrices, priceOfPlan } from '../prices.ts';
import { previewPlan, startJob } from '../producer.ts';
import { sharedReads } from '../shared-reads.ts';
import { download } from './download.ts';
import { addLab, readHistory } from './lab.ts';
import { addLessons } from './learn.ts';

const numberSchema = z.coerce.number().int().min(0);

export function apiRoutes(parts: Parts, log: Logger) {
  const routes = new Hono();
  routes.use('*', sharedReads());
  routes.get('/prices', (c) => c.json(listPrices()));
  routes.post('/plan', async (c) => c.json(priceOfPlan(previewPlan(await parseBody(c, startJobSchema)))));
  addJobs(routes, parts, log);
  addDeadLetters(routes, parts);
  addConsumers(routes, parts);
  // `up` is the client of the `movie-load up` that started this console: it runs lessons and has the lab.
  addLessons(routes, parts.up);
  addLab(routes, parts.up);
  // Not `notFound`: hono uses only that of the whole app, which serves the page.
  routes.all('*', () => {
    throw new HttpError(404, 'Not found', 'There is nothing at this path.');
  });
  return routes;
}

function addJobs(routes: Hono, { store, jobs, progress, act, producerUrl, traces, up }: Parts, log: Logger): void {
  const jobIdOf = async (c: Context): Promise<string> => {
    try {
      return await store.resolveJobId(c.req.param('id') ?? '');
    } catch (error) {
      if (error instanceof UsageError) throw new HttpError(404, 'No such job', error.message);
      throw error;
    }
  };
  /** The job that a path names by its id or its first characters. */
  const jobOf = async (c: Context): Promise<WatchedJob> => {
    const watched = await progress.read(await jobIdOf(c));
    if (watched) return watched;
    const detail = 'The job is not in the table (yet): it appears with its first stored movie.';
    throw new HttpError(404, 'No such job', detail);
  };

  routes.get('/jobs', async (c) => c.json(await jobs.page(parseQuery(c, jobsQuerySchema))));
  routes.post('/jobs', async (c) => c.json(await startJob(producerUrl, await parseBody(c, startJobSchema)), 202));
  routes.get('/jobs/:id', async (c) => c.json((await jobOf(c)).progress));
  routes.get('/jobs/:id/heat', async (c) => c.json(heatOf(await jobOf(c))));
  routes.get('/jobs/:id/lanes', async (c) =>
    c.json(await readLanes(store, await jobOf(c), parseQuery(c, lanesQuerySchema))),
  );
  const messageNumberOf = (c: Context): number => {
    const number = numberSchema.safeParse(c.req.param('number')).data;
    if (number === undefined) throw new HttpError(404, 'No such message', 'Messages are numbered from 0.');
    return number;
  };
  routes.get('/jobs/:id/messages/:number', async (c) =>
    c.json(await readMessage(store, await jobOf(c), messageNumberOf(c))),
  );
  routes.get('/jobs/:id/messages/:number/history', async (c) =>
    c.json(await readHistory(up, await jobIdOf(c), messageNumberOf(c))),
  );
  routes.get('/jobs/:id/trace', async (c) => {
    const id = await jobIdOf(c);
    const trace = traces?.traceOfJob(id) ?? { spans: [], left_out: 0 };
    return c.json({ receiving: traces !== undefined, ...trace } satisfies JobTrace);
  });
  routes.get('/jobs/:id/movies', async (c) => {
    const query = parseQuery(c, moviesQuerySchema);
    return c.json(await readMovies(store, (await jobOf(c)).job, query));
  });
  routes.get('/jobs/:id/object', async (c) => download(c, await jobIdOf(c), { store, log }));
  for (const action of ACTIONS) {
    routes.post(`/jobs/:id/${action}`, async (c) => {
      await parseBody(c, emptySchema);
      return c.json(await act(action, (await jobOf(c)).job));
    });
  }
}

function addDeadLetters(routes: Hono, { deadLetters }: Parts): void {
  routes.get('/dead-letters', async (c) => c.json(await deadLetters.list()));
  routes.get('/dead-letters/:id/body', async (c) => c.json(await deadLetters.body(c.req.param('id'))));
  routes.post('/dead-letters/redrive', async (c) =>
    c.json(await deadLetters.redrive(await parseBody(c, redriveSchema))),
  );
}

function addConsumers(routes: Hono, { control }: Parts): void {
  const controlConsumer = async (c: Context, name?: string) => {
    const { action } = await parseBody(c, controlSchema);
    if (!control) throw new HttpError(404, 'No control', 'Only movie-load up lets the console kill and add consumers.');
    if ((action === 'add') !== (name === undefined))
      throw new HttpError(400, 'Wrong request', 'Name a consumer for every action except add.');
    await control.act(action, name);
    return c.json({ ok: true });
  };
  routes.post('/consumers', (c) => controlConsumer(c));
  routes.post('/consumers/:name', (c) => controlConsumer(c, c.req.param('name')));
}
