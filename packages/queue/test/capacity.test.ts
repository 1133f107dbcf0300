import { describe, expect, test } from '@jest/globals';
import { AWS_QUOTAS } from '@movie-load/aws';
import { MAX_MOVIES } from '@movie-load/schema';
import fc from 'fast-check';
import { type Capacity, capacityOf } from '../src/capacity/index.ts';
import { throughput } from '../src/capacity/speed.ts';

const capacity = (movies: number, movies_per_message: number | 'auto', within_seconds: number): Capacity =>
  capacityOf({ movies, movies_per_message, within_seconds, table: 'movies' });
const HOUR = 3600;
const useOf = ({ quotas }: Capacity, name: RegExp) => quotas.find((quota) => name.test(quota.name));

describe('a closed system of requests', () => {
  test('is as fast as its waits allow with one request, and as its thread allows with many', () => {
    expect(throughput(1, 90, 10)).toBeCloseTo(10, 6);
    expect(throughput(200, 90, 10)).toBeCloseTo(100, 1);
    expect(throughput(8, 90, 10)).toBeLessThan(80);
    expect(throughput(4, 0, 10)).toBeCloseTo(100, 6);
  });
});

describe('the capacity of a job', () => {
  test('a new table bounds fifty million packed movies in an hour; what to type is said', () => {
    const job = capacity(50_000_000, 'auto', 20 * 60);
    expect(job).toMatchObject({ verdict: 'after_raising', breaks_first: 'a new table on demand, writes' });
    const table = useOf(job, /^a new table on demand, writes/);
    expect(table).toMatchObject({ default: AWS_QUOTAS.newTableWriteUnitsPerSecond, unit: 'write units/s' });
    expect(table?.raise).toContain(
      'aws dynamodb update-table --table-name movies --warm-throughput WriteUnitsPerSecond=',
    );
    expect(table?.needed).toBeCloseTo(job.write_units_per_second, 6);
    expect(table?.share).toBeGreaterThan(1);
    expect(useOf(job, /^Table-level write/)?.share).toBeLessThan(1);
    // An hour is enough for the same job without raising anything.
    expect(capacity(50_000_000, 'auto', HOUR).verdict).toBe('possible');
  });

  test('one producer is too slow for fifty million single movies in an hour: packing is the advice', () => {
    const job = capacity(50_000_000, 1, HOUR);
    expect(job.verdict).toBe('impossible');
    expect(job.shortest.with_raised_quotas).toMatchObject({ limited_by: 'one producer sends the job' });
    expect(job.shortest.with_raised_quotas.seconds).toBeGreaterThan(HOUR);
    expect(job.shortest.with_raised_quotas.advice).toContain('--movies-per-message auto');
    // The numbers are those of the shortest possible time.
    expect(job.seconds).toBeCloseTo(job.shortest.with_raised_quotas.seconds, 0);
    expect(useOf(job, /producer/)?.share).toBeCloseTo(1, 2);
  });

  test('a job in the shortest possible time is possible, and a second less is not', () => {
    for (const movies_per_message of [1, 'auto'] as const) {
      const { shortest } = capacity(3_000_000, movies_per_message, HOUR);
      const { with_default_quotas: today, with_raised_quotas: raised } = shortest;
      expect(capacity(3_000_000, movies_per_message, today.seconds + 1e-6).verdict).toBe('possible');
      expect(capacity(3_000_000, movies_per_message, today.seconds - 1).verdict).not.toBe('possible');
      expect(capacity(3_000_000, movies_per_message, raised.seconds + 1e-6).verdict).not.toBe('impossible');
      expect(capacity(3_000_000, movies_per_message, raised.seconds - 1).verdict).toBe('impossible');
    }
  });

  test('the smallest job needs one replica; it has one group, so more would not help', () => {
    const job = capacity(1, 1, 5);
    expect(job).toMatchObject({ verdict: 'possible', replicas: 1, message_groups: 1, object: { parts: 1 } });
    expect(capacity(1, 1, 0.01).verdict).toBe('impossible');
  });

  test('price: calls as `produce --dry-run` reckons them; compute by the second, a minute at least', () => {
    const million = capacity(1_000_000, 1, HOUR);
    expect(million.price.aws_calls_usd).toBeCloseTo(0.35, 2);
    // One consumer and one producer for the time that each needs, at four cents an hour.
    expect(million.replicas).toBe(1);
    expect(million.price.compute_usd).toBeGreaterThan((0.0395 * million.seconds) / 3600);
    expect(million.price.compute_usd).toBeLessThan((2 * 0.0395 * million.seconds) / 3600);
    expect(capacity(1, 1, 5).price.compute_usd).toBeCloseTo((2 * 0.0395) / 60, 4);
  });

  test('for any job: done in time unless impossible, shares as the verdict says, never NaN', () => {
    const movies = fc.integer({ min: 1, max: MAX_MOVIES });
    const perMessage = fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 5000 }));
    const within = fc.integer({ min: 1, max: 14 * 86_400 });
    fc.assert(
      fc.property(movies, perMessage, within, (count, per, seconds) => {
        const job = capacity(count, per, seconds);
        expect(JSON.stringify(job)).not.toContain('null,"unit');
        for (const number of [
          job.seconds,
          job.replicas,
          job.price.compute_usd,
          ...job.quotas.map(({ share }) => share),
        ])
          expect(Number.isFinite(number)).toBe(true);
        const { with_default_quotas: today, with_raised_quotas: raised } = job.shortest;
        expect(raised.seconds).toBeLessThanOrEqual(today.seconds);
        if (job.verdict === 'impossible') expect(raised.seconds).toBeGreaterThan(seconds);
        else expect(job.seconds).toBeLessThanOrEqual(seconds + 1e-6);
        const worst = Math.max(...job.quotas.map(({ share }) => share));
        if (job.verdict === 'after_raising') expect(worst).toBeGreaterThan(1);
        // A whole task may be a little more than what is needed.
        else if (job.verdict === 'possible') expect(worst).toBeLessThanOrEqual(1 + 1 / AWS_QUOTAS.fargateVcpus);
      }),
      { numRuns: 100 },
    );
  });
});
