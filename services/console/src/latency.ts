// Quantiles of the time from sent to stored. A consumer reports a cumulative histogram: for each upper bound in
// seconds, the number of messages that were stored within it. Pure.
import type { ServiceReport } from '@movie-load/schema';

export type Buckets = ReadonlyMap<number, number>;

export const bucketsOf = ({ sent_to_stored }: ServiceReport): Buckets =>
  new Map(sent_to_stored.map(({ seconds, messages }) => [seconds ?? Number.POSITIVE_INFINITY, messages]));

/** The observations between two reports of a histogram: `after` − `before`, by bound; 0 where a restart reset it. */
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
 * A quantile of cumulative buckets in seconds, interpolated within its bucket as Prometheus does, and never more than
 * `max`, the largest value that was observed; null without observations. In the last bucket, which has no upper bound,
 * it is the bucket's lower bound if `max` is not given.
 */
export function quantile(buckets: Buckets, q: number, max = Number.POSITIVE_INFINITY): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  let [lower, countBelow] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= q * total) {
      const upper = Math.min(bound, max);
      if (upper === Number.POSITIVE_INFINITY) return lower;
      if (upper <= lower) return upper;
      return count === countBelow ? upper : lower + ((upper - lower) * (q * total - countBelow)) / (count - countBelow);
    }
    [lower, countBelow] = [bound, count];
  }
  return lower;
}
