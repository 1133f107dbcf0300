// An embedded AWS with a COMPLETE job of 100 movies and a job with 17 of its 40 movies; and commands on it, in this
// process.
import { afterAll, beforeAll } from '@jest/globals';
import { type Clock, resilientObjects, resilientTable, toolPolicy } from '@movie-load/aws';
import { createJobStore, type JobStore } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { type JobPlan, jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';
import { seededRandom, startTestAws, type TestAws } from '@movie-load/testing';
import { commandsOn } from './run-command.ts';

const STARTED = Date.parse('2026-11-25T09:00:00.000Z');
export const plan = planOf('complete', 100);
const halfPlan = planOf('half', 40);
export const completeJobId = jobIdOf(plan);
export const runningJobId = jobIdOf(halfPlan);

/** The embedded AWS of the importing test file. */
export let aws: TestAws;
export const { run, out, json } = commandsOn(() => aws);

export function planOf(nonce: string, movies: number): JobPlan {
  return planJob({ nonce, movies, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
}

/** A store of this consumer on the embedded AWS. */
export function storeOf(instance: string, clock: Clock = toolPolicy().clock): JobStore {
  const policy = toolPolicy();
  return createJobStore({
    table: resilientTable(aws.table, policy),
    objects: resilientObjects(aws.objects, policy),
    clock,
    random: seededRandom(),
    instance,
  });
}

/**
 * Stores the first messages of each group; those of group 1 have a receive count of 2.
 *
 * @param perGroup how many messages of a group are stored
 */
export async function storeMessages(
  jobs: JobStore,
  jobPlan: JobPlan,
  perGroup: (group: number) => number,
): Promise<void> {
  const shape = shapeOf(jobPlan);
  for (let group = 0; group < shape.groups; group += 1) {
    const { first } = messagesOfGroup(shape, group);
    const count = perGroup(group);
    if (count === 0) continue;
    await jobs.store(
      {
        plan: jobPlan,
        job_id: jobIdOf(jobPlan),
        group,
        started_on: new Date(STARTED).toISOString(),
        messages: [...generateMovies(jobPlan.seed, { first, count })].map((movie, at) => ({
          number: first + at,
          movies: [movie],
          sent_on: STARTED + 1000,
          received_on: STARTED + 2000,
          receives: group === 1 ? 2 : 1,
        })),
      },
      { signal: new AbortController().signal },
    );
  }
}

beforeAll(async () => {
  aws = await startTestAws();
  const { clock } = toolPolicy();
  const jobs = storeOf('consumer-one', { ...clock, now: () => STARTED + 10_000 });
  await storeMessages(jobs, plan, () => 10);
  await storeMessages(jobs, halfPlan, (group) => [10, 7, 0, 0][group] ?? 0);
});
afterAll(() => aws.close());
