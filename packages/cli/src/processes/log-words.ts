// A line of a service's log as a person reads it.
import { z } from 'zod';
import { shown } from '../output.ts';

const logLineSchema = z.looseObject({
  msg: z.string(),
  err: z.looseObject({ message: z.string() }).optional(),
});

/** What says more than the message itself; ids and numbers are in the log that LOG_LEVEL shows. */
const TOLD = ['reason', 'detail', 'why', 'error'] as const;
const FACT_CHARACTERS = 200;

/**
 * A line that is no log stays as it is.
 *
 * @example inWords('{"msg":"dead-lettered","reason":"not_json"}') // 'dead-lettered (not_json)'
 */
export function inWords(line: string): string {
  const { data } = logLineSchema.safeParse(parseJson(line));
  if (data === undefined) return shown(line, Number.POSITIVE_INFINITY);
  const facts = [...TOLD.map((key) => data[key]), data.err?.message].filter((fact) => typeof fact === 'string');
  const more = facts.map((fact) => shown(fact, FACT_CHARACTERS)).join(': ');
  return `${shown(data.msg, FACT_CHARACTERS)}${more === '' ? '' : ` (${more})`}`;
}

/** Undefined for what is no JSON. */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
