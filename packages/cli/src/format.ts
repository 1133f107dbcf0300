// Numbers, times and foreign text as people read them.

export { bytes, countOf, duration, grouped, shortId } from '@movie-load/operations/format';

/** Formats an ISO date as `2026-11-25 09:00:00`. */
export const dateTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** Cuts foreign text to `limit` characters and replaces its control characters, which must not reach the terminal. */
export function shown(text: string, limit = 60): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe;
}

/** Formats a typed value for a message. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
