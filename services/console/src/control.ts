// What `movie-load up` offers the console, and nothing else does: killing, pausing, resuming and adding consumers.
//
//   GET  {CONTROL_URL}/consumers             → { "consumers": [{ "instance", "state": running|paused|gone, "url"? }] }
//   POST {CONTROL_URL}/consumers             { "action": "add" }
//   POST {CONTROL_URL}/consumers/<instance>  { "action": "kill" | "pause" | "resume" }
//
// Each with `Authorization: Bearer {CONTROL_TOKEN}`. An answer that is not 2xx carries a problem document.
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import type { ControlAction } from './api.ts';

const consumersSchema = z.object({
  consumers: z.array(
    z.object({
      instance: z.string().max(256),
      state: z.enum(['running', 'paused', 'gone']),
      /** Where its HTTP server is, e.g. `http://127.0.0.1:40123`; not there before it listens. */
      url: z.url().nullish(),
    }),
  ),
});
export type ControlledConsumer = z.infer<typeof consumersSchema>['consumers'][number];

export interface Control {
  list(): Promise<readonly ControlledConsumer[]>;
  act(action: ControlAction, instance?: string): Promise<void>;
}

const LIMIT_MS = 5000;
const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

export function createControl(url: string, token: string | undefined): Control {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    throw new MovieLoadError('control_refused', describe(text) ?? `movie-load up answered ${response.status}.`);
  };
  return {
    list: async () => consumersSchema.parse(await call('/consumers')).consumers,
    act: async (action, instance) => {
      await call(instance === undefined ? '/consumers' : `/consumers/${encodeURIComponent(instance)}`, { action });
    },
  };
}

function describe(text: string): string | undefined {
  try {
    const { detail, title } = problemSchema.parse(JSON.parse(text));
    return detail ?? title;
  } catch {
    return undefined;
  }
}
