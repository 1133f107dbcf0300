// `movie-load dlq ls` and `movie-load dlq show`: looks without taking anything out.
import { systemClock } from '@movie-load/aws';
import { type DeadLetter, listDeadLetters, type ShownDeadLetter, showDeadLetter } from '@movie-load/queue';
import { MovieLoadError, UsageError } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { bytes, duration, grouped, printJson, printLine, shown, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { type FilterOptions, filterOf } from './filter.ts';

export interface ListOptions extends FilterOptions {
  readonly max: string;
}

export async function listLetters(options: ListOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, 1_000_000);
  return withSession(options, async (session) => {
    const filter = await filterOf(session, options);
    const { dlq, ...look } = await lookOf(session);
    const { letters, unseen } = await listDeadLetters({ dlq, ...look, filter });
    if (options.json) {
      await printJson({
        dead_letters: letters.slice(0, max),
        total: letters.length,
        by_reason: tally(letters),
        unseen,
      });
      return EXIT.done;
    }
    const isFiltered = options.reason !== undefined || options.job !== undefined;
    const { now = systemClock.now() } = await dlq.status({ signal: session.signal });
    if (letters.length > 0) await printLine(lettersText(letters, { max, now }));
    else if (isFiltered || unseen > 0) await printLine('No dead letter matches.');
    else await printLine('The dead-letter queue is empty.');
    if (unseen > 0) {
      await printLine(
        `About ${grouped(unseen)} more could not be seen: SQS shows at most ten of a message group until those before them are gone.`,
      );
    }
    return EXIT.done;
  });
}

async function lookOf(session: Session) {
  const dlq = await session.dlq();
  const peeked = await session.peek(dlq.url);
  const { signal } = session;
  return { dlq, clock: systemClock, signal, ...(peeked && { peek: () => Promise.resolve(peeked) }) };
}

export function tally(letters: readonly DeadLetter[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of letters) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function lettersText(letters: readonly DeadLetter[], { max, now }: { max: number; now: number }): string {
  const table = tableOf(letters.slice(0, max), [
    { title: 'ID', cell: ({ message_id }) => message_id },
    { title: 'REASON', cell: ({ reason }) => reason },
    { title: 'JOB', cell: ({ job_id }) => job_id?.slice(0, 8) ?? '–' },
    { title: 'AGE', right: true, cell: ({ since }) => duration(Math.max(0, now - Date.parse(since))) },
    { title: 'SIZE', right: true, cell: ({ body_bytes }) => bytes(body_bytes) },
    {
      title: 'DETAIL',
      cell: ({ detail, redriven_before }) => shown(`${redriven_before ? 'redriven before: ' : ''}${detail ?? ''}`),
    },
  ]);
  const reasons = Object.entries(tally(letters)).map(([reason, count]) => `${grouped(count)} ${reason}`);
  const cut = letters.length > max ? `\n… and ${grouped(letters.length - max)} more (--max shows more)` : '';
  return `${table}${cut}\n${reasons.join(', ')}`;
}

export async function showLetter(id: string, options: FilterOptions): Promise<number> {
  return withSession(options, async (session) => {
    const { letters, unseen } = await showDeadLetter(id, await lookOf(session));
    const [letter, ...others] = letters;
    const prefix = JSON.stringify(id.slice(0, 40));
    if (letter === undefined) {
      const why = unseen > 0 ? ` About ${grouped(unseen)} could not be seen.` : '';
      throw unseen > 0
        ? new MovieLoadError(
            'no_dead_letter',
            `No dead letter that can be seen has an id that begins with ${prefix}.${why}`,
          )
        : new UsageError(
            `No dead letter's id begins with ${prefix}. \`movie-load dlq ls\` lists those that there are.`,
          );
    }
    if (others.length > 0) throw new UsageError(ambiguous(prefix, letters));
    if (options.json) await printJson(letter);
    else await printLine(letterText(letter));
    return EXIT.done;
  });
}

/** Not all that match are looked for. */
const SURELY_ALL_BELOW = 10;

function ambiguous(prefix: string, letters: readonly DeadLetter[]): string {
  const count = letters.length < SURELY_ALL_BELOW ? grouped(letters.length) : `At least ${grouped(letters.length)}`;
  const some = letters.slice(0, 2).map(({ message_id }) => message_id);
  const more = letters.length > some.length ? ', …' : '';
  return `${count} dead letters' ids begin with ${prefix}: ${some.join(', ')}${more}. Give more characters.`;
}

function letterText({ body, ...letter }: ShownDeadLetter): string {
  const facts = Object.entries(letter).filter(([, value]) => value !== undefined);
  const lines = facts.map(
    ([name, value]) => `${name.padEnd(28)}${shown(typeof value === 'string' ? value : JSON.stringify(value), 200)}`,
  );
  return `${lines.join('\n')}\n\n${shown(body, 20_000)}\n`;
}
