// The summary of a run: the one line of `--json`, and a text for people.
import { relative } from 'node:path';
import { type JobPlan, shapeOf } from '@movie-load/schema';
import { formatNumber } from '../../format.ts';

export interface CallCounts {
  readonly total: number;
  readonly by_operation: Readonly<Record<string, number>>;
}

/** The line of `--json`. Values of stages that the run did not reach are null or 0. */
export interface Summary {
  readonly job_id: string | null;
  readonly status: 'COMPLETE' | 'FAILED' | 'INTERRUPTED';
  readonly movies: number;
  readonly messages: number;
  readonly groups: number;
  readonly consumers: number;
  readonly seed: number | null;
  readonly file: string | null;
  readonly object_bytes: number;
  readonly sha256: string | null;
  /** Times since the producer accepted the job: until everything was sent, until it was stored, until COMPLETE. */
  readonly seconds: { readonly enqueue: number; readonly store: number; readonly total: number };
  readonly movies_per_second: number;
  /** Requests of producer and consumers, SDK retries and empty receives included. */
  readonly aws_calls: CallCounts;
  /** Requests of this program itself: provisioning, reading the job, download. */
  readonly setup_calls: CallCounts;
  readonly dynamodb_write_units: number;
  /** Messages received with a receive count over 1. */
  readonly redelivered: number;
  readonly dead_lettered: number;
  /** The peak memory of the producer, and of the consumer that used most. */
  readonly peak_rss_bytes: { readonly producer: number; readonly consumer: number };
  readonly error?: string;
}

export const countCalls = (by_operation: Readonly<Record<string, number>>): CallCounts => ({
  total: Object.values(by_operation).reduce((sum, count) => sum + count, 0),
  by_operation,
});

const NO_CALLS = countCalls({});

/** The summary before the run has started. */
export function emptySummary(consumers: number): Summary {
  return {
    job_id: null,
    status: 'FAILED',
    movies: 0,
    messages: 0,
    groups: 0,
    consumers,
    seed: null,
    file: null,
    object_bytes: 0,
    sha256: null,
    seconds: { enqueue: 0, store: 0, total: 0 },
    movies_per_second: 0,
    aws_calls: NO_CALLS,
    setup_calls: NO_CALLS,
    dynamodb_write_units: 0,
    redelivered: 0,
    dead_lettered: 0,
    peak_rss_bytes: { producer: 0, consumer: 0 },
  };
}

/** The part of a summary that follows from the plan. */
export function plannedPart(jobId: string, plan: JobPlan) {
  const { messages, groups } = shapeOf(plan);
  return { job_id: jobId, movies: plan.movies, messages, groups, seed: plan.seed };
}

const formatRounded = (value: number): string => formatNumber(Math.round(value));
const formatPerMovie = (value: number, movies: number): string => (value / movies).toFixed(3);

/** The summary of a complete run as lines for people. */
export function summaryLines(summary: Summary): string[] {
  const { movies, seconds, aws_calls: calls, dead_lettered, redelivered } = summary;
  const file = summary.file === null ? '' : relative(process.cwd(), summary.file);
  return [
    '',
    `COMPLETE  ${formatRounded(movies)} movies in ${formatRounded(summary.messages)} messages and ${formatRounded(summary.groups)} message groups`,
    `  time         ${seconds.total.toFixed(2)} s (${formatRounded(summary.movies_per_second)} movies/s, ${summary.consumers} ${summary.consumers === 1 ? 'consumer' : 'consumers'})`,
    `  AWS calls    ${formatRounded(calls.total)} (${formatRounded((calls.total / movies) * 1000)} per 1,000 movies), and ${summary.setup_calls.total} for setup and monitoring`,
    `  write units  ${formatRounded(summary.dynamodb_write_units)} (${formatPerMovie(summary.dynamodb_write_units, movies)} per movie)`,
    `  redelivered  ${formatRounded(redelivered)}, dead-lettered ${formatRounded(dead_lettered)}`,
    `  job          ${summary.job_id} (seed ${summary.seed})`,
    `  file         ${file} (${formatRounded(summary.object_bytes)} bytes)`,
    `  sha256       ${summary.sha256}`,
    '',
    'Next:',
    `  head -3 ${file}`,
    '  npm start -- --movies 200000 --movies-per-message auto',
    '  npm run movie-load -- up                    keeps an embedded AWS running, with a page that shows it',
    '',
    'The embedded AWS of this run has ended, and the job is deleted with it; the file stays.',
  ];
}
