// What `watch` shows on a terminal: the queues always, then as many jobs as there is room for.
import { stripVTControlCharacters } from 'node:util';
import type { JobView } from '@movie-load/operations';
import stringWidth from 'string-width';
import { shortId } from '../../format.ts';
import { jobsTable } from '../../job-lines.ts';
import { bold } from '../../output.ts';
import { type QueueLine, queuesTable } from '../../queue-lines.ts';

export interface Snapshot {
  readonly at: string;
  readonly queues: readonly QueueLine[];
  /** The latest; one more than fits shows that there are more. */
  readonly jobs: readonly JobView[];
}

/** Of the terminal; undefined when it does not say. */
export interface ScreenSize {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
}

/** Time, two queues, the title of the jobs, two empty lines between them, and the line that the cursor is on. */
const OTHER_ROWS = 8;
const MOST_JOBS = 40;
const WIDE_COLUMNS = 120;

export const jobsThatFit = (rows = 24): number => Math.min(Math.max(rows - OTHER_ROWS, 1), MOST_JOBS);

/** No line is wider than the terminal, and no more lines than it has rows. */
export function screenOf({ at, queues, jobs }: Snapshot, { rows, columns = 80 }: ScreenSize): string {
  const isAll = jobs.length <= jobsThatFit(rows);
  const shown = isAll ? jobs : jobs.slice(0, Math.max(1, jobsThatFit(rows) - 1));
  const table =
    columns < WIDE_COLUMNS ? jobsTable(shown.map(withShortId), (iso) => shortTime(iso, at)) : jobsTable(shown);
  const lines = [`${at}  (Ctrl-C ends)`, '', ...queuesTable(queues).split('\n'), '', ...table.split('\n')];
  if (!isAll) lines.push('… and more: movie-load jobs');
  return lines.map((line) => cut(line, columns)).join('\n');
}

const withShortId = (job: JobView): JobView => ({ ...job, job_id: shortId(job.job_id) });

/** Of today the time, of another day the date: so that how far an object is has room in 80 columns. */
const shortTime = (iso: string, now: string): string =>
  iso.slice(0, 10) === now.slice(0, 10) ? iso.slice(11, 19) : iso.slice(0, 10);

/** Only title lines have styles. */
function cut(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  const plain = stripVTControlCharacters(line);
  const short = `${plain.slice(0, columns - 1)}…`;
  return plain === line ? short : bold(short);
}
