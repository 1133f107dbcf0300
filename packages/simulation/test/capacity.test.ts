// `movie-load capacity` is arithmetic; the model of whole jobs runs the real consumers in virtual time. Both have the
// same measured constants and quotas, so they must agree.
import { describe, expect, test } from '@jest/globals';
import { AWS_QUOTAS } from '@movie-load/aws';
import { type Capacity, capacityOf } from '@movie-load/queue/capacity';
import { awsEnvironment } from '../src/scale/environments.ts';
import { type Environment, type MakespanOptions, runModel } from '../src/scale/makespan.ts';

/** How far the two may be apart. */
const TOLERANCE = 0.15;

const WARM: Partial<Environment> = {
  tableUnitsPerSecond: { write: AWS_QUOTAS.tableWriteUnitsPerSecond, read: AWS_QUOTAS.tableReadUnitsPerSecond },
};

type Job = Pick<MakespanOptions, 'mode' | 'movies'>;

const capacity = ({ mode, movies }: Job, within_seconds: number): Capacity =>
  capacityOf({ movies, movies_per_message: mode === 'packed' ? 'auto' : 1, within_seconds, table: 'movies' });

async function modelSeconds(job: Job, consumers: number, environment: Partial<Environment> = {}): Promise<number> {
  const { ms } = await runModel({
    ...job,
    consumers,
    pollers: 8,
    environment: { ...awsEnvironment(job.mode), ...environment },
  });
  return ms / 1000;
}

describe(`the capacity agrees with the model of whole jobs, within ${TOLERANCE * 100} %`, () => {
  test.each([
    [{ mode: 'one a message', movies: 5000 }, 3.8, 1],
    [{ mode: 'one a message', movies: 10_000 }, 2.6, 3],
    [{ mode: 'packed', movies: 200_000 }, 4.1, 1],
  ] as const)('for %j within %d s with %d replicas', async (job, within, replicas) => {
    const { seconds, replicas: predicted } = capacity(job, within);
    expect(predicted).toBe(replicas);
    const model = await modelSeconds(job, replicas, WARM);
    expect(Math.abs(model / seconds - 1)).toBeLessThan(TOLERANCE);
  });

  test('for the shortest time that a new table allows', async () => {
    const job = { mode: 'packed', movies: 150_000 } as const;
    const { with_default_quotas: shortest } = capacity(job, 3600).shortest;
    expect(shortest.limited_by).toMatch(/^a new table/);
    // Two consumers are faster than a new table.
    expect(Math.abs((await modelSeconds(job, 2)) / shortest.seconds - 1)).toBeLessThan(TOLERANCE);
  });
});
