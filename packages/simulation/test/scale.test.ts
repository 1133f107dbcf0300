// The model of whole jobs in virtual time: small jobs, in seconds. `npm run sim -- --scale` runs the large ones.
import { describe, expect, test } from '@jest/globals';
import type { ReplicaRow } from '@movie-load/aws';
import { diceOf } from '../src/engine/dice.ts';
import { createScheduler, EPOCH_MS } from '../src/engine/scheduler.ts';
import { awsEnvironment } from '../src/scale/environments.ts';
import { limitOf } from '../src/scale/limits.ts';
import { createMachine } from '../src/scale/machine.ts';
import { type Environment, type MakespanOptions, runModel } from '../src/scale/makespan.ts';
import { createCallQuota } from '../src/scale/quota.ts';
import { compare } from '../src/scale/study.ts';

const NO_LIMITS = { steps: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };

const CPU = { call_ms: 0.3, stored_movie_us: 40, assembled_movie_us: 5 };
const DISTANT_AWS: Environment = {
  latencyMs: { sqs: 15, dynamodb: 10, s3: 40 },
  overheadMs: 0,
  consumer: CPU,
  cores: Number.POSITIVE_INFINITY,
  sqsCallsPerSecond: Number.POSITIVE_INFINITY,
  hasTableQuotas: false,
};
const SMALL: MakespanOptions = {
  environment: DISTANT_AWS,
  mode: 'one a message',
  movies: 1000,
  consumers: 1,
  pollers: 1,
};

describe('a machine', () => {
  const elapsedMs = async (cores: number, programs: number, worksPerProgram: number) => {
    const scheduler = createScheduler(diceOf(1, 'test'), () => {});
    const machine = createMachine({ cores, scheduler, random: () => 0 });
    let remaining = programs * worksPerProgram;
    for (let program = 0; program < programs; program += 1) {
      const { work } = machine.createProgram();
      for (let count = 0; count < worksPerProgram; count += 1) work(10, () => (remaining -= 1));
    }
    await scheduler.run(() => remaining === 0, NO_LIMITS);
    return scheduler.now() - EPOCH_MS;
  };

  test('runs a program on one core, and as many programs at once as it has cores', async () => {
    expect(await elapsedMs(2, 1, 4)).toBe(40);
    expect(await elapsedMs(2, 2, 4)).toBe(40);
    expect(await elapsedMs(2, 4, 4)).toBe(80);
    expect(await elapsedMs(Number.POSITIVE_INFINITY, 4, 4)).toBe(40);
  });
});

test('a quota admits a second of calls at once, then its rate, separately for each action', () => {
  const isWithin = createCallQuota(3);
  const admittedCalls = (action: string, now: number) =>
    Array.from({ length: 5 }, () => isWithin(action, now)).filter(Boolean);
  expect(admittedCalls('ReceiveMessage', 0)).toHaveLength(3);
  expect(admittedCalls('ReceiveMessage', 0)).toHaveLength(0);
  expect(admittedCalls('DeleteMessageBatch', 0)).toHaveLength(3);
  expect(admittedCalls('ReceiveMessage', 700)).toHaveLength(2);
  expect(admittedCalls('ReceiveMessage', 60_000)).toHaveLength(3);
});

