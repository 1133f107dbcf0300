// Kills, pauses, resumes and adds consumers through `movie-load up`, the only program that offers this.
import { type ControlledConsumer, controlledConsumersSchema } from '@movie-load/operations/control';
import { z } from 'zod';
import type { ControlAction } from './api.ts';
import { callUp } from './call-up.ts';

export interface Control {
  list(): Promise<readonly ControlledConsumer[]>;
  /** `name` is the consumer; every action except `add` requires it. */
  act(action: ControlAction, name?: string): Promise<void>;
}

const TIMEOUT_MS = 5000;

export function createControl(url: string, token: string | undefined): Control {
  const consumers = `${url.replace(/\/$/, '')}/consumers`;
  return {
    list: async () =>
      (await callUp({ url: consumers, token }, controlledConsumersSchema, undefined, TIMEOUT_MS)).consumers,
    act: async (action, name) => {
      const target = name === undefined ? consumers : `${consumers}/${encodeURIComponent(name)}`;
      await callUp({ url: target, token }, z.unknown(), { method: 'POST', body: { action } }, TIMEOUT_MS);
    },
  };
}
