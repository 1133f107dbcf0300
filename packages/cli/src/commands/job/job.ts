// `movie-load job <id>`: shows the plan, each group's ledger as a bar, exact counts, missing messages, consumers.

import { type JobUsage, type JobView, jobUsage, observeUpload, uploadText, usageText } from '@movie-load/operations';
import { EXIT, type JobItem, messageOfMovie, moviesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { formatBytes, formatDuration, formatNumber, printable } from '../../format.ts';
import { currentJobView } from '../../job-lines.ts';
import { printJsonList, printLine, tableOf } from '../../output.ts';
import { type Session, withSession } from '../../session.ts';
import { type ConsumerCounts, readConsumers } from './consumers.ts';
import { type GroupCounts, type GroupLine, groupsText, shouldShowGroup } from './groups.ts';

export const addTo = defineCommand('job <id>', {
  about: 'Show a job: its plan, its message groups, what is missing, and which consumers stored it.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- job 3f2a', 'npm -s run movie-load -- job 3f2a --json | head -c 300'],
  run: showJob,
});

async function showJob(prefix: string, options: CommonOptions): Promise<number> {
  return withSession(options, async (session) => {
    const job = await session.job(prefix);
    const status = await (await session.queue()).status({ signal: session.signal });
    const plan = { plan: job.plan, plan_token: planToToken(job.plan) };
    const counts: GroupSums = { groups: 0, open: 0, stored: 0, lastStoredOn: undefined };
    // Groups are read one by one, because a job may have a million. Only those that are shown are kept.
    const groups = countGroups(groupLines(session, job), counts);
    const readDetails = async () => {
      const upload = await observeUpload(session.jobs, job, session);
      const { consumers, stored } = await readConsumers(session, job);
      return {
        ...currentJobView(job, status, { lastStoredOn: counts.lastStoredOn, upload }),
        messages_stored: counts.stored,
        used: jobUsage(job.plan, job.status === 'COMPLETE', stored),
        consumers,
      };
    };
    if (options.json) {
      await printJsonList({ job_id: job.job_id, ...plan }, 'groups', groups, {
        async after() {
          // The id is printed at the start, and `groups` is the list.
          const { job_id, groups: count, ...members } = await readDetails();
          return members;
        },
      });
      return EXIT.ok;
    }
    const shownGroups: GroupLine[] = [];
    for await (const line of groups) {
      if (shouldShowGroup(line, shapeOf(job.plan).groups, shownGroups.length)) shownGroups.push(line);
    }
    const details = await readDetails();
    await printLine(detailsText({ ...details, ...plan }));
    await printLine(`\n${groupsText(shownGroups, counts)}`);
    await printLine(`\n${consumersTable(details.consumers)}`);
    return EXIT.ok;
  });
}

/** Sums over the groups read so far. */
interface GroupSums extends GroupCounts {
  groups: number;
  open: number;
  /** Messages. */
  stored: number;
  /** Milliseconds since the epoch; undefined when nothing is stored. */
  lastStoredOn: number | undefined;
}

async function* countGroups(lines: AsyncIterable<GroupLine>, counts: GroupSums): AsyncGenerator<GroupLine> {
  for await (const line of lines) {
    counts.groups += 1;
    counts.open += line.missing.length > 0 ? 1 : 0;
    counts.stored += line.stored;
    if (line.stored_on !== null) counts.lastStoredOn = Math.max(counts.lastStoredOn ?? 0, Date.parse(line.stored_on));
    yield line;
  }
}

async function* groupLines({ jobs, signal }: Session, job: JobItem): AsyncGenerator<GroupLine> {
  const shape = shapeOf(job.plan);
  for await (const { group, expected, ledger } of jobs.ledgers(job, undefined, { signal })) {
    const movies = moviesOfGroup(job.plan, shape, group);
    const firstMessage = messageOfMovie(job.plan, movies.first);
    const storedNumbers = ledger?.stored ?? new Set<number>();
    const missing = Array.from({ length: expected }, (_, number) => number).filter(
      (number) => !storedNumbers.has(number),
    );
    yield {
      group,
      first_movie: movies.first,
      movies: movies.count,
      stored: storedNumbers.size,
      expected,
      stored_on: ledger?.stored_on ?? null,
      missing: missing.map((number) => firstMessage + number),
    };
  }
}

interface JobDetails extends JobView {
  readonly plan: JobItem['plan'];
  readonly plan_token: string;
  readonly messages_stored: number;
  readonly used: JobUsage;
}

function detailsText({ plan, ...details }: JobDetails): string {
  const lines = [
    ['job', details.job_id],
    ['state', details.why ? `${details.state}: ${details.why}` : details.state],
    [
      'movies',
      `${formatNumber(details.movies)} (seed ${plan.seed}, ${formatNumber(plan.movies_per_message)} a message)`,
    ],
    [
      'messages',
      `${formatNumber(details.messages_stored)} of ${formatNumber(details.messages)} stored, in ${formatNumber(details.groups)} groups`,
    ],
    ['started', details.started_on],
    ['took', formatDuration(details.took_ms)],
    ['object', objectText(details)],
    ['used', usageText(details.used)],
    ['plan token', details.plan_token],
  ];
  return lines.map(([name = '', value = '']) => `${name.padEnd(11)}${value}`).join('\n');
}

function objectText(job: JobView): string {
  if (job.object_key === null) return uploadText(job) ?? '–';
  const parts = job.object_parts === 1 ? '' : ` in ${formatNumber(job.object_parts)} parts`;
  return `${job.object_key}, ${formatBytes(job.object_bytes ?? 0)}${parts}`;
}

function consumersTable(consumers: readonly ConsumerCounts[]): string {
  return tableOf(consumers, [
    { title: 'CONSUMER', cell: ({ consumer }) => printable(consumer) },
    { title: 'MESSAGES', right: true, cell: ({ messages }) => formatNumber(messages) },
    { title: 'REDELIVERED', right: true, cell: ({ redelivered }) => formatNumber(redelivered) },
    { title: 'SENT TO STORED p50', right: true, cell: ({ p50_ms }) => formatDuration(p50_ms) },
    { title: 'p99', right: true, cell: ({ p99_ms }) => formatDuration(p99_ms) },
  ]);
}
