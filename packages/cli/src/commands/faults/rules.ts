// The active rules as a table.
import type { FaultRule } from '@movie-load/local-aws';
import { type ActiveRule, howOften, whatHappens } from '@movie-load/operations/lab';
import { tableOf } from '../../output.ts';

/** Its parameter makes the compiler compare the schema of the lab's responses with the lab's own type. */
const whatOf = (rule: FaultRule): string => whatHappens(rule);

export const rulesTable = (rules: readonly ActiveRule[]): string =>
  tableOf(rules, [
    { title: 'ID', right: true, cell: ({ id }) => String(id) },
    { title: 'OPERATION', cell: ({ rule }) => rule.operation },
    { title: 'WHAT HAPPENS', cell: ({ rule }) => whatOf(rule) },
    { title: 'HOW OFTEN', cell: ({ rule }) => howOften(rule) },
    { title: 'STRUCK', right: true, cell: ({ struck }) => String(struck) },
  ]);