describe('the model', () => {
  test('makes the calls of a poller one after the other, with their CPU time, and repeats exactly', async () => {
    const one = await runModel(SMALL);
    // A hundred receives of ten messages: receive, slices, ledger, delete.
    expect(one.calls).toMatchObject({ 'sqs:ReceiveMessage': 100, 'dynamodb:BatchWriteItem': 100 });
    expect(one.ms).toBeGreaterThan(100 * (15 + 10 + 10 + 15));
    expect(one.ms).toBeLessThan(100 * (15 + 10 + 10 + 15) * 1.25);
    // 1,000 movies stored at 0.04 ms and assembled at 0.005 ms, 502 calls at 0.3 ms, and half of one that had begun.
    expect(one.consumerCpuMs).toBeCloseTo(40 + 5 + 150.6 + 0.15, 5);
    expect(one.writeUnits / 1000).toBeLessThan(0.4);
    expect(await runModel(SMALL)).toEqual(one);
  });

  test('makes a job faster with more replicas, until cores or quotas are used up', async () => {
    const one = await runModel(SMALL);
    const eight = await runModel({ ...SMALL, consumers: 8 });
    expect(one.ms / eight.ms).toBeGreaterThan(5);
    const slow = { ...CPU, stored_movie_us: 20_000 };
    const shared = await runModel({
      ...SMALL,
      consumers: 8,
      environment: { ...DISTANT_AWS, consumer: slow, cores: 2 },
    });
    // 20 s of CPU time on two cores.
    expect(shared.ms).toBeGreaterThan(10_000);
    expect(limitOf({ ...SMALL, consumers: 8, environment: { ...DISTANT_AWS, consumer: slow, cores: 2 } }, shared)).toBe(
      'CPU time',
    );
    const throttled = await runModel({
      ...SMALL,
      consumers: 8,
      environment: { ...DISTANT_AWS, sqsCallsPerSecond: 10 },
    });
    expect(throttled.throttled.sqs).toBeGreaterThan(0);
    expect(throttled.ms).toBeGreaterThan(5000);
  });

  test('throttles writes beyond a new table’s write units, and names them as the limit', async () => {
    const options: MakespanOptions = {
      ...SMALL,
      environment: { ...awsEnvironment('one a message'), consumer: CPU },
      movies: 24_000,
      consumers: 32,
      pollers: 8,
    };
    const run = await runModel(options);
    expect(run.throttled.dynamodb).toBeGreaterThan(0);
    // The unused write units of the first second come on top.
    expect(run.writeUnits / (run.storedMs / 1000 + 1)).toBeLessThanOrEqual(4200);
    expect(limitOf(options, run)).toContain('write units');
  });

  test('completes a job whose consumer dies or drains, or whose S3 is unreachable for a while', async () => {
    const options: MakespanOptions = { ...SMALL, consumers: 4 };
    const { ms } = await runModel(options);
    const killed = await runModel({ ...options, disturbance: { kind: 'kill', atMs: ms / 2, consumer: 1 } });
    expect(killed.redelivered).toBeGreaterThan(0);
    expect(killed.ms).toBeLessThan(ms * 1.1 + 60_000);
    const drained = await runModel({ ...options, disturbance: { kind: 'drain', atMs: ms / 2, consumer: 1 } });
    expect(drained.redelivered).toBe(0);
    const away = await runModel({ ...options, disturbance: { kind: 's3_away', atMs: ms / 2, forMs: 60_000 } });
    expect(away.ms).toBeGreaterThan(60_000);
    expect(away.ms).toBeLessThan(ms * 1.1 + 120_000);
  });
});

test('constants are fitted on the row of one consumer, and the other rows are predicted', async () => {
  const row = (processes: number, seconds: number): ReplicaRow => ({
    mode: 'one a message',
    movies: 1000,
    object_parts: 1,
    processes,
    stretch: 1,
    seconds,
    times_one: 1,
    cores: 1,
    machine_cores: 1,
    consumer_cpu_seconds: 0.3,
    server_cpu_seconds: 0.2,
    calls: 400,
  });
  const { fitted, rows } = await compare('one a message', runModel, [row(1, 8), row(2, 4)]);
  expect(fitted.overhead_ms).toBeGreaterThan(0);
  expect(rows.map(({ consumers, is_fitted }) => [consumers, is_fitted])).toEqual([
    [1, true],
    [2, false],
  ]);
  expect(Math.abs(rows[0]?.error_percent ?? 100)).toBeLessThan(2);
  expect(Math.abs(rows[1]?.error_percent ?? 100)).toBeLessThan(10);
});

test('without measured rows the study names the command to run first', async () => {
  await expect(compare('packed', runModel, [])).rejects.toThrow('npm run bench -- --replicas');
});
