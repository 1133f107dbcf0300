// A job's item as the page shows it.
import { type JobItem, planToToken, shapeOf } from '@movie-load/schema';
import type { JobState, JobView } from './api.ts';

export interface StateOf {
  readonly state: JobState;
  readonly why: string | null;
}

export function toJobView(job: JobItem, percent: number, { state, why }: StateOf, now: number): JobView {
  const { plan, started_on, completed_on } = job;
  const { messages, groups } = shapeOf(plan);
  const end = completed_on === undefined ? now : Date.parse(completed_on);
  return {
    job_id: job.job_id,
    state,
    why,
    movies: plan.movies,
    movies_per_message: plan.movies_per_message,
    seed: plan.seed,
    messages,
    groups,
    group_size: plan.group_size,
    percent: state === 'COMPLETE' ? 100 : Math.min(99, Math.floor(percent)),
    started_on,
    completed_on: completed_on ?? null,
    seconds: Math.max(0, end - Date.parse(started_on)) / 1000,
    object_key: job.object_key ?? null,
    object_bytes: job.object_bytes ?? null,
    plan_token: planToToken(plan),
  };
}
