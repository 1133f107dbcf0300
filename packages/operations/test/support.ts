// A running job of 100 movies.
import { GENERATOR_VERSION } from '@movie-load/movies';
import { type JobItem, jobIdOf, planJob } from '@movie-load/schema';

export const plan = planJob({
  nonce: 'view',
  movies: 100,
  movies_per_message: 1,
  seed: 3,
  generator: GENERATOR_VERSION,
});
export const STARTED = Date.parse('2026-11-25T09:00:00.000Z');
export const job: JobItem = {
  job_id: jobIdOf(plan),
  kind: 'job',
  plan,
  status: 'RUNNING',
  started_on: new Date(STARTED).toISOString(),
  done: new Set([0, 1]),
};
