// How far a job is: enqueued, stored, assembled.
import type { Totals } from '../tally.ts';

export interface ProgressState {
  readonly movies: number;
  readonly totals: Totals;
  /** Milliseconds since the job began. */
  readonly elapsedMs: number;
}

/** One of the three stages; a redelivered message can be stored twice, so counts are cut at the job's size. */
export function stagesOf({ movies, totals }: ProgressState) {
  return [
    { label: 'enqueued', done: Math.min(totals.sentMovies, movies) },
    { label: 'stored', done: Math.min(totals.storedMovies, movies) },
    { label: 'assembled', done: Math.min(totals.assembledMovies, movies) },
  ] as const;
}
