// `movie-load job <id>`: the plan, each group's ledger as a bar, exact counts, what is missing, who stored what when.
import { messageOfMovie, moviesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { bar, bytes, duration, grouped, printJson, printLine, shown, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { lineOf } from './job-progress.ts';
import type { LookOptions } from './options.ts';
import { type ConsumerTally, consumersOf } from './traces.ts';

interface GroupLine {
  readonly group: number;
  readonly first_movie: number;
  readonly movies: number;
  readonly stored: number;
  readonly expected: number;
  readonly missing: readonly number[];
}

const GROUPS_SHOWN = 100;
const MISSING_SHOWN = 20;

export async function showJob(prefix: string, options: LookOptions): Promise<number> {
  return withSession(options, async (session) => {
    const job = await session.job(prefix);
    const status = await (await session.queue()).status({ signal: session.signal });
    const line = await lineOf(session, job, status);
    const groups = await groupLines(session, job);
    const stored = groups.reduce((sum, group) => sum + group.stored, 0);
    const consumers = await consumersOf(session, job);
    const facts = { ...line, plan: job.plan, plan_token: planToToken(job.plan), messages_stored: stored };
    if (options.json) {
      await printJson({ ...facts, groups, consumers });
      return EXIT.done;
    }
    await printLine(head(facts, line.why));
    await printLine(`\n${groupsText(groups)}`);
    await printLine(`\n${consumersTable(consumers)}`);
    return EXIT.done;
  });
}

type Job = Awaited<ReturnType<Session['job']>>;

async function groupLines({ jobs, signal }: Session, job: Job): Promise<GroupLine[]> {
  const shape = shapeOf(job.plan);
  const lines: GroupLine[] = [];
  for await (const { group, expected, ledger } of jobs.ledgers(job, undefined, { signal })) {
    const movies = moviesOfGroup(job.plan, shape, group);
    const first = messageOfMovie(job.plan, movies.first);
    const has = ledger?.stored ?? new Set<number>();
    const missing = Array.from({ length: expected }, (_, number) => number).filter((number) => !has.has(number));
    lines.push({
      group,
      first_movie: movies.first,
      movies: movies.count,
      stored: has.size,
      expected,
      missing: missing.map((number) => first + number),
    });
  }
  return lines;
}

function head(
  facts: Awaited<ReturnType<typeof lineOf>> & { plan: Job['plan']; plan_token: string; messages_stored: number },
  why: string,
): string {
  const { plan } = facts;
  const lines = [
    ['job', facts.job_id],
    ['state', why ? `${facts.state}: ${why}` : facts.state],
    ['movies', `${grouped(facts.movies)} (seed ${plan.seed}, ${grouped(plan.movies_per_message)} a message)`],
    [
      'messages',
      `${grouped(facts.messages_stored)} of ${grouped(facts.messages)} stored, in ${grouped(facts.groups)} groups`,
    ],
    ['started', facts.started_on],
    ['took', duration(facts.took_ms)],
    ['object', facts.object_key === null ? '–' : `${facts.object_key}, ${bytes(facts.object_bytes ?? 0)}`],
    ['plan token', facts.plan_token],
  ];
  return lines.map(([name = '', value = '']) => `${name.padEnd(11)}${value}`).join('\n');
}

function groupsText(groups: readonly GroupLine[]): string {
  const open = groups.filter(({ missing }) => missing.length > 0);
  // Of a large job the unfinished groups are what one wants to see.
  const chosen = groups.length <= GROUPS_SHOWN ? groups : open.slice(0, GROUPS_SHOWN);
  const text = tableOf(chosen, [
    { title: 'GROUP', right: true, cell: ({ group }) => String(group) },
    { title: 'FIRST MOVIE', right: true, cell: ({ first_movie }) => grouped(first_movie) },
    { title: 'STORED', cell: ({ stored, expected }) => bar(stored / expected) },
    { title: 'MESSAGES', right: true, cell: ({ stored, expected }) => `${stored}/${expected}` },
    { title: 'MISSING', cell: ({ missing }) => missingText(missing) },
  ]);
  const rest = groups.length - chosen.length;
  return rest > 0
    ? `${text}\n… and ${grouped(rest)} more groups (${grouped(groups.length - open.length)} are full)`
    : text;
}

function missingText(missing: readonly number[]): string {
  const some = missing.slice(0, MISSING_SHOWN).join(' ');
  return missing.length > MISSING_SHOWN ? `${some} … (${missing.length})` : some;
}

function consumersTable(consumers: readonly ConsumerTally[]): string {
  return tableOf(consumers, [
    { title: 'CONSUMER', cell: ({ consumer }) => shown(consumer) },
    { title: 'MESSAGES', right: true, cell: ({ messages }) => grouped(messages) },
    { title: 'REDELIVERED', right: true, cell: ({ redelivered }) => grouped(redelivered) },
    { title: 'SENT TO STORED p50', right: true, cell: ({ p50_ms }) => duration(p50_ms) },
    { title: 'p99', right: true, cell: ({ p99_ms }) => duration(p99_ms) },
  ]);
}
