// The measured programs: the two textbook consumers, ours, and the ceiling, which only makes our consumer's calls.
import { CEILING_FLAGS, type Contender, startContender } from './contender.ts';
import type { ContenderContext } from './measure.ts';

const fileUrl = (path: string) => new URL(path, import.meta.url);

export const textbook = ({ env }: ContenderContext): Contender =>
  startContender({ program: fileUrl('./textbook/handle-message.ts'), env });

export const textbookBatching = ({ env }: ContenderContext): Contender =>
  startContender({ program: fileUrl('./textbook/handle-message-batch.ts'), env });

/** This project's consumer service, as the images and `npm start` run it. */
export const ours =
  (settings: Readonly<Record<string, string>> = {}) =>
  ({ env }: ContenderContext): Contender =>
    startContender({ program: fileUrl('../../../services/consumer/src/main.ts'), env: { ...env, ...settings } });

/** A consumer's calls without its logic: through the unmodified SDK, through our clients, or by a bare HTTP client. */
export const ceiling =
  (transport: 'sdk' | 'ours' | 'http', processes: number) =>
  ({ env, plan }: ContenderContext, index: number): Contender =>
    startContender({
      program: fileUrl('./ceiling/main.ts'),
      args: [transport, JSON.stringify(plan), String(index), String(processes)],
      env,
      flags: CEILING_FLAGS,
    });
