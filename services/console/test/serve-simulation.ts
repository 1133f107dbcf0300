// The routes of the simulation, with its own worker or another one.
import { Hono } from 'hono';
import { errorResponse } from '../src/http-body.ts';
import { type SimulationRoutesOptions, simulationRoutes } from '../src/routes/simulation.ts';
import type { SimulationOffer } from '../src/simulation-api.ts';
import { silent } from './silent-log.ts';

export function serve(options: Partial<SimulationRoutesOptions> = {}) {
  const { signal } = new AbortController();
  const app = new Hono().route('/api', simulationRoutes({ log: silent, signal, ...options }));
  app.onError((error, c) => errorResponse(c, error) ?? c.text(String(error), 500));
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

export const SEED = { seed: 1, sabotage: null, movies: null, faults: 'all', placed: [] };
