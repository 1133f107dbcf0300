// Fault rules as the lab returns them, and their descriptions for people.
import { z } from 'zod';

/** docs/local-aws.md describes the members; the lab validates them. */
export const faultRuleSchema = z.object({
  operation: z.string(),
  delay_ms: z.number().optional(),
  fault: z.enum(['error', 'throttle', 'reset', 'unprocessed', 'refuse_entries']).optional(),
  when: z.enum(['before', 'after']).optional(),
  status: z.number().optional(),
  code: z.string().optional(),
  entries: z.number().optional(),
  times: z.number().optional(),
  probability: z.number().optional(),
});
type FaultRule = z.infer<typeof faultRuleSchema>;

const activeRuleSchema = z.object({
  id: z.number(),
  rule: faultRuleSchema,
  /** The number of calls that the rule has struck. */
  struck: z.number(),
});
export type ActiveRule = z.infer<typeof activeRuleSchema>;

export const rulesSchema = z.object({ rules: z.array(activeRuleSchema) });

const presetSchema = z.object({ name: z.string(), about: z.string(), rules: z.array(faultRuleSchema) });

export const faultsSchema = rulesSchema.extend({ presets: z.array(presetSchema) });

/** @example faultText({ operation: 's3:*', delay_ms: 400 }) // '400 ms late' */
export function faultText({ delay_ms, fault, when, status, code, entries = 1 }: FaultRule): string {
  if (delay_ms !== undefined) return `${delay_ms} ms late`;
  if (fault === 'unprocessed') return `the last ${entries} of a batch unprocessed`;
  if (fault === 'refuse_entries') return `the last ${entries} of a batch refused`;
  if (fault === 'throttle') return 'throttled';
  const errorText =
    fault === 'reset' ? 'connection reset' : `error${status ? ` ${status}` : ''}${code ? ` ${code}` : ''}`;
  return when === 'after' ? `done, but the answer is lost (${errorText})` : errorText;
}

/** @example frequencyText({ operation: '*', fault: 'error', times: 2 }) // '2 times' */
export function frequencyText({ times, probability }: FaultRule): string {
  const probabilityText =
    probability === undefined ? '' : `${Number((probability * 100).toPrecision(3))} % of the calls`;
  if (times === undefined) return probabilityText || 'each call';
  return `${probabilityText ? `${probabilityText}, ` : ''}${times === 1 ? 'once' : `${times} times`}`;
}
