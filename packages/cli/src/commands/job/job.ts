// `movie-load job <id>`: shows the plan, each group's ledger as a bar, exact counts, missing messages, consumers.

import { type JobUsage, type JobView, jobUsage, observeUpload, uploadText, usageText } from '@movie-load/operations';
import { EXIT, type JobItem, messageOfMovie, moviesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { bytes, duration, grouped, shown } from '../../format.ts';
import { lineOf } from '../../job-lines.ts';
import { printJsonList, printLine, tableOf } from '../../output.ts';
import { type Session, withSession } from '../../session.ts';
import { type ConsumerCounts, consumersOf } from './consumers.ts';
import { type GroupCounts, type GroupLine, groupsText, isShown } from './groups.ts';

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
    const counts: Counts = { groups: 0, open: 0, stored: 0, lastStoredOn: undefined };
    // Reads group by group: a job may have a million groups, and only some are collected for the text.
    const groups = counted(groupLines(session, job), counts);
    const readFacts = async () => {
      const upload = await observeUpload(session.jobs, job, session);
      const { consumers, stored } = await consumersOf(session, job);
      return {
        ...lineOf(job, status, { lastStoredOn: counts.lastStoredOn, upload }),
        messages_stored: counts.stored,
        used: jobUsage(job.plan, job.status === 'COMPLETE', stored),
        consumers,
      };
    };
    if (options.json) {
      await printJsonList({ job_id: job.job_id, ...plan }, 'groups', groups, {
        async after() {
          const { job_id, groups: count, ...rest } = await readFacts();
          return rest;
        },
      });
      return EXIT.ok;
    }
    const shownGroups: GroupLine[] = [];
    for await (const line of groups) {
      if (isShown(line, shapeOf(job.plan).groups, shownGroups.length)) shownGroups.push(line);
    }
    const facts = await readFacts();
    await printLine(factsText({ ...facts, ...plan }));
    await printLine(`\n${groupsText(shownGroups, counts)}`);
    await printLine(`\n${consumersTable(facts.consumers)}`);
    return EXIT.ok;
  });
}

/** Sums over the groups read so far. */
interface Counts extends GroupCounts {
  groups: number;
  open: number;
  /** Messages. */
  stored: number;
  /** Milliseconds since the epoch; undefined when nothing is stored. */
  lastStoredOn: number | undefined;
}

async function* counted(lines: AsyncIterable<GroupLine>, counts: Counts): AsyncGenerator<GroupLine> {
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
    const first = messageOfMovie(job.plan, movies.first);
    const has = ledger?.stored ?? new Set<number>();
    const missing = Array.from({ length: expected }, (_, number) => number).filter((number) => !has.has(number));
    yield {
      group,
      first_movie: movies.first,
      movies: movies.count,
      stored: has.size,
      expected,
      stored_on: ledger?.stored_on ?? null,
      missing: missing.map((number) => first + number),
    };
  }
}

interface Facts extends JobView {
  readonly plan: JobItem['plan'];
  readonly plan_token: string;
  readonly messages_stored: number;
  readonly used: JobUsage;
}

function factsText({ plan, ...facts }: Facts): string {
  const lines = [
    ['job', facts.job_id],
    ['state', facts.why ? `${facts.state}: ${facts.why}` : facts.state],
    ['movies', `${grouped(facts.movies)} (seed ${plan.seed}, ${grouped(plan.movies_per_message)} a message)`],
    [
      'messages',
      `${grouped(facts.messages_stored)} of ${grouped(facts.messages)} stored, in ${grouped(facts.groups)} groups`,
    ],
    ['started', facts.started_on],
    ['took', duration(facts.took_ms)],
    ['object', objectText(facts)],
    ['used', usageText(facts.used)],
    ['plan token', facts.plan_token],
  ];
  return lines.map(([name = '', value = '']) => `${name.padEnd(11)}${value}`).join('\n');
}

function objectText(job: JobView): string {
  if (job.object_key === null) return uploadText(job) ?? '–';
  const parts = job.object_parts === 1 ? '' : ` in ${grouped(job.object_parts)} parts`;
  return `${job.object_key}, ${bytes(job.object_bytes ?? 0)}${parts}`;
}

function consumersTable(consumers: readonly ConsumerCounts[]): string {
  return tableOf(consumers, [
    { title: 'CONSUMER', cell: ({ consumer }) => shown(consumer) },
    { title: 'MESSAGES', right: true, cell: ({ messages }) => grouped(messages) },
    { title: 'REDELIVERED', right: true, cell: ({ redelivered }) => grouped(redelivered) },
    { title: 'SENT TO WRITTEN OUT p50', right: true, cell: ({ p50_ms }) => duration(p50_ms) },
    { title: 'p99', right: true, cell: ({ p99_ms }) => duration(p99_ms) },
  ]);
}
