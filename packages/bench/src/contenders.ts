// The measured programs: the two textbook consumers, ours, and the ceiling, whose rate no consumer can exceed.
import { CEILING_FLAGS, type Contender, startContender } from './contender.ts';
import type { Place } from './measure.ts';

const urlOf = (path: string) => new URL(path, import.meta.url);

export const textbook = ({ env }: Place): Contender =>
  startContender({ program: urlOf('./textbook/handle-message.ts'), env });

export const batchingTextbook = ({ env }: Place): Contender =>
  startContender({ program: urlOf('./textbook/handle-message-batch.ts'), env });

/** This project's consumer service, as the images and `npm start` run it. */
export const ours =
  (settings: Readonly<Record<string, string>> = {}) =>
  ({ env }: Place): Contender =>
    startContender({ program: urlOf('../../../services/consumer/src/main.ts'), env: { ...env, ...settings } });

/** The calls of a consumer without its logic: through the unmodified SDK, our trimmed clients, or a bare HTTP client. */
export const ceiling =
  (transport: 'sdk' | 'ours' | 'http', processes: number) =>
  ({ env, plan }: Place, index: number): Contender =>
    startContender({
      program: urlOf('./ceiling/main.ts'),
      args: [transport, JSON.stringify(plan), String(index), String(processes)],
      env,
      // Only the young generation of its heap is limited: all its inputs are in memory before the measurement starts.
      flags: CEILING_FLAGS,
    });
