// Formats numbers, times and sizes for people.

/** `20,000` */
export const formatNumber = (value: number): string => value.toLocaleString('en-US');

/** `1 group`, `2,000 groups`: a noun whose plural ends in s. */
export const formatCount = (count: number, noun: string): string =>
  `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;

/** `1.4 s`, `3 min 5 s`, `2 h 3 min`. */
export function formatDuration(ms: number): string {
  // 59.95 s would be shown as 60.0 s.
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.max(60, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `148 KB`, in steps of 1,000. */
export function formatBytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = count;
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** The first characters of a job's id, which people type. */
export const shortId = (jobId: string): string => jobId.slice(0, 8);
