// `movie-load dlq ls` and `movie-load dlq show`: looks without taking anything out.
import { systemClock } from '@movie-load/aws';
import {
  type DeadLetter,
  type DeadLetterList,
  listDeadLetters,
  type ShownDeadLetter,
  showDeadLetter,
  toDeadLetter,
} from '@movie-load/queue';
import { MovieLoadError, UsageError } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { bytes, duration, grouped, print, printLine, shown, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { type FilterOptions, filterOf } from './filter.ts';

export interface ListOptions extends FilterOptions {
  readonly max: string;
}

export async function listLetters(options: ListOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, 1_000_000);
  return withSession(options, async (session) => {
    const filter = await filterOf(session, options);
    // People see no attributes.
    const look = await lookOf(session, options.json ? LISTED_CHARACTERS : LOOKED_AT_CHARACTERS);
    const list = await listDeadLetters({ ...look, filter, max });
    const { letters, unseen } = list;
    if (options.json) {
      await printListJson(list);
      return EXIT.done;
    }
    const isFiltered = options.reason !== undefined || options.job !== undefined;
    const { now = systemClock.now() } = await look.dlq.status({ signal: session.signal });
    if (letters.length > 0) await printLine(lettersText(list, now));
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

/** Of a body and each attribute: enough for the job's id and a consumer's reasons; and for attributes that people write. */
const LOOKED_AT_CHARACTERS = 2000;
const LISTED_CHARACTERS = 20_000;

async function lookOf(session: Session, characters: number) {
  const dlq = await session.dlq();
  const { signal } = session;
  const peeked = await session.peek(dlq.url, { characters, signal });
  return { dlq, clock: systemClock, signal, ...(peeked && { peek: () => Promise.resolve(peeked) }) };
}

/** One document, letter by letter: together they may be longer than a text can be. */
async function printListJson({ letters, total, byReason, unseen }: DeadLetterList): Promise<void> {
  const facts = { total, left_out: total - letters.length, by_reason: byReason, unseen };
  await print(`${JSON.stringify(facts).slice(0, -1)},"dead_letters":[`);
  for (const [index, letter] of letters.entries()) await print(`${index === 0 ? '' : ','}${letterJson(letter)}`);
  await print(']}\n');
}

/** Binary values as SQS writes them, in base64. */
const letterJson = (letter: DeadLetter): string =>
  JSON.stringify(letter, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );

function lettersText({ letters, total, byReason }: DeadLetterList, now: number): string {
  const table = tableOf(letters, [
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
  const reasons = Object.entries(byReason).map(([reason, count]) => `${grouped(count)} ${reason}`);
  const leftOut = total - letters.length;
  const cut = leftOut > 0 ? `\n… and ${grouped(leftOut)} more (--max shows more)` : '';
  return `${table}${cut}\n${reasons.join(', ')}`;
}

export async function showLetter(id: string, options: FilterOptions): Promise<number> {
  return withSession(options, async (session) => {
    const { letters, unseen } = await showDeadLetter(id, await lookOf(session, LOOKED_AT_CHARACTERS));
    const [seen, ...others] = letters;
    const prefix = JSON.stringify(id.slice(0, 40));
    if (seen === undefined) {
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
    const letter = await wholeLetter(session, seen);
    if (options.json) await printLine(letterJson(letter));
    else await printLine(letterText(letter));
    return EXIT.done;
  });
}

/** A look without taking shows the starts of all; the body that is wanted is read alone. */
async function wholeLetter(session: Session, seen: ShownDeadLetter): Promise<ShownDeadLetter> {
  const { url } = await session.dlq();
  const only = await session.peek(url, { messageId: seen.message_id, signal: session.signal });
  if (only === undefined) return seen;
  for await (const message of only) return { ...toDeadLetter(message), body: message.body };
  throw new MovieLoadError('no_dead_letter', `The dead letter ${seen.message_id} is gone: it was redriven or purged.`);
}

/** Not all that match are looked for. */
const SURELY_ALL_BELOW = 10;

function ambiguous(prefix: string, letters: readonly DeadLetter[]): string {
  const count = letters.length < SURELY_ALL_BELOW ? grouped(letters.length) : `At least ${grouped(letters.length)}`;
  const some = letters.slice(0, 2).map(({ message_id }) => message_id);
  const more = letters.length > some.length ? ', …' : '';
  return `${count} dead letters' ids begin with ${prefix}: ${some.join(', ')}${more}. Give more characters.`;
}

const BODY_SHOWN = 20_000;

function letterText({ body, ...letter }: ShownDeadLetter): string {
  const facts = Object.entries(letter).filter(([, value]) => value !== undefined);
  const lines = facts.map(
    ([name, value]) => `${name.padEnd(28)}${shown(typeof value === 'string' ? value : JSON.stringify(value), 200)}`,
  );
  const more =
    body.length > BODY_SHOWN ? `\n… and ${grouped(body.length - BODY_SHOWN)} characters more (--json has all)` : '';
  return `${lines.join('\n')}\n\n${shown(body.slice(0, BODY_SHOWN), BODY_SHOWN)}${more}\n`;
}
