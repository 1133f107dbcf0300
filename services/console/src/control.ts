// What `movie-load up` offers the console, and nothing else does: killing, pausing, resuming and adding consumers.
import { directFetch } from '@movie-load/aws';
import { type ControlledConsumer, controlledConsumersSchema } from '@movie-load/operations/control';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import type { ControlAction } from './api.ts';

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
    list: async () => controlledConsumersSchema.parse(await call('/consumers')).consumers,
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
