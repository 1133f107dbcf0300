// The message groups of a job for people: a bar for each group, or only for incomplete groups when there are many.
import { grouped } from '../../format.ts';
import { tableOf } from '../../output.ts';

export interface GroupLine {
  readonly group: number;
  readonly first_movie: number;
  readonly movies: number;
  readonly stored: number;
  readonly expected: number;
  /** When its ledger was last written; null when nothing of the group is stored. */
  readonly stored_on: string | null;
  /** Message numbers, ascending. */
  readonly missing: readonly number[];
}

/** The number of all groups; `lines` has only those that `isShown` chose. */
export interface GroupCounts {
  readonly groups: number;
  readonly open: number;
}

const ALL_UP_TO = 60;
const OPEN_SHOWN = 100;
const RANGES_SHOWN = 8;

/** Whether to show a group to people after `shown` others: a job may have a million groups. */
export const isShown = ({ missing }: GroupLine, groups: number, shown: number): boolean =>
  groups <= ALL_UP_TO || (missing.length > 0 && shown < OPEN_SHOWN);

/** @param lines the groups that `isShown` chose */
export function groupsText(lines: readonly GroupLine[], { groups, open }: GroupCounts): string {
  if (groups <= ALL_UP_TO) return groupsTable(lines);
  const rest = open - lines.length;
  return [
    ...(lines.length > 0 ? [groupsTable(lines)] : []),
    ...(rest > 0 ? [`… and ${grouped(rest)} more that are not full`] : []),
    `${grouped(groups - open)} of ${grouped(groups)} groups are full`,
  ].join('\n');
}

function groupsTable(groups: readonly GroupLine[]): string {
  return tableOf(groups, [
    { title: 'GROUP', right: true, cell: ({ group }) => String(group) },
    { title: 'FIRST MOVIE', right: true, cell: ({ first_movie }) => grouped(first_movie) },
    { title: 'STORED', cell: ({ stored, expected }) => bar(stored / expected) },
    { title: 'MESSAGES', right: true, cell: ({ stored, expected }) => `${stored}/${expected}` },
    { title: 'MISSING', cell: ({ missing }) => rangesText(missing) },
  ]);
}

const BAR_WIDTH = 20;

function bar(fraction: number): string {
  const full = Math.max(0, Math.min(BAR_WIDTH, Math.floor(fraction * BAR_WIDTH)));
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

/**
 * Ascending numbers as ranges, with their count unless it is obvious.
 *
 * @example rangesText([7, 150, 151, 152]) // '7, 150–152 (4)'
 */
export function rangesText(numbers: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const current = ranges.at(-1);
    if (current?.last === number - 1) current.last = number;
    else ranges.push({ first: number, last: number });
  }
  const shown = ranges.slice(0, RANGES_SHOWN).map(({ first, last }) => (first === last ? first : `${first}–${last}`));
  const more = ranges.length > RANGES_SHOWN ? ', …' : '';
  const count = numbers.length > shown.length ? ` (${numbers.length})` : '';
  return `${shown.join(', ')}${more}${count}`;
}
