// The measured programs: the two textbook consumers, ours, and the ceiling, which none can exceed.
import { CEILING_FLAGS, type Contender, startContender } from './contender.ts';
import type { Place } from './measure.ts';

const here = (path: string) => new URL(path, import.meta.url);

export const textbook = ({ env }: Place): Contender =>
  startContender({ program: here('./textbook/handle-message.ts'), env });

export const batchingTextbook = ({ env }: Place): Contender =>
  startContender({ program: here('./textbook/handle-message-batch.ts'), env });

/** The service itself, as the images and `npm start` run it. */
export const ours =
  (settings: Readonly<Record<string, string>> = {}) =>
  ({ env }: Place): Contender =>
    startContender({ program: here('../../../services/consumer/src/main.ts'), env: { ...env, ...settings } });

/** The same calls without logic: through the unmodified SDK, our trimmed clients, or a bare HTTP client. */
export const ceiling =
  (transport: 'sdk' | 'ours' | 'http', processes: number) =>
  ({ env, plan }: Place, index: number): Contender =>
    startContender({
      program: here('./ceiling/main.ts'),
      args: [transport, JSON.stringify(plan), String(index), String(processes)],
      env,
      // All its inputs are in memory before the clock starts, so that only the young generation is limited.
      flags: CEILING_FLAGS,
    });
