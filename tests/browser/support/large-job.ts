// A large job, written straight into the table: the queue would only take longer.
import type { JobStore } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { type JobPlan, jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';

export interface LargeJob {
  readonly plan: JobPlan;
  readonly jobId: string;
  readonly groups: number;
}

const AT_ONCE = 16;

/** Stores all groups but the last, so that the job is still running, and half of the last but one. */
export async function writeLargeJob(store: JobStore, movies: number): Promise<LargeJob> {
  const plan = planJob({ nonce: 'large', movies, movies_per_message: 1, seed: 9, generator: GENERATOR_VERSION });
  const [jobId, shape, { signal }] = [jobIdOf(plan), shapeOf(plan), new AbortController()];
  const started = Date.now();
  const started_on = new Date(started).toISOString();
  let next = 0;
  const writer = async () => {
    for (let group = next++; group < shape.groups - 1; group = next++) {
      const { first, count } = messagesOfGroup(shape, group);
      const stored = group === shape.groups - 2 ? Math.floor(count / 2) : count;
      const messages = [...generateMovies(plan.seed, { first, count: stored })].map((movie, offset) => ({
        number: first + offset,
        movies: [movie],
        sent_on: started,
        received_on: started,
        receives: 1,
      }));
      await store.store({ plan, job_id: jobId, group, started_on, messages }, { signal });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
  return { plan, jobId, groups: shape.groups };
}
