// Starts a job by the producer's `POST /jobs`; plans it with the same arithmetic as the producer.
import { directFetch } from '@movie-load/aws';
import { planOf } from '@movie-load/queue/request';
import { type JobPlan, urlWithoutSecrets } from '@movie-load/schema';
import { z } from 'zod';
import type { StartedJob, StartJob } from './api.ts';
import { HttpError } from './http-body.ts';
import { urlBelow } from './service-reports.ts';

const TIMEOUT_MS = 15_000;
/** In the producer's response the plan token is named `plan`. */
const startedSchema = z
  .object({ job_id: z.string().max(64), plan: z.string().max(1024) })
  .transform(({ job_id, plan }) => ({ job_id, plan_token: plan }));
const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ detail: z.string(), pointer: z.string().optional() })).default([]),
});

/** Throws `HttpError` when the producer refuses or does not answer. */
export async function startJob(producerUrl: string | undefined, request: StartJob): Promise<StartedJob> {
  if (producerUrl === undefined) {
    throw new HttpError(
      503,
      'No producer',
      'Set PRODUCER_URL to the address of a producer, e.g. http://127.0.0.1:8081.',
    );
  }
  let response: Response;
  try {
    response = await directFetch(urlBelow(producerUrl, '/jobs'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new HttpError(
      502,
      'The producer does not answer',
      `Nothing answers at ${urlWithoutSecrets(producerUrl)}. Is the producer running?`,
    );
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return startedSchema.parse(body);
  const problem = problemSchema.safeParse(body).data;
  const errors =
    problem?.errors.map(({ detail, pointer = '' }) => `${pointer.replace('#/', '')} ${detail}`.trim()) ?? [];
  const problems = [problem?.detail ?? problem?.title ?? `The producer answered ${response.status}.`, ...errors];
  const detail = problems.join(' ');
  throw new HttpError(response.status === 400 ? 400 : response.status === 429 ? 429 : 502, 'Not started', detail);
}

/** The plan that a request would get, except for its nonce. */
export const previewPlan = (request: StartJob): JobPlan => planOf({ ...request, nonce: 'preview' });
