// Waits until a job is COMPLETE, or until it is certain that it will not be.
import { STALLED_AFTER_MS } from '@movie-load/jobs';
import { EXIT, MovieLoadError, UsageError } from '@movie-load/schema';
import type { Totals } from '../../processes/report-totals.ts';
import { describeExit, type ServiceExit, type ServiceProcess } from '../../processes/service.ts';

const CHECK_EVERY_MS = 2000;

export interface WatchedJob {
  readonly jobId: string;
  readonly movies: number;
  readonly producer: ServiceProcess;
  readonly consumers: readonly ServiceProcess[];
  /** Resolves when the embedded AWS has ended. */
  readonly awsEnded: Promise<void>;
  readonly signal: AbortSignal;
  totals(): Totals;
  /**
   * Reads from the table whether the job is COMPLETE. Called only when all movies are stored and no consumer has
   * reported completion.
   */
  isComplete(): Promise<boolean>;
}

export interface JobWatch {
  /** Call after each report. */
  check(): void;
  /** Resolves when the job is COMPLETE. Rejects with `MovieLoadError` `job_failed`, or the signal's reason. */
  readonly complete: Promise<void>;
}

export function watchJob(job: WatchedJob): JobWatch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let lastProgress = '';
  let progressAt = performance.now();

  const check = () => {
    const totals = job.totals();
    if (totals.completed_jobs.has(job.jobId)) resolve();
    const currentProgress = [
      totals.sent_movies,
      totals.stored_movies,
      totals.assembled_movies,
      totals.redelivered,
    ].join();
    if (currentProgress === lastProgress) return;
    lastProgress = currentProgress;
    progressAt = performance.now();
  };

  const fail = (text: string, ...exits: readonly ServiceExit[]) => {
    // A service that refuses a setting exits with this code: the user must correct the setting.
    const isUsage = exits.some(({ code }) => code === EXIT.usage);
    reject(isUsage ? new UsageError(text) : new MovieLoadError('job_failed', text));
  };
  void job.producer.exited.then((exit) => {
    if (exit.code !== 0) fail(`The producer ${describeExit(exit)}${lastProblemText(job.producer)}`, exit);
  });
  void Promise.all(job.consumers.map(({ exited }) => exited)).then((exits) => {
    check();
    const exitTexts = exits.map(describeExit).join(', ');
    fail(`No consumer is left (${exitTexts})${lastProblemText(...job.consumers)}`, ...exits);
  });
  void job.awsEnded.then(() => fail('The embedded AWS ended. Is there enough memory for a job of this size?'));
  const onAbort = () => reject(job.signal.reason);
  if (job.signal.aborted) onAbort();
  job.signal.addEventListener('abort', onAbort, { once: true });

  const timer = setInterval(() => {
    const idleMs = performance.now() - progressAt;
    if (idleMs > STALLED_AFTER_MS) fail(stalledText(job.totals(), job.movies));
    // The consumer that completed it may have been killed before it could report.
    else if (idleMs > CHECK_EVERY_MS && job.totals().stored_movies >= job.movies) {
      job.isComplete().then((complete) => complete && resolve(), reject);
    }
  }, CHECK_EVERY_MS);

  const complete = promise.finally(() => {
    clearInterval(timer);
    job.signal.removeEventListener('abort', onAbort);
  });
  return { check, complete };
}

function lastProblemText(...processes: readonly ServiceProcess[]): string {
  const problem = processes.map((process) => process.lastProblem()).find((text) => text !== undefined);
  return problem === undefined ? '.' : `: ${problem}`;
}

function stalledText({ sent_movies, stored_movies, dead_lettered }: Totals, movies: number): string {
  const counts = `${sent_movies} of ${movies} movies sent, ${stored_movies} stored, ${dead_lettered} messages dead-lettered`;
  return `No progress for ${STALLED_AFTER_MS / 60_000} minutes (${counts}). LOG_LEVEL=info shows what the services do.`;
}
