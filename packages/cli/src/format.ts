// Formats numbers, times and untrusted text for people.

export { formatBytes, formatCount, formatDuration, formatNumber, shortId } from '@movie-load/operations/format';

/** Formats an ISO date as `2026-11-25 09:00:00`. */
export const dateTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** Cuts untrusted text to `limit` characters, and replaces control characters, which must not reach the terminal. */
export function printable(text: string, limit = 60): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe;
}

/** Puts a value that the user typed into quotation marks, for an error message. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
