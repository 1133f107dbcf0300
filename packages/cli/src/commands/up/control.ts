// The control server of `up`: the console kills, pauses, resumes and adds consumers through it.
//
//   GET  /lab → { "lab": { "url", "token" } }, or null where `up` runs without --lab
//   /lessons → lessons.ts
//   /lab-queue → lab-queue.ts
//   /consumers → packages/operations/src/control.ts
//
// It listens on 127.0.0.1 and requires a random token (Authorization: Bearer …) that only the console has, so that no web
// page can use it, whatever its origin.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { serve } from '@hono/node-server';
import { type ControlledConsumers, controlActionSchema } from '@movie-load/operations/control';
import { MovieLoadError } from '@movie-load/schema';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import type { LabQueueOptions } from '../../lab-queue.ts';
import type { ConsumerPool } from './consumer-pool.ts';
import { createLabQueueRoutes } from './lab-queue.ts';
import { createLessonRoutes } from './lessons.ts';

const BODY_LIMIT_BYTES = 1024;
/** The largest request body for /lab-queue, which may contain a message that a person sends. */
const LAB_BODY_LIMIT_BYTES = 16 * 1024;
const TOKEN_BYTES = 24;

const addSchema = z.strictObject({ action: controlActionSchema.extract(['add']) });
const actSchema = z.strictObject({ action: controlActionSchema.exclude(['add']) });

export interface Control extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
}

/** The address of the embedded AWS's lab, for the console. */
export interface LabAccess {
  /** Ends in a slash, to which `faults`, `clock` and `history` are appended. */
  readonly url: string;
  readonly token: string;
}

export interface ControlOptions {
  readonly pool: ConsumerPool;
  /** Undefined where `up` runs without --lab. */
  readonly lab?: LabAccess | undefined;
  readonly queue: LabQueueOptions;
}

/** Listens on any free port. */
export async function startControl(options: ControlOptions): Promise<Control> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const app = createControlApp(token, options);
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port));
  server.once('error', reject);
  return {
    url: `http://127.0.0.1:${await promise}`,
    token,
    async [Symbol.asyncDispose]() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

export function createControlApp(token: string, { pool, lab, queue }: ControlOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (!equalInConstantTime(c.req.header('authorization') ?? '', `Bearer ${token}`))
      return c.json({ error: 'no token' }, 401);
    return next();
  });
  const defaultBodyLimit = bodyLimit({ maxSize: BODY_LIMIT_BYTES });
  app.use((c, next) => (c.req.path === '/lab-queue' ? next() : defaultBodyLimit(c, next)));
  app.use('/lab-queue', bodyLimit({ maxSize: LAB_BODY_LIMIT_BYTES }));
  app.onError((error, c) => {
    if (error instanceof MovieLoadError) return c.json({ error: error.message }, 404);
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      return c.json({ error: 'The request is not valid.' }, 400);
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });
  app.get('/lab', (c) => c.json({ lab: lab ?? null }));
  app.route('/lessons', createLessonRoutes());
  app.route('/lab-queue', createLabQueueRoutes(queue));
  app.get('/consumers', (c) => c.json({ consumers: pool.list() } satisfies ControlledConsumers));
  app.post('/consumers', async (c) => {
    addSchema.parse(await c.req.json());
    return c.json(pool.add(), 201);
  });
  app.post('/consumers/:instance', async (c) => {
    const { action } = actSchema.parse(await c.req.json());
    return c.json(pool.act(c.req.param('instance'), action));
  });
  return app;
}

function equalInConstantTime(received: string, expected: string): boolean {
  const [a, b] = [Buffer.from(received), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
