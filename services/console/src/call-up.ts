// Calls the HTTP servers of `movie-load up` (control, lab) with their tokens. Throws the reason of an error response.
import { directFetch } from '@movie-load/aws';
import { MovieLoadError, parseJson } from '@movie-load/schema';
import { z } from 'zod';

export interface UpRequest {
  readonly method: 'POST' | 'DELETE';
  readonly body?: object;
}

export interface UpTarget {
  readonly url: string;
  readonly token: string | undefined;
}

/** The first request for lessons loads them, which takes some seconds on a busy machine. */
export const UP_TIMEOUT_MS = 20_000;

const refusalSchema = z.object({ error: z.string() });

export const fetchOptions = (token: string | undefined, request?: UpRequest) => ({
  headers: {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(request?.body && { 'content-type': 'application/json' }),
  },
  ...(request && { method: request.method }),
  ...(request?.body && { body: JSON.stringify(request.body) }),
});

/** Calls the URL and parses the response by the schema. Throws `MovieLoadError` `control_refused` if it is an error. */
export async function callUp<T extends z.ZodType>(
  { url, token }: UpTarget,
  schema: T,
  request?: UpRequest,
  timeoutMs = UP_TIMEOUT_MS,
): Promise<z.infer<T>> {
  const response = await directFetch(url, { ...fetchOptions(token, request), signal: AbortSignal.timeout(timeoutMs) });
  const body = await response.text();
  if (!response.ok) throw refusalError(body, response.status);
  return schema.parse(parseJson(body));
}

/** The error for a response with an error status; its message is the reason in the body. */
export function refusalError(body: string, status: number | undefined): MovieLoadError {
  const { data } = refusalSchema.safeParse(parseJson(body));
  return new MovieLoadError('control_refused', data?.error ?? `movie-load up answered ${status}.`);
}
