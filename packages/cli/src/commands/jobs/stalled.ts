// `movie-load jobs --stalled`: lists stalled jobs, for people and scheduled checks. Exit code 0 when there are none, else 1.
import { type JobView, unfinishedJobs } from '@movie-load/operations';
import { EXIT } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { formatCount, formatNumber, shortId } from '../../format.ts';
import { beforeSecondRead, jobsTable, unreadableText } from '../../job-lines.ts';
import { printResult } from '../../output.ts';
import type { Session } from '../../session.ts';

interface StateCounts {
  readonly stalled: number;
  readonly waiting: number;
  readonly running: number;
  /** The number of jobs that were examined, including COMPLETE ones. */
  readonly examined: number;
  readonly unreadable: number;
}

/** @param limit maximum number of stalled jobs in the list */
export async function listStalled(session: Session, options: CommonOptions, limit: number): Promise<number> {
  const { jobs: store, signal } = session;
  const queue = await session.queue();
  const { jobs, examined, unreadable } = await unfinishedJobs(store, {
    queue: () => queue.status({ signal }),
    maxJobs: Number.POSITIVE_INFINITY,
    beforeSecondRead: () => beforeSecondRead(session),
    signal,
  });
  const inState = (state: JobView['state']) => jobs.filter((job) => job.state === state);
  const stalled = inState('stalled');
  const [waiting, running] = [inState('waiting').length, inState('RUNNING').length];
  const shown = stalled.slice(0, limit);
  const counts: StateCounts = { stalled: stalled.length, waiting, running, examined, unreadable };
  await printResult(options, { jobs: shown, ...counts }, () => stalledText(shown, counts));
  return stalled.length === 0 ? EXIT.ok : EXIT.failed;
}

function stalledText(
  shown: readonly JobView[],
  { stalled, waiting, running, examined, unreadable }: StateCounts,
): string {
  const [first] = shown;
  const hiddenCount = stalled - shown.length;
  return [
    ...(first === undefined ? [] : [jobsTable(shown)]),
    ...(hiddenCount > 0 ? [`… and ${formatNumber(hiddenCount)} more`] : []),
    `${formatCount(examined, 'job')} in all: ${formatNumber(stalled)} stalled, ${formatNumber(running)} running, ${formatNumber(waiting)} waiting for the queue.`,
    ...(first === undefined
      ? []
      : [
          `\`movie-load dlq ls\` shows whether their messages are dead letters, \`movie-load resume ${shortId(first.job_id)}\` sends what is missing.`,
        ]),
    unreadableText(unreadable),
  ]
    .filter(Boolean)
    .join('\n');
}
