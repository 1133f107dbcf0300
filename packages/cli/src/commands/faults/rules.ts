// The active rules as a table.
import type { FaultRule } from '@movie-load/local-aws';
import { type ActiveRule, faultText, frequencyText } from '@movie-load/operations/lab';
import { tableOf } from '../../output.ts';

/** The type of its parameter makes the compiler check the schema of the lab's responses against the lab's own type. */
const whatOf = (rule: FaultRule): string => faultText(rule);

export const rulesTable = (rules: readonly ActiveRule[]): string =>
  tableOf(rules, [
    { title: 'ID', right: true, cell: ({ id }) => String(id) },
    { title: 'OPERATION', cell: ({ rule }) => rule.operation },
    { title: 'WHAT HAPPENS', cell: ({ rule }) => whatOf(rule) },
    { title: 'HOW OFTEN', cell: ({ rule }) => frequencyText(rule) },
    { title: 'STRUCK', right: true, cell: ({ struck }) => String(struck) },
  ]);
