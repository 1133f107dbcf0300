// Calls `movie-load up` and the lab of its embedded AWS with a token; a refusal becomes a sentence.
import { directFetch } from '@movie-load/aws';
import { MovieLoadError, parseJson } from '@movie-load/schema';
import { z } from 'zod';

export interface UpRequest {
  readonly method: 'POST' | 'DELETE';
  readonly body?: object;
}

export interface UpPlace {
  readonly url: string;
  readonly token: string | undefined;
}

/** The first request for lessons loads them, which takes some seconds on a busy machine. */
export const UP_LIMIT_MS = 20_000;

const refusalSchema = z.object({ error: z.string() });

export const requestOf = (token: string | undefined, request?: UpRequest) => ({
  headers: {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(request?.body && { 'content-type': 'application/json' }),
  },
  ...(request && { method: request.method }),
  ...(request?.body && { body: JSON.stringify(request.body) }),
});

/** Parses the response by its schema. Throws `MovieLoadError` `control_refused`. */
export async function ask<T extends z.ZodType>(
  { url, token }: UpPlace,
  schema: T,
  request?: UpRequest,
  limitMs = UP_LIMIT_MS,
): Promise<z.infer<T>> {
  const response = await directFetch(url, { ...requestOf(token, request), signal: AbortSignal.timeout(limitMs) });
  const answer = await response.text();
  if (!response.ok) throw refused(answer, response.status);
  return schema.parse(parseJson(answer));
}

export function refused(answer: string, status: number | undefined): MovieLoadError {
  const { data } = refusalSchema.safeParse(parseJson(answer));
  return new MovieLoadError('control_refused', data?.error ?? `movie-load up answered ${status}.`);
}
