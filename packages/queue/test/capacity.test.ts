// The needs of a job on AWS, and whether it can complete within a time: computed from its bounds and speeds, which
// have tests of their own.
import { describe, expect, test } from '@jest/globals';
import { AWS_PRICES, AWS_QUOTAS, FARGATE_TASK, MEASURED } from '@movie-load/aws';
import { MAX_MOVIES } from '@movie-load/schema';
import fc from 'fast-check';
import { boundsOf, rateOf } from '../src/capacity/bounds.ts';
import { type Capacity, capacityOf } from '../src/capacity/index.ts';
import { speedOf, throughput } from '../src/capacity/speed.ts';
import { estimateJob } from '../src/index.ts';
import { planOf } from '../src/request.ts';

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
  test('shows that a new table bounds fifty million packed movies in twenty minutes, and the command that helps', () => {
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

  test('advises packing for fifty million single movies in an hour, because one producer is too slow', () => {
    const job = capacity(50_000_000, 1, HOUR);
    expect(job.verdict).toBe('impossible');
    expect(job.shortest.with_raised_quotas).toMatchObject({ limited_by: 'one producer sends the job' });
    expect(job.shortest.with_raised_quotas.seconds).toBeGreaterThan(HOUR);
    expect(job.shortest.with_raised_quotas.advice).toContain('--movies-per-message auto');
    // The numbers are those of the shortest possible time.
    expect(job.seconds).toBeCloseTo(job.shortest.with_raised_quotas.seconds, 0);
    expect(useOf(job, /producer/)?.share).toBeCloseTo(1, 2);
  });

  test('calls the shortest possible time possible, and a second less impossible', () => {
    for (const movies_per_message of [1, 'auto'] as const) {
      const { shortest } = capacity(3_000_000, movies_per_message, HOUR);
      const { with_default_quotas: byDefault, with_raised_quotas: raised } = shortest;
      expect(capacity(3_000_000, movies_per_message, byDefault.seconds + 1e-6).verdict).toBe('possible');
      expect(capacity(3_000_000, movies_per_message, byDefault.seconds - 1).verdict).not.toBe('possible');
      expect(capacity(3_000_000, movies_per_message, raised.seconds + 1e-6).verdict).not.toBe('impossible');
      expect(capacity(3_000_000, movies_per_message, raised.seconds - 1).verdict).toBe('impossible');
    }
  });

  test('is one replica for the smallest job, which no number of replicas stores in ten milliseconds', () => {
    const job = capacity(1, 1, 5);
    expect(job).toMatchObject({ verdict: 'possible', replicas: 1, message_groups: 1, object: { parts: 1 } });
    expect(capacity(1, 1, 0.01).verdict).toBe('impossible');
  });

  test('has a price: calls as `produce --dry-run` counts them, compute by the second for at least a minute', () => {
    const million = capacity(1_000_000, 1, HOUR);
    expect(million.price.aws_calls_usd).toBeCloseTo(0.35, 2);
    // One consumer and one producer for the time that each needs, at four cents an hour.
    expect(million.replicas).toBe(1);
    expect(million.price.compute_usd).toBeGreaterThan((0.0395 * million.seconds) / 3600);
    expect(million.price.compute_usd).toBeLessThan((2 * 0.0395 * million.seconds) / 3600);
    expect(capacity(1, 1, 5).price.compute_usd).toBeCloseTo((2 * 0.0395) / 60, 4);
  });

  test('is in time unless impossible, for any job; its shares agree with its verdict, and each number is finite', () => {
    const movies = fc.integer({ min: 1, max: MAX_MOVIES });
    const perMessage = fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 5000 }));
    const within = fc.integer({ min: 1, max: 14 * 86_400 });
    fc.assert(
      fc.property(movies, perMessage, within, (count, per, seconds) => {
        const job = capacity(count, per, seconds);
        JSON.stringify(job, (name, value) => {
          if (typeof value === 'number') expect([name, Number.isFinite(value)]).toEqual([name, true]);
          return value;
        });
        const { with_default_quotas: byDefault, with_raised_quotas: raised } = job.shortest;
        expect(raised.seconds).toBeLessThanOrEqual(byDefault.seconds);
        if (job.verdict === 'impossible') expect(raised.seconds).toBeGreaterThan(seconds);
        else expect(job.seconds).toBeLessThanOrEqual(seconds + 1e-6);
        const worst = Math.max(...job.quotas.map(({ share }) => share));
        if (job.verdict === 'after_raising') expect(worst).toBeGreaterThan(1);
        // A whole task may be a little more than what is needed.
        else if (job.verdict === 'possible') expect(worst).toBeLessThanOrEqual(1 + 1 / AWS_QUOTAS.fargateVcpus);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the needs of a job', () => {
  /** The parts of a capacity, each of which is tested elsewhere. */
  function partsOf(movies: number, movies_per_message: number | 'auto') {
    const plan = planOf({ movies, movies_per_message, nonce: 'capacity', seed: 7 });
    const estimate = estimateJob(plan);
    const speed = speedOf(plan, estimate);
    return { estimate, speed, bounds: boundsOf({ plan, estimate, speed, table: 'movies' }) };
  }

  test('have the shortest time of the slowest bound and of the end; with raised quotas, of the slowest one that remains', () => {
    const { speed, bounds } = partsOf(3_000_000, 'auto');
    const { shortest } = capacity(3_000_000, 'auto', HOUR);
    const secondsOf = (some: typeof bounds) => 3_000_000 / Math.min(...some.map(rateOf)) + speed.endSeconds;
    expect(shortest.with_default_quotas.seconds).toBeCloseTo(secondsOf(bounds), 9);
    const fixed = bounds.filter(({ raise }) => raise === undefined);
    expect(shortest.with_raised_quotas.seconds).toBeCloseTo(secondsOf(fixed), 9);
    expect(shortest.with_raised_quotas.seconds).toBeLessThan(shortest.with_default_quotas.seconds - 1);
    // A job that takes exactly that time is in time.
    const { with_default_quotas: byDefault, with_raised_quotas: raised } = shortest;
    expect(capacity(3_000_000, 'auto', byDefault.seconds).verdict).toBe('possible');
    expect(capacity(3_000_000, 'auto', raised.seconds).verdict).toBe('after_raising');
  });

  test('with raised quotas are computed for the requested time', () => {
    const { speed } = partsOf(3_000_000, 'auto');
    const { shortest } = capacity(3_000_000, 'auto', HOUR);
    const within = (shortest.with_raised_quotas.seconds + shortest.with_default_quotas.seconds) / 2;
    const job = capacity(3_000_000, 'auto', within);
    expect(job.verdict).toBe('after_raising');
    expect(job.movies_per_second).toBeCloseTo(3_000_000 / (within - speed.endSeconds), 6);
    expect(job.seconds).toBeLessThanOrEqual(within);
    // The time is not less than the fixed bounds allow.
    expect(job.seconds).toBeGreaterThanOrEqual(shortest.with_raised_quotas.seconds);
  });

  test('have a rate for less than a second of storing, too; for too short a time, that of the slowest fixed bound', () => {
    const { speed } = partsOf(100, 1);
    const half = capacity(100, 1, speed.endSeconds + 0.5);
    expect([half.verdict, half.movies_per_second]).toEqual(['possible', expect.closeTo(200, 6)]);
    const fixed = partsOf(1, 1).bounds.filter(({ raise }) => raise === undefined);
    const tooShort = capacity(1, 1, 0.01);
    expect([tooShort.verdict, tooShort.movies_per_second]).toEqual([
      'impossible',
      expect.closeTo(Math.min(...fixed.map(rateOf)), 6),
    ]);
  });

  test('have whole replicas; rounding up shortens the time and the replicas’ share of a core', () => {
    const { speed } = partsOf(1_000_000, 1);
    const within = 1_000_000 / (1.5 * speed.consumerMoviesPerSecond) + speed.endSeconds;
    const job = capacity(1_000_000, 1, within);
    expect(job.replicas).toBe(2);
    expect(job.seconds).toBeCloseTo(1_000_000 / (2 * speed.consumerMoviesPerSecond) + speed.endSeconds, 6);
    expect(job.replica.cpu_share).toBeCloseTo(Math.min(1, speed.consumerCpuShare * 0.75), 9);
    // Exactly the work of one replica needs no second one.
    const exactSeconds = 1_000_000 / speed.consumerMoviesPerSecond + speed.endSeconds;
    const exact = capacity(1_000_000, 1, exactSeconds);
    expect([exact.replicas, useOf(exact, /^Fargate/)?.needed]).toEqual([1, 2]);
    expect(capacity(1_000_000, 1, exactSeconds - 0.1).replicas).toBe(2);
    expect(capacity(1_000_000, 1, exactSeconds).replica.cpu_share).toBeCloseTo(Math.min(1, speed.consumerCpuShare), 6);
  });

  test.each([
    [1, { batches: 100_000, groups: 5000, queries: 5000, objectWrites: 23, writeUnits: 305_046, readUnits: 45_000 }],
    // A page of a mebibyte is 256 read units.
    [
      'auto',
      { batches: 308, groups: 62, queries: 30_585 / 256, objectWrites: 19, writeUnits: 122_565, readUnits: 30_585 },
    ],
  ] as const)(
    'have the calls and units of the job, spread over its time (movies a message: %s)',
    (perMessage, expected) => {
      const job = capacity(1_000_000, perMessage, HOUR);
      const perSecond = (count: number) => expect.closeTo((count * job.movies_per_second) / 1_000_000, 9);
      const { batches, groups } = expected;
      const batchActions = [
        'sqs:SendMessageBatch',
        'sqs:ReceiveMessage',
        'sqs:DeleteMessageBatch',
        'dynamodb:BatchWriteItem',
      ];
      expect(job.calls_per_second).toEqual({
        ...Object.fromEntries(batchActions.map((action) => [action, perSecond(batches)])),
        'dynamodb:UpdateItem': perSecond(batches + groups),
        'dynamodb:Query': perSecond(expected.queries),
        s3: perSecond(expected.objectWrites),
      });
      expect(job.write_units_per_second).toEqual(perSecond(expected.writeUnits));
      expect(job.read_units_per_second).toEqual(perSecond(expected.readUnits));
      expect([job.message_groups, job.object.bytes]).toEqual([groups, 147_898_000]);
    },
  );

  test('have the share of each quota; vCPUs are counted by task, including one for the producer', () => {
    const { bounds } = partsOf(50_000_000, 'auto');
    const job = capacity(50_000_000, 'auto', 20 * 60);
    expect(job.quotas.map(({ name }) => name)).toEqual(bounds.map(({ name }) => name));
    job.quotas.forEach(({ name, needed, share, default: limit, raise }, index) => {
      const bound = bounds[index];
      const exactly = (bound?.perMovie ?? 0) * job.movies_per_second;
      const isFargate = name.startsWith('Fargate');
      expect([name, needed]).toEqual([name, expect.closeTo(isFargate ? 1 + Math.ceil(exactly) : exactly, 6)]);
      expect([name, share]).toEqual([name, expect.closeTo(needed / (limit * (bound?.usableShare ?? 1)), 9)]);
      expect([name, raise]).toEqual([name, bound?.raise?.(needed) ?? bound?.alternative ?? null]);
    });
    expect(capacity(50_000_000, 1, HOUR).breaks_first).toBe('one producer sends the job');
    const [first] = job.quotas.toSorted((a, b) => b.share - a.share);
    expect(job.breaks_first).toBe(first?.name);
  });

  test('have replicas with the measured memory: from 33 movies a message, that of a consumer of packed messages', () => {
    const used = (perMessage: number) => capacity(100_000, perMessage, HOUR).replica.used_mb;
    expect([used(32), used(33)]).toEqual([MEASURED.consumer_rss_mb['one a message'], MEASURED.consumer_rss_mb.packed]);
  });

  test('have compute for the replicas while the job runs, and for the producer while it sends, a minute each at least', () => {
    const hourly =
      FARGATE_TASK.vcpus * AWS_PRICES.fargateArmVcpuHour + FARGATE_TASK.gigabytes * AWS_PRICES.fargateArmGigabyteHour;
    for (const [movies, within] of [
      [10_000_000, 1200],
      [10_000, 5],
    ] as const) {
      const { speed } = partsOf(movies, 1);
      const job = capacity(movies, 1, within);
      const billed = (seconds: number) => Math.max(60, seconds) / 3600;
      const replicas = job.replicas * billed(job.seconds);
      expect(job.price.compute_usd).toBeCloseTo(
        hourly * (replicas + billed(movies / speed.producerMoviesPerSecond)),
        9,
      );
    }
  });
});
