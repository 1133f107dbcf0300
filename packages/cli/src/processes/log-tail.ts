// The last lines of a service's log, for the moment when it fails.
import { z } from 'zod';
import { parseJson } from './log-words.ts';

const KEPT_LINES = 50;
const ERROR_LEVELS = new Set(['error', 'fatal']);

const logLineSchema = z.object({ level: z.string(), msg: z.string() });

export function createLogTail() {
  const lines: string[] = [];
  return {
    add(line: string): void {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    },
    /** The last error's message; the last line when nothing was logged as an error (a crash of Node itself). */
    complaint(): string | undefined {
      const errors = lines.flatMap((line) => {
        const parsed = logLineSchema.safeParse(parseJson(line));
        return parsed.success && ERROR_LEVELS.has(parsed.data.level) ? [parsed.data.msg] : [];
      });
      const plain = lines.filter((line) => !line.startsWith('{') && line.trim() !== '');
      return errors.at(-1) ?? plain.find((line) => line.startsWith('FATAL ERROR')) ?? plain.at(-1);
    },
  };
}
