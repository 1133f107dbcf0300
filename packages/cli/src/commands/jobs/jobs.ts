// `movie-load jobs`: one line per job, the latest first. `--stalled` is in `stalled.ts`.
import type { QueueStatus } from '@movie-load/aws';
import type { JobView } from '@movie-load/operations';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { formatNumber } from '../../format.ts';
import { jobLines, jobsTable, unreadableText } from '../../job-lines.ts';
import { wholeNumber } from '../../options.ts';
import { printResult } from '../../output.ts';
import { withSession } from '../../session.ts';
import { listStalled } from './stalled.ts';

interface JobsOptions extends CommonOptions {
  readonly limit: string;
  readonly stalled?: boolean;
}

export const addTo = defineCommand('jobs', {
  about: 'List jobs, the latest first.',
  options: [
    ['--limit <n>', 'maximum number of jobs', '20'],
    ['--stalled', 'list only stalled jobs, which do not continue without help; exit code 1 if there are any'],
    jsonOption,
    awsOption,
  ],
  examples: [
    'npm run movie-load -- jobs',
    'npm run movie-load -- jobs --limit 5 --json',
    'npm run movie-load -- jobs --stalled',
  ],
  run,
});

async function run({ limit: text, stalled, ...options }: JobsOptions): Promise<number> {
  const limit = wholeNumber('--limit', text, 1, 1000);
  return withSession(options, (session) => (stalled ? listStalled : list)(session, options, limit));
}

async function list(...[session, options, limit]: Parameters<typeof listStalled>): Promise<number> {
  const { lines, queue, unreadable } = await jobLines(session, limit);
  const table = lines.length === 0 ? '' : jobsTable(lines);
  const text = () => [table, hintText(lines, queue), unreadableText(unreadable)].filter(Boolean).join('\n\n');
  return printResult(options, { jobs: lines, unreadable }, text);
}

/** Explains why a job may be missing from the list: it is in the table only from its first stored message on. */
function hintText(lines: readonly JobView[], { waiting, inFlight }: QueueStatus): string {
  if (waiting > 0 && inFlight === 0) {
    return `${formatNumber(waiting)} messages wait and none is in flight: are consumers running? A job is listed from its first stored message on.`;
  }
  return lines.length === 0 ? 'No job yet. `movie-load produce` sends one.' : '';
}
