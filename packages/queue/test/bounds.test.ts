// The bounds of a job: each quota with the job's numbers, and the command when it does not suffice.
import { describe, expect, test } from '@jest/globals';
import { type Bound, boundsOf, rateOf } from '../src/capacity/bounds.ts';
import { estimateJob } from '../src/index.ts';
import { planFor } from './support.ts';

const SPEED = {
  receivesAtOnce: 8,
  moviesPerReceive: 10,
  consumerMoviesPerSecond: 500,
  consumerCpuShare: 0.5,
  producerMoviesPerSecond: 3000,
  receiveMs: 40,
  endSeconds: 1,
};

function bounds(movies: number, perMessage = 1) {
  const plan = planFor(movies, perMessage);
  const all = boundsOf({ plan, estimate: estimateJob(plan), speed: SPEED, table: 'films' });
  return (start: string): Bound => {
    const [found, ...more] = all.filter(({ name }) => name.startsWith(start));
    if (found === undefined || more.length > 0) throw new Error(`not one bound begins with "${start}"`);
    return found;
  };
}

describe('a bound', () => {
  const boundOf = bounds(1_000_000);
  const needs = (start: string) => [
    boundOf(start).perMovie,
    boundOf(start).limit,
    boundOf(start).usableShare,
    boundOf(start).unit,
  ];

  test.each([
    ['a new table on demand, writes', 'write_units', 4000, 'write units/s'],
    ['a new table on demand, reads', 'read_units', 12_000, 'read units/s'],
    ['Table-level write', 'write_units', 40_000, 'write units/s'],
    ['Table-level read', 'read_units', 40_000, 'read units/s'],
  ] as const)('of %s follows from the units of a movie and nine tenths of the quota', (start, units, limit, unit) => {
    const { dynamodb } = estimateJob(planFor(1_000_000));
    expect(needs(start)).toEqual([dynamodb[units] / 1_000_000, limit, 0.9, unit]);
  });

  test('of calls has one call of each action a receive', () => {
    expect(needs('SQS FIFO')).toEqual([0.1, 70_000, undefined, 'calls/s']);
    expect(boundOf('SQS FIFO').raise?.(1)).toContain('ask AWS Support');
  });

  test('of a partition key has a group’s share of the job’s writes, spread over the groups that SQS searches', () => {
    // 5,000 groups of 200; SQS searches 600 of them.
    const { dynamodb } = estimateJob(planFor(1_000_000));
    expect(needs('one partition key: a message group')).toEqual([
      dynamodb.write_units / 1_000_000 / 600,
      1000,
      undefined,
      'write units/s',
    ]);
    expect(needs('message groups in flight')).toEqual([0.1 * 0.04, 600, undefined, 'receives at once']);
    expect(boundOf('message groups in flight').name).toContain('SQS searches 120,000 messages');
    // Of groups of 131 messages, 916 and a part of another one are among them.
    expect(bounds(100_000_000, 500)('message groups in flight').limit).toBe(916);
    // A small job has 50 groups of 20.
    const small = bounds(1000);
    expect(small('message groups in flight').limit).toBe(50);
    expect(small('one partition key: a message group').perMovie).toBeCloseTo(
      estimateJob(planFor(1000)).dynamodb.write_units / 1000 / 50,
      12,
    );
  });

  test('of the job’s own key has one write a group and two writes a part', () => {
    expect(needs('one partition key: the job')).toEqual([
      (5000 + 2 * 20) / 1_000_000,
      1000,
      undefined,
      'write units/s',
    ]);
  });

  test('of S3 has its writes, of one producer its speed, of Fargate a task for each consumer and one for the producer', () => {
    // 20 parts; the upload is created, listed and completed.
    expect(needs('S3 writes')).toEqual([23 / 1_000_000, 3500, undefined, 'calls/s']);
    // Packed, the job has 16 parts.
    expect(bounds(1_000_000, 325)('S3 writes').perMovie).toBe(19 / 1_000_000);
    expect(needs('one producer')).toEqual([1, 3000, undefined, 'movies/s']);
    const fargate = boundOf('Fargate');
    expect([fargate.perMovie, fargate.constantNeed, fargate.limit, fargate.step]).toEqual([1 / 500, 1, 6, 1]);
    expect(fargate.raise?.(1)).toContain('"Fargate Spot vCPU resource count"');
  });

  test('is raised as its advice says; one that cannot be raised has a hint, except for S3', () => {
    const pack = 'put more movies into a message: --movies-per-message auto';
    const advice = (start: string) => [boundOf(start).raise, boundOf(start).alternative];
    expect(advice('one partition key: the job')).toEqual([undefined, pack]);
    expect(advice('message groups in flight')).toEqual([undefined, pack]);
    expect(advice('one partition key: a message group')).toEqual([
      undefined,
      'a job of this size has no more message groups',
    ]);
    expect(advice('one producer')).toEqual([
      undefined,
      `${pack}; or send several jobs, each with a producer of its own`,
    ]);
    expect(advice('S3 writes')).toEqual([undefined, undefined]);
    for (const start of ['Table-level write', 'Table-level read'])
      expect(boundOf(start).raise?.(1)).toBe('ask for more in Service Quotas');
  });

  test('of a new table has the warm throughput to set: nine tenths are used, in thousands above the default', () => {
    const line = (units: string, value: string) =>
      `aws dynamodb update-table --table-name films --warm-throughput ${units}=${value} (charged once)`;
    const writes = boundOf('a new table on demand, writes').raise;
    expect(writes?.(3600)).toBe(line('WriteUnitsPerSecond', '<more than 4000>'));
    expect(writes?.(3601)).toBe(line('WriteUnitsPerSecond', '5000'));
    expect(writes?.(4500)).toBe(line('WriteUnitsPerSecond', '5000'));
    expect(writes?.(4501)).toBe(line('WriteUnitsPerSecond', '6000'));
    const reads = boundOf('a new table on demand, reads').raise;
    expect(reads?.(10_800)).toBe(line('ReadUnitsPerSecond', '<more than 12000>'));
    expect(reads?.(10_801)).toBe(line('ReadUnitsPerSecond', '13000'));
  });
});

test('a constant need of a quota, and its unusable share, reduce the rate of movies', () => {
  expect(rateOf({ name: 'n', unit: 'u', perMovie: 4, limit: 10, constantNeed: 2, raise: undefined })).toBe(2);
  expect(rateOf({ name: 'n', unit: 'u', perMovie: 4, limit: 10, usableShare: 0.8, raise: undefined })).toBe(2);
});
