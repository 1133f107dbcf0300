// Formats a service's log as text for people, and keeps its last lines, from which a failure is explained.
import { parseJson } from '@movie-load/schema';
import { z } from 'zod';
import { printable } from '../format.ts';

const lineSchema = z.looseObject({
  level: z.string().optional().catch(undefined),
  msg: z.string(),
  setting: z.string().optional().catch(undefined),
  err: z.looseObject({ message: z.string() }).optional().catch(undefined),
});

/** Members of a log line that are added to its message. Ids and numbers are only in the log that LOG_LEVEL shows. */
const SHOWN_KEYS = ['reason', 'detail', 'why'] as const;
const FACT_CHARACTERS = 200;

/**
 * Formats a log line for people; a line that is not JSON stays unchanged.
 *
 * @example logLineText('{"msg":"dead-lettered","reason":"not_json"}') // 'dead-lettered (not_json)'
 */
export function logLineText(line: string): string {
  const { data } = lineSchema.safeParse(parseJson(line));
  if (data === undefined) return printable(line, Number.POSITIVE_INFINITY);
  const facts = [...SHOWN_KEYS.map((key) => data[key]), data.err?.message].filter((fact) => typeof fact === 'string');
  const factsText = facts.map((fact) => printable(fact, FACT_CHARACTERS)).join(': ');
  return `${printable(data.msg, FACT_CHARACTERS)}${factsText === '' ? '' : ` (${factsText})`}`;
}

/** The text of a warning about a misspelt setting, which has no effect; undefined for every other line. */
export function settingWarning(line: string): string | undefined {
  const { data } = lineSchema.safeParse(parseJson(line));
  return data?.setting === undefined ? undefined : printable(data.msg, FACT_CHARACTERS);
}

/** Adds the cause: "uncaught exception: this is a bug" alone does not help a person without the log. */
function problemText({ level, msg, err }: z.infer<typeof lineSchema>): string {
  if (level !== 'fatal' || err === undefined || msg.includes(err.message)) return msg;
  return `${msg} (${printable(err.message, FACT_CHARACTERS)})`;
}

const MAX_LINES = 50;
const ERROR_LEVELS = new Set(['error', 'fatal']);

export function createLogTail() {
  const lines: string[] = [];
  return {
    add(line: string): void {
      lines.push(line);
      if (lines.length > MAX_LINES) lines.shift();
    },
    /** The last error's message, with its cause if it ended the service; the last line if Node itself crashed. */
    lastProblem(): string | undefined {
      const errors = lines.flatMap((line) => {
        const { data } = lineSchema.safeParse(parseJson(line));
        return data?.level !== undefined && ERROR_LEVELS.has(data.level) ? [problemText(data)] : [];
      });
      const plainLines = lines.filter((line) => !line.startsWith('{') && line.trim() !== '');
      return errors.at(-1) ?? plainLines.find((line) => line.startsWith('FATAL ERROR')) ?? plainLines.at(-1);
    },
  };
}
