// The time from sent to stored: the consumers' cumulative counts of messages by upper bound in seconds, and their
// quantiles. Pure.
import type { ServiceReport } from '@movie-load/schema';

export type Buckets = ReadonlyMap<number, number>;

export const bucketsOf = ({ sent_to_stored }: ServiceReport): Buckets =>
  new Map(sent_to_stored.map(({ seconds, messages }) => [seconds ?? Number.POSITIVE_INFINITY, messages]));

/** The observations between two readings of histograms: `after` − `before`, by bound. A restart counts from 0. */
export function bucketsBetween(before: Buckets, after: Buckets): Map<number, number> {
  return new Map([...after].map(([bound, value]) => [bound, Math.max(0, value - (before.get(bound) ?? 0))]));
}

/** The sum of histograms, whose bounds may differ: during an update consumers of two releases report. */
export function sumOf(all: readonly Buckets[]): Map<number, number> {
  const bounds = [...new Set(all.flatMap((buckets) => [...buckets.keys()]))].sort((a, b) => a - b);
  return new Map(bounds.map((bound) => [bound, all.reduce((sum, buckets) => sum + countUpTo(buckets, bound), 0)]));
}

function countUpTo(buckets: Buckets, bound: number): number {
  return Math.max(0, ...[...buckets].flatMap(([upper, count]) => (upper <= bound ? [count] : [])));
}

/**
 * A quantile of cumulative buckets in seconds, interpolated within its bucket as Prometheus does, and never more than `most`,
 * the largest value that was observed; null without observations. In the last, open bucket, and without a `most`, it is
 * that bucket's lower bound.
 */
export function quantile(buckets: Buckets, q: number, most = Number.POSITIVE_INFINITY): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  let [lower, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= q * total) {
      const upper = Math.min(bound, most);
      if (upper === Number.POSITIVE_INFINITY) return lower;
      if (upper <= lower) return upper;
      return count === below ? upper : lower + ((upper - lower) * (q * total - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
