// Formats the message groups of a job for people: a bar for each group, or only for incomplete groups of a large job.
import { formatNumber } from '../../format.ts';
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

/** Counts of all groups, while `lines` has only those that are shown. */
export interface GroupCounts {
  readonly groups: number;
  /** Groups of which at least one message is not stored. */
  readonly open: number;
}

const MAX_FULL_LIST = 60;
const MAX_SHOWN_GROUPS = 100;
const MAX_SHOWN_RANGES = 8;

/** Whether a group is shown to people when `shownCount` others already are: a job may have a million groups. */
export const shouldShowGroup = ({ missing }: GroupLine, groups: number, shownCount: number): boolean =>
  groups <= MAX_FULL_LIST || (missing.length > 0 && shownCount < MAX_SHOWN_GROUPS);

/** @param lines the groups for which `shouldShowGroup` is true */
export function groupsText(lines: readonly GroupLine[], { groups, open }: GroupCounts): string {
  if (groups <= MAX_FULL_LIST) return groupsTable(lines);
  const hiddenOpen = open - lines.length;
  return [
    ...(lines.length > 0 ? [groupsTable(lines)] : []),
    ...(hiddenOpen > 0 ? [`… and ${formatNumber(hiddenOpen)} more that are not full`] : []),
    `${formatNumber(groups - open)} of ${formatNumber(groups)} groups are full`,
  ].join('\n');
}

function groupsTable(groups: readonly GroupLine[]): string {
  return tableOf(groups, [
    { title: 'GROUP', right: true, cell: ({ group }) => String(group) },
    { title: 'FIRST MOVIE', right: true, cell: ({ first_movie }) => formatNumber(first_movie) },
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
 * Ascending numbers as ranges; their count follows if a range hides it.
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
  const shownRanges = ranges
    .slice(0, MAX_SHOWN_RANGES)
    .map(({ first, last }) => (first === last ? first : `${first}–${last}`));
  const ellipsis = ranges.length > MAX_SHOWN_RANGES ? ', …' : '';
  const countText = numbers.length > shownRanges.length ? ` (${numbers.length})` : '';
  return `${shownRanges.join(', ')}${ellipsis}${countText}`;
}
