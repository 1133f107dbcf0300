// Who is measured: the two textbooks, ours, and the ceiling, which none can exceed.
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

/** The same calls without logic, through the SDK as it comes, through our trimmed clients, or by a bare HTTP client. */
export const ceiling =
  (transport: 'sdk' | 'ours' | 'http', processes: number) =>
  ({ env, plan }: Place, index: number): Contender =>
    startContender({
      program: here('./ceiling/main.ts'),
      args: [transport, JSON.stringify(plan), String(index), String(processes)],
      env,
      // All its inputs are in memory before the clock starts: no limit but the young generation's.
      flags: CEILING_FLAGS,
    });
