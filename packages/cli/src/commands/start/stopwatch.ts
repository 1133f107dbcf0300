// Measures when a job reached each stage.
import type { JobItem } from '@movie-load/schema';
import type { Totals } from '../../processes/report-totals.ts';
import type { Summary } from './summary.ts';

export interface Stopwatch {
  /** Call after each report, with the instant of the report. */
  update(totals: Totals, at: number): void;
  /** Milliseconds since the stopwatch was created. */
  elapsedMs(): number;
  /** Times of a COMPLETE job, from the exact instants in its item; reports arrive only every 250 ms. */
  times(job: Pick<JobItem, 'started_on' | 'completed_on'>): Pick<Summary, 'seconds' | 'movies_per_second'>;
  /** Times of a job that did not become COMPLETE. */
  timesSoFar(): Pick<Summary, 'seconds' | 'movies_per_second'>;
}

export function createStopwatch(movies: number, now: () => number = Date.now): Stopwatch {
  const beganAt = now();
  let sentAt: number | undefined;
  let storedAt: number | undefined;

  /** A stage takes at least 1 ms, and no longer than the whole: the report that shows its end may come after `to`. */
  const timesBetween = (from: number, to: number) => {
    const secondsUntil = (at: number | undefined) =>
      Math.min(Math.max((at ?? to) - from, 1), Math.max(to - from, 1)) / 1000;
    const total = secondsUntil(to);
    return {
      seconds: { enqueue: secondsUntil(sentAt), store: secondsUntil(storedAt), total },
      movies_per_second: Math.round((movies / total) * 10) / 10,
    };
  };

  return {
    update({ sent_movies, stored_movies }, at) {
      if (sent_movies >= movies) sentAt ??= at;
      if (stored_movies >= movies) storedAt ??= at;
    },
    elapsedMs: () => now() - beganAt,
    times: ({ started_on, completed_on }) =>
      timesBetween(Date.parse(started_on), completed_on === undefined ? now() : Date.parse(completed_on)),
    timesSoFar: () => ({ ...timesBetween(beganAt, now()), movies_per_second: 0 }),
  };
}
