// From sent to stored: cumulative counts of messages by upper bound in seconds, as consumers report them, and the quantiles of
// these. Pure.
import type { ServiceReport } from '@movie-load/schema';

export type Buckets = ReadonlyMap<number, number>;

export const bucketsOf = ({ sent_to_stored }: ServiceReport): Buckets =>
  new Map(sent_to_stored.map(({ seconds, messages }) => [seconds ?? Number.POSITIVE_INFINITY, messages]));

/** What was observed between two readings of histograms: `after` − `before`, by bound. A restart counts from 0. */
export function bucketsBetween(before: Buckets, after: Buckets): Map<number, number> {
  return new Map([...after].map(([bound, value]) => [bound, Math.max(0, value - (before.get(bound) ?? 0))]));
}

export function addBuckets(into: Map<number, number>, more: Buckets): void {
  for (const [bound, value] of more) into.set(bound, (into.get(bound) ?? 0) + value);
}

/**
 * A quantile of cumulative buckets in seconds, interpolated within its bucket as Prometheus does; null without
 * observations. In the last, open bucket it is that bucket's lower bound.
 */
export function quantile(buckets: Buckets, q: number): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  let [lower, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= q * total) {
      if (bound === Number.POSITIVE_INFINITY) return lower;
      return count === below ? bound : lower + ((bound - lower) * (q * total - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
