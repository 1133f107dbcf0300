// A request for a job, from a command line, an HTTP body or a page, and its plan. `index.ts` does not export it, so
// that programs that only make plans do not load the code that sends.
import { createHash } from 'node:crypto';
import { AUTO_MOVIES_PER_MESSAGE, GENERATOR_VERSION } from '@movie-load/movies';
import { type JobPlan, MAX_MOVIES, MAX_MOVIES_PER_MESSAGE, MAX_SEED, planJob } from '@movie-load/schema';
import { z } from 'zod';

/** Larger jobs need a confirmation. */
export const CONFIRM_ABOVE_MOVIES = 1_000_000;

/** A text that distinguishes jobs whose other parameters are equal. */
export const nonceSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, underscores or hyphens');

export interface JobRequest {
  readonly movies: number;
  readonly movies_per_message: number | 'auto';
  readonly seed?: number | undefined;
  readonly nonce: string;
  /** The approximate number of message groups; see `PlanRequest`. */
  readonly groups?: number | undefined;
}

/** The plan of a request. The same request always has the same plan. */
export function planOf({ movies, movies_per_message, seed, nonce, groups }: JobRequest): JobPlan {
  return planJob({
    nonce,
    movies,
    groups,
    movies_per_message: movies_per_message === 'auto' ? AUTO_MOVIES_PER_MESSAGE : movies_per_message,
    seed: seed ?? seedOf(nonce),
    generator: GENERATOR_VERSION,
  });
}

/** The seed of a request without one. It follows from the nonce, because a restart must send the same movies. */
function seedOf(nonce: string): number {
  return createHash('sha256').update(nonce).digest().readUInt32BE(0);
}

const wholeNumber = (min: number, max: number) => {
  const text = `must be a whole number from ${min} to ${max}`;
  return z.int(text).min(min, text).max(max, text);
};

/** The body of `POST /jobs`, which producers and the console accept. */
export const jobRequestSchema = z.strictObject({
  movies: wholeNumber(1, MAX_MOVIES),
  movies_per_message: z
    .union([z.literal('auto'), wholeNumber(1, MAX_MOVIES_PER_MESSAGE)], {
      error: `must be "auto" or a whole number from 1 to ${MAX_MOVIES_PER_MESSAGE}`,
    })
    .default(1),
  seed: wholeNumber(0, MAX_SEED).optional(),
  /** Requests with the same nonce and the same numbers mean the same job. */
  nonce: nonceSchema.optional(),
  /** Confirms a job of more than `CONFIRM_ABOVE_MOVIES` movies. */
  yes: z.boolean('must be true or false').optional(),
});

/** True when a body requests a large job without `yes: true`, whatever its other errors. */
export function needsYes(body: unknown): boolean {
  const parsed = z.object({ movies: z.number(), yes: z.unknown().optional() }).safeParse(body);
  return parsed.success && parsed.data.movies > CONFIRM_ABOVE_MOVIES && parsed.data.yes !== true;
}
