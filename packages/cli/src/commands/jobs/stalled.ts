// `movie-load jobs --stalled`: for people and for scheduled checks. Exit code 0 when no job is stalled, else 1.
import { type JobView, unfinishedJobs } from '@movie-load/operations';
import { EXIT } from '@movie-load/schema';
import type { CommonOptions } from '../../command.ts';
import { countOf, grouped, shortId } from '../../format.ts';
import { beforeSecondRead, jobsTable, unreadableText } from '../../job-lines.ts';
import { printResult } from '../../output.ts';
import type { Session } from '../../session.ts';

interface Found {
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
    atMost: Number.POSITIVE_INFINITY,
    beforeSecondRead: () => beforeSecondRead(session),
    signal,
  });
  const inState = (state: JobView['state']) => jobs.filter((job) => job.state === state);
  const stalled = inState('stalled');
  const [waiting, running] = [inState('waiting').length, inState('RUNNING').length];
  const shown = stalled.slice(0, limit);
  const found: Found = { stalled: stalled.length, waiting, running, examined, unreadable };
  await printResult(options, { jobs: shown, ...found }, () => stalledText(shown, found));
  return stalled.length === 0 ? EXIT.ok : EXIT.failed;
}

function stalledText(shown: readonly JobView[], { stalled, waiting, running, examined, unreadable }: Found): string {
  const [first] = shown;
  const more = stalled - shown.length;
  return [
    ...(first === undefined ? [] : [jobsTable(shown)]),
    ...(more > 0 ? [`… and ${grouped(more)} more`] : []),
    `${countOf(examined, 'job')} in all: ${grouped(stalled)} stalled, ${grouped(running)} running, ${grouped(waiting)} waiting for the queue.`,
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
