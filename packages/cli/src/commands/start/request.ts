// What `start` was asked for, checked, and the job that follows from it.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { AUTO_MOVIES_PER_MESSAGE, GENERATOR_VERSION } from '@movie-load/movies';
import { type JobPlan, jobIdOf, planJob } from '@movie-load/schema';
import { parseConsumers, parseMovies, parseMoviesPerMessage, parseSeed } from '../../options.ts';

export interface StartOptions {
  readonly movies: string;
  readonly moviesPerMessage: string;
  readonly consumers: string;
  readonly seed?: string;
  readonly out: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

export interface StartRequest {
  readonly plan: JobPlan;
  readonly jobId: string;
  readonly consumers: number;
  /** Absolute. */
  readonly folder: string;
}

const NONCE_BYTES = 8;

/** Throws `UsageError` for the first option that is invalid. */
export function readRequest(options: StartOptions): StartRequest {
  const movies = parseMovies(options);
  const perMessage = parseMoviesPerMessage(options.moviesPerMessage);
  const consumers = parseConsumers(options.consumers, 1);
  const seed = options.seed === undefined ? randomBytes(4).readUInt32BE() : parseSeed(options.seed);
  const plan = planJob({
    nonce: randomBytes(NONCE_BYTES).toString('hex'),
    movies,
    movies_per_message: perMessage === 'auto' ? AUTO_MOVIES_PER_MESSAGE : perMessage,
    seed,
    generator: GENERATOR_VERSION,
  });
  return { plan, jobId: jobIdOf(plan), consumers, folder: resolve(options.out) };
}
