// Numbers, times and foreign text as people read them.

export { bytes, countOf, duration, grouped, shortId } from '@movie-load/operations/format';

/** `2026-11-25 09:00:00` of an ISO date. */
export const dateTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** Text from outside, cut to `limit` characters; its control characters never reach the terminal. */
export function shown(text: string, limit = 60): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
  return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe;
}

/** What a person typed, as a message shows it. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
