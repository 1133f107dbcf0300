// Kills, pauses, resumes and adds consumers through `movie-load up`, the only program that offers this.
import { type ControlledConsumer, controlledConsumersSchema } from '@movie-load/operations/control';
import { z } from 'zod';
import type { ControlAction } from './api.ts';
import { ask } from './ask-up.ts';

export interface Control {
  list(): Promise<readonly ControlledConsumer[]>;
  /** Only `add` needs no consumer. */
  act(action: ControlAction, name?: string): Promise<void>;
}

const LIMIT_MS = 5000;

export function createControl(url: string, token: string | undefined): Control {
  const consumers = `${url.replace(/\/$/, '')}/consumers`;
  return {
    list: async () => (await ask({ url: consumers, token }, controlledConsumersSchema, undefined, LIMIT_MS)).consumers,
    act: async (action, name) => {
      const at = name === undefined ? consumers : `${consumers}/${encodeURIComponent(name)}`;
      await ask({ url: at, token }, z.unknown(), { method: 'POST', body: { action } }, LIMIT_MS);
    },
  };
}
