// The producer's HTTP interface, as a program on this machine uses it.
import { type JobPlan, planFromToken } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import { z } from 'zod';

const accepted = z.object({ job_id: z.string(), plan: z.string() });

export interface PostedJob {
  readonly job_id: string;
  readonly plan: JobPlan;
}

export interface JobRequest {
  readonly movies: number;
  readonly movies_per_message?: number | 'auto';
  readonly seed?: number;
}

export const post = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

/** Posts a job; repeats the request while the producer is busy (429). */
export function postJob(url: string, request: JobRequest): Promise<PostedJob> {
  return eventually('the producer takes a job', async () => {
    const response = await post(url, JSON.stringify(request));
    if (response.status === 429) return undefined;
    if (response.status !== 202) throw new Error(`POST /jobs: ${response.status} ${await response.text()}`);
    const { job_id, plan } = accepted.parse(await response.json());
    return { job_id, plan: planFromToken(plan) };
  });
}
