// The simulation for the page: what can be run, a run, and the shortest schedule of faults that still breaks a promise.
// A run ends when its request is closed.
import type { Logger } from '@movie-load/service';
import { type Context, Hono } from 'hono';
import { HttpError, parseBody } from '../http-body.ts';
import { createSimulation, type SimulationOptions } from '../simulation.ts';
import { MAX_PLAYED_MOVIES, playSchema, type SimulationOffer } from '../simulation-api.ts';

export interface SimulationRoutesOptions extends Pick<SimulationOptions, 'worker' | 'limitMs' | 'maxWaitMs'> {
  readonly log: Logger;
  /** Aborted at the end of the server; ends running work. */
  readonly signal: AbortSignal;
}

export function simulationRoutes({ log, signal, ...options }: SimulationRoutesOptions) {
  const onWorkerError = (err: unknown) => log.warn({ err }, 'a run of the simulation ended early');
  const simulation = createSimulation({ ...options, onWorkerError });
  const routes = new Hono();
  const sabotages = async (): Promise<SimulationOffer['sabotages']> =>
    simulation.isInstalled ? JSON.parse(await simulation.sabotages(signal)) : null;

  routes.get('/simulation', async (c) => {
    const offer: SimulationOffer = { sabotages: await sabotages(), most_movies: MAX_PLAYED_MOVIES };
    return c.json(offer);
  });
  for (const kind of ['play', 'shortest'] as const) {
    routes.post(`/simulation/${kind}`, async (c: Context) => {
      const request = await parseBody(c, playSchema);
      const available = await sabotages();
      if (request.sabotage !== null && available !== null && !available.some(({ name }) => name === request.sabotage)) {
        throw new HttpError(
          400,
          'No such sabotage',
          `There is no sabotage "${request.sabotage}". Choose one from the list.`,
        );
      }
      const json = await simulation.run({ kind, request }, AbortSignal.any([c.req.raw.signal, signal]));
      return c.body(json, 200, { 'Content-Type': 'application/json' });
    });
  }
  return routes;
}
