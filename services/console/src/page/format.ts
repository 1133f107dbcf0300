// Numbers, times and sizes as people read them.
export { formatCount, shortId } from '@movie-load/operations/format';

const wholeNumber = new Intl.NumberFormat('en');
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `20,000`: rounded to a whole number. */
export const formatNumber = (n: number): string => wholeNumber.format(Math.round(n));
/** `3.4` or `20,000`: with one digit after the point below 10. */
export const formatRate = (n: number): string => (n < 10 ? oneDigit.format(n) : wholeNumber.format(Math.round(n)));

/** `148 B`, `1.4 MB`, in steps of 1,000. */
export function formatBytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 999_950) return `${oneDigit.format(n / 1000)} KB`;
  return n < 999.95e6 ? `${oneDigit.format(n / 1e6)} MB` : `${oneDigit.format(n / 1e9)} GB`;
}

/** A duration from milliseconds: `120 ms`, `3.4 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${oneDigit.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time that remains, in short form: `43 s`, `12 min`. Never below 0. */
export function formatRemaining(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
/** A time in the browser's time zone: `28 Nov 2026, 19:20:00`. */
export const formatInstant = (iso: string): string => dateTime.format(new Date(iso));

/** Dollars with as many digits as small prices need. */
export function formatDollars(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.0001) return smallDollars(usd);
  return usd < 1 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function smallDollars(usd: number): string {
  const [digits, power = ''] = usd.toExponential(1).split('e-');
  return `$${digits} × 10⁻${[...power].map((digit) => SUPERSCRIPT[Number(digit)]).join('')}`;
}
