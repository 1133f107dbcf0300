// Models CloudWatch's metrics: points of one minute, which can be read only after a delay.
import type { Query } from './template.ts';

const MINUTE_MS = 60_000;

interface Point {
  sum: number;
  count: number;
  min: number;
  max: number;
  /** The time from which the point can be read. */
  readonly visibleOn: number;
}

export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Metrics {
  /** Returns a function that adds the current value of a metric `count` times. Default: once. */
  series(metric: MetricId): (now: number, value: number, count?: number) => void;
  /** The statistic of each past period that can be read; a period without a value is missing. */
  read(stat: NonNullable<Query['MetricStat']>, from: number, to: number, now: number): ReadonlyMap<number, number>;
}

/** @param lateMs by namespace, the delay after its minute until a point can be read. Default: a minute */
export function createMetrics(lateMs: Readonly<Record<string, number>> = {}): Metrics {
  const pointsByKey = new Map<string, Map<number, Point>>();
  const pointsByStat = new WeakMap<object, Map<number, Point>>();
  const pointsOf = (key: string): Map<number, Point> => {
    const points = pointsByKey.get(key) ?? new Map<number, Point>();
    pointsByKey.set(key, points);
    return points;
  };
  return {
    series({ namespace, name, dimensions }) {
      const points = pointsOf(keyOf(namespace, name, Object.entries(dimensions)));
      const visibleAfter = MINUTE_MS + (lateMs[namespace] ?? MINUTE_MS);
      return (now, value, count = 1) => {
        if (count <= 0) return;
        const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
        const visibleOn = minute + visibleAfter;
        const point = points.get(minute) ?? { sum: 0, count: 0, min: Infinity, max: -Infinity, visibleOn };
        points.set(minute, point);
        point.sum += value * count;
        point.count += count;
        point.min = Math.min(point.min, value);
        point.max = Math.max(point.max, value);
      };
    },
    read(stat, from, to, now) {
      const { Stat, Period } = stat;
      const points = pointsByStat.get(stat) ?? pointsOf(keyOfStat(stat));
      pointsByStat.set(stat, points);
      const values = new Map<number, number>();
      const periodMs = Period * 1000;
      for (let start = Math.floor(from / periodMs) * periodMs; start < to; start += periodMs) {
        const visiblePoints: Point[] = [];
        for (let minute = start; minute < start + periodMs; minute += MINUTE_MS) {
          const point = points.get(minute);
          if (point !== undefined && point.visibleOn <= now) visiblePoints.push(point);
        }
        const value = statistic(Stat, visiblePoints);
        if (value !== undefined) values.set(start, value);
      }
      return values;
    },
  };
}

const keyOf = (namespace: string, name: string, dimensions: readonly (readonly [string, string])[]): string =>
  JSON.stringify([namespace, name, dimensions.toSorted(([one], [other]) => one.localeCompare(other))]);

const keyOfStat = ({ Metric: { Namespace, MetricName, Dimensions } }: NonNullable<Query['MetricStat']>): string =>
  keyOf(
    Namespace,
    MetricName,
    Dimensions.map(({ Name, Value }) => [Name, Value]),
  );

function statistic(stat: string, points: readonly Point[]): number | undefined {
  const count = points.reduce((sum, point) => sum + point.count, 0);
  if (count === 0) return undefined;
  const sum = points.reduce((all, point) => all + point.sum, 0);
  switch (stat) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / count;
    case 'SampleCount':
      return count;
    case 'Minimum':
      return Math.min(...points.map(({ min }) => min));
    case 'Maximum':
      return Math.max(...points.map(({ max }) => max));
    default:
      throw new Error(`the model has no statistic "${stat}"`);
  }
}
