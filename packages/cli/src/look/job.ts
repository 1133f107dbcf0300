// `movie-load job <id>`: the plan, each group's ledger as a bar, exact counts, what is missing, who stored what when.
import { messageOfMovie, moviesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { bytes, duration, grouped, print, printLine, shown, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { type GroupLine, groupsText, isShown } from './groups.ts';
import { lineOf } from './job-progress.ts';
import type { LookOptions } from './options.ts';
import { type ConsumerTally, consumersOf } from './traces.ts';

/** In the JSON, before what is known only when all groups are read. */
const WRITTEN_BEFORE = new Set(['job_id', 'plan', 'plan_token', 'groups']);

export async function showJob(prefix: string, options: LookOptions): Promise<number> {
  return withSession(options, async (session) => {
    const job = await session.job(prefix);
    const status = await (await session.queue()).status({ signal: session.signal });
    const plan = { plan: job.plan, plan_token: planToToken(job.plan) };
    // Group by group: a job may have a million of them, and only some are kept for people.
    if (options.json) await print(`${JSON.stringify({ job_id: job.job_id, ...plan }).slice(0, -1)},"groups":[`);
    const shown: GroupLine[] = [];
    const sum = { groups: 0, open: 0, stored: 0 };
    let lastStoredOn: number | undefined;
    for await (const line of groupLines(session, job)) {
      if (options.json) await print(`${sum.groups === 0 ? '' : ','}${JSON.stringify(line)}`);
      else if (isShown(line, shapeOf(job.plan).groups, shown.length)) shown.push(line);
      sum.groups += 1;
      sum.open += line.missing.length > 0 ? 1 : 0;
      sum.stored += line.stored;
      if (line.stored_on !== null) lastStoredOn = Math.max(lastStoredOn ?? 0, Date.parse(line.stored_on));
    }
    const line = lineOf(job, status, lastStoredOn);
    const consumers = await consumersOf(session, job);
    const facts = { ...line, ...plan, messages_stored: sum.stored };
    if (options.json) {
      const rest = Object.entries(facts).filter(([name]) => !WRITTEN_BEFORE.has(name));
      await print(`],${JSON.stringify({ ...Object.fromEntries(rest), consumers }).slice(1)}\n`);
      return EXIT.done;
    }
    await printLine(head(facts, line.why));
    await printLine(`\n${groupsText(shown, sum)}`);
    await printLine(`\n${consumersTable(consumers)}`);
    return EXIT.done;
  });
}

type Job = Awaited<ReturnType<Session['job']>>;

async function* groupLines({ jobs, signal }: Session, job: Job): AsyncGenerator<GroupLine> {
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
