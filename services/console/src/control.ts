// What `movie-load up` offers the console, and nothing else does: killing, pausing, resuming and adding consumers.
//
//   GET  {CONTROL_URL}/consumers         → { "consumers": [{ name, instance, state, url }] }
//   POST {CONTROL_URL}/consumers         { "action": "add" }
//   POST {CONTROL_URL}/consumers/<name>  { "action": "kill" | "pause" | "resume" }
//
// Each with `Authorization: Bearer {CONTROL_TOKEN}`. An answer that is not 2xx carries `{ "error": "…" }`.
import { directFetch } from '@movie-load/aws';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import type { ControlAction } from './api.ts';

const consumersSchema = z.object({
  consumers: z.array(
    z.object({
      /** What people call it, e.g. `consumer 2`. */
      name: z.string().max(256),
      /** As ledgers and traces name it; null before its first report. */
      instance: z.string().max(256).nullable(),
      state: z.enum(['starting', 'working', 'paused', 'gone']),
      /** Where its HTTP server is; null before its first report. */
      url: z.url().nullable(),
    }),
  ),
});
export type ControlledConsumer = z.infer<typeof consumersSchema>['consumers'][number];

export interface Control {
  list(): Promise<readonly ControlledConsumer[]>;
  /** Without a name: `add`. */
  act(action: ControlAction, name?: string): Promise<void>;
}

const LIMIT_MS = 5000;
const refusalSchema = z.object({ error: z.string() });

export function createControl(url: string, token: string | undefined): Control {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const response = await directFetch(`${url.replace(/\/$/, '')}${path}`, {
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    throw new MovieLoadError('control_refused', reasonOf(text) ?? `movie-load up answered ${response.status}.`);
  };
  return {
    list: async () => consumersSchema.parse(await call('/consumers')).consumers,
    act: async (action, name) => {
      await call(name === undefined ? '/consumers' : `/consumers/${encodeURIComponent(name)}`, { action });
    },
  };
}

function reasonOf(text: string): string | undefined {
  try {
    return refusalSchema.parse(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
}
