// Parses bodies and queries of requests by their schemas; invalid ones are answered with a problem document.
import { errorName } from '@movie-load/aws';
import { MovieLoadError } from '@movie-load/schema';
import { problem, problemErrors } from '@movie-load/service';
import type { Context } from 'hono';
import type { z } from 'zod';

/** Thrown by routes and what they call; `errorResponse` converts it to a problem document. */
export class HttpError extends Error {
  readonly status: 400 | 404 | 409 | 429 | 502 | 503;
  readonly title: string;

  constructor(status: HttpError['status'], title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

class InvalidRequest extends Error {
  readonly error: z.ZodError;
  constructor(error: z.ZodError) {
    super('invalid request');
    this.error = error;
  }
}

export async function parseBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const json: unknown = await c.req.json().catch(() => undefined);
  return parse(schema, json);
}

export function parseQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return parse(schema, c.req.query());
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(parsed.error);
}

/** Names of the errors of our own time limits, thrown directly or by the SDK. */
const TIMEOUT_ERRORS = new Set(['TimeoutError', 'AbortError']);

/** The response for an error that a person at the page can act on; undefined for others, which are only logged. */
export function errorResponse(c: Context, error: unknown): Response | undefined {
  if (error instanceof HttpError) {
    return problem(c, { status: error.status, title: error.title, detail: error.message });
  }
  if (error instanceof InvalidRequest) {
    const errors = problemErrors(error.error);
    const detail = errors.map(({ detail, pointer }) => `${pointer}: ${detail}`).join('; ');
    return problem(c, { status: 400, title: 'Wrong request', detail, errors });
  }
  if (TIMEOUT_ERRORS.has(errorName(error))) {
    const detail = 'Reading took too long: AWS is slow, or many pages read at once. Try again in a moment.';
    return problem(c, { status: 503, title: 'Busy', detail });
  }
  if (error instanceof MovieLoadError) {
    return problem(c, { status: 409, title: 'Not possible', detail: error.message });
  }
  return undefined;
}
