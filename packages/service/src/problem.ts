// Problem documents: the errors of every HTTP server of movie-load (RFC 9457).
import { hideCredentials, secretsOf } from '@movie-load/schema';
import type { Context } from 'hono';
import type { z } from 'zod';

/** One problem of a request, and where it is. */
export interface ProblemError {
  readonly detail: string;
  /** JSON pointer into the body, e.g. `#/movies`. */
  readonly pointer?: string;
}

export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 422 | 429 | 500 | 502 | 503;
  /** The same for every problem of this kind. */
  readonly title: string;
  /** What happened in this case, and what to do next. */
  readonly detail?: string;
  /** All problems at once. */
  readonly errors?: readonly ProblemError[];
}

/** Answers with a problem document. */
export function problem(c: Context, { status, title, detail, errors }: Problem): Response {
  const document = { type: 'about:blank', status, title, detail, errors };
  c.header('Cache-Control', 'no-store');
  // Details may quote an error of AWS, or an address of the settings.
  const text = hideCredentials(JSON.stringify(document), secretsOf(process.env));
  return c.body(text, status, { 'Content-Type': 'application/problem+json' });
}

/** All problems that a schema found, as the `errors` of a problem document. */
export function problemErrors(error: z.ZodError): ProblemError[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ detail: 'is not known here', pointer: pointer([...issue.path, key]) }))
      : [{ detail: issue.message, pointer: pointer(issue.path) }],
  );
}

function pointer(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
}
