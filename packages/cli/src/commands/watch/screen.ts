// The terminal screen of `watch`: the queues, then as many jobs as fit.
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
  /** The latest jobs. With one more than fits, the screen shows that there are more. */
  readonly jobs: readonly JobView[];
}

/** Size of the terminal; undefined when it is unknown. */
export interface ScreenSize {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
}

/** The time, two queues, the title of the jobs, two empty lines between them, and the cursor's line. */
const FIXED_ROWS = 8;
const MAX_JOBS = 40;
const WIDE_COLUMNS = 120;

export const jobsThatFit = (rows = 24): number => Math.min(Math.max(rows - FIXED_ROWS, 1), MAX_JOBS);

/** The screen as text that fits into the terminal's columns and rows. */
export function screenText({ at, queues, jobs }: Snapshot, { rows, columns = 80 }: ScreenSize): string {
  const hasAll = jobs.length <= jobsThatFit(rows);
  const shown = hasAll ? jobs : jobs.slice(0, Math.max(1, jobsThatFit(rows) - 1));
  const table =
    columns < WIDE_COLUMNS ? jobsTable(shown.map(withShortId), (iso) => shortTime(iso, at)) : jobsTable(shown);
  const lines = [`${at}  (Ctrl-C ends)`, '', ...queuesTable(queues).split('\n'), '', ...table.split('\n')];
  if (!hasAll) lines.push('… and more: movie-load jobs');
  return lines.map((line) => cutLine(line, columns)).join('\n');
}

const withShortId = (job: JobView): JobView => ({ ...job, job_id: shortId(job.job_id) });

/** Shows the time of today or the date of another day: this leaves room for an object's progress in 80 columns. */
const shortTime = (iso: string, now: string): string =>
  iso.slice(0, 10) === now.slice(0, 10) ? iso.slice(11, 19) : iso.slice(0, 10);

/** Cuts a line that has no styles; only titles have styles. */
function cutLine(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  const plain = stripVTControlCharacters(line);
  const short = `${plain.slice(0, columns - 1)}…`;
  return plain === line ? short : bold(short);
}
