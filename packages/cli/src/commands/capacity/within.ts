// Reads how long a job may take: `1h`, `90m`, `1h30m`, `45s`, `2d`.
import { UsageError } from '@movie-load/schema';
import { quoted } from '../../format.ts';

const UNIT_SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
const MAX_DAYS = 14;

const durationPattern = /^(?:(?<d>\d{1,7})d)?(?:(?<h>\d{1,7})h)?(?:(?<m>\d{1,7})m(?:in)?)?(?:(?<s>\d{1,7})s)?$/;

/**
 * Returns seconds, at most 14 days, which is the longest retention of a queue. Throws `UsageError`.
 *
 * @example parseWithin('1h30m') // 5400
 */
export function parseWithin(text: string): number {
  const groups = durationPattern.exec(text)?.groups;
  if (groups === undefined || text === '') {
    throw new UsageError(
      `--within must be a time such as 90s, 45m, 1h, 1h30m or 2d, with its unit and without spaces, not ${quoted(text)}.`,
    );
  }
  const seconds = Object.entries(UNIT_SECONDS).reduce(
    (sum, [unit, unitSeconds]) => sum + Number(groups[unit] ?? 0) * unitSeconds,
    0,
  );
  if (seconds >= 1 && seconds <= MAX_DAYS * UNIT_SECONDS.d) return seconds;
  throw new UsageError(
    `--within must be from 1s to ${MAX_DAYS}d (the queue keeps messages for ${MAX_DAYS} days), not ${quoted(text)}.`,
  );
}
