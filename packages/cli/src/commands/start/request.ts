// Validates the options of `start`, and computes the job's plan from them.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { planOf } from '@movie-load/queue/request';
import { type JobPlan, jobIdOf } from '@movie-load/schema';
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
  /** Absolute path. */
  readonly folder: string;
}

const NONCE_BYTES = 8;

/** Throws `UsageError` for the first option that is invalid. */
export function readRequest(options: StartOptions): StartRequest {
  const movies = parseMovies(options);
  const movies_per_message = parseMoviesPerMessage(options.moviesPerMessage);
  const consumers = parseConsumers(options.consumers, 1);
  const seed = options.seed === undefined ? randomBytes(4).readUInt32BE() : parseSeed(options.seed);
  const nonce = randomBytes(NONCE_BYTES).toString('hex');
  const plan = planOf({ nonce, movies, movies_per_message, seed });
  return { plan, jobId: jobIdOf(plan), consumers, folder: resolve(options.out) };
}
