// `movie-load job <id>`: the plan, each group's ledger as a bar, exact counts, what is missing, who stored what when.
import { messageOfMovie, moviesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { bytes, duration, grouped, printJson, printLine, shown, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { type GroupLine, groupsText } from './groups.ts';
import { lineOf } from './job-progress.ts';
import type { LookOptions } from './options.ts';
import { type ConsumerTally, consumersOf } from './traces.ts';

export async function showJob(prefix: string, options: LookOptions): Promise<number> {
  return withSession(options, async (session) => {
    const job = await session.job(prefix);
    const status = await (await session.queue()).status({ signal: session.signal });
    const groups = await groupLines(session, job);
    const line = lineOf(job, status, lastStoredOn(groups));
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

function lastStoredOn(groups: readonly GroupLine[]): number | undefined {
  const times = groups.flatMap(({ stored_on }) => (stored_on === null ? [] : [Date.parse(stored_on)]));
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
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
      stored_on: ledger?.stored_on ?? null,
      missing: missing.map((number) => first + number),
    });
  }
  return lines;
}

function head(
  facts: ReturnType<typeof lineOf> & { plan: Job['plan']; plan_token: string; messages_stored: number },
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

function consumersTable(consumers: readonly ConsumerTally[]): string {
  return tableOf(consumers, [
    { title: 'CONSUMER', cell: ({ consumer }) => shown(consumer) },
    { title: 'MESSAGES', right: true, cell: ({ messages }) => grouped(messages) },
    { title: 'REDELIVERED', right: true, cell: ({ redelivered }) => grouped(redelivered) },
    { title: 'SENT TO WRITTEN OUT p50', right: true, cell: ({ p50_ms }) => duration(p50_ms) },
    { title: 'p99', right: true, cell: ({ p99_ms }) => duration(p99_ms) },
  ]);
}
