// Fault rules as the lab answers them and as people read them.
import type { FaultRule } from '@movie-load/local-aws';
import { z } from 'zod';
import { tableOf } from '../../output.ts';

const ruleSchema = z.object({
  operation: z.string(),
  delay_ms: z.number().optional(),
  fault: z.enum(['error', 'throttle', 'reset', 'unprocessed', 'refuse_entries']).optional(),
  when: z.enum(['before', 'after']).optional(),
  status: z.number().optional(),
  code: z.string().optional(),
  entries: z.number().optional(),
  times: z.number().optional(),
  probability: z.number().optional(),
}) satisfies z.ZodType<FaultRule>;

const activeRuleSchema = z.object({ id: z.number(), rule: ruleSchema, struck: z.number() });
type ActiveRule = z.infer<typeof activeRuleSchema>;

export const rulesSchema = z.object({ rules: z.array(activeRuleSchema) });

export const faultsSchema = rulesSchema.extend({
  presets: z.array(z.object({ name: z.string(), about: z.string(), rules: z.array(ruleSchema) })),
});

export const rulesTable = (rules: readonly ActiveRule[]): string =>
  tableOf(rules, [
    { title: 'ID', right: true, cell: ({ id }) => String(id) },
    { title: 'OPERATION', cell: ({ rule }) => rule.operation },
    { title: 'WHAT HAPPENS', cell: ({ rule }) => whatHappens(rule) },
    { title: 'HOW OFTEN', cell: ({ rule }) => howOften(rule) },
    { title: 'STRUCK', right: true, cell: ({ struck }) => String(struck) },
  ]);

function whatHappens({ delay_ms, fault, when, status, code, entries = 1 }: FaultRule): string {
  if (delay_ms !== undefined) return `${delay_ms} ms late`;
  if (fault === 'unprocessed') return `the last ${entries} of a batch unprocessed`;
  if (fault === 'refuse_entries') return `the last ${entries} of a batch refused`;
  if (fault === 'throttle') return 'throttled';
  const how = fault === 'reset' ? 'connection reset' : `error${status ? ` ${status}` : ''}${code ? ` ${code}` : ''}`;
  return when === 'after' ? `done, but the answer is lost (${how})` : how;
}

function howOften({ times, probability }: FaultRule): string {
  const chance = probability === undefined ? '' : `${Math.round(probability * 100)} % of the calls`;
  if (times === undefined) return chance || 'each call';
  return `${chance ? `${chance}, ` : ''}${times} times`;
}
