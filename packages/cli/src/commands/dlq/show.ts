// `movie-load dlq show <id>`: one dead letter with its whole body.
import { type DeadLetter, type ShownDeadLetter, showDeadLetter, toDeadLetter } from '@movie-load/queue';
import { EXIT, MovieLoadError, UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { grouped, quoted, shown } from '../../format.ts';
import { printLine } from '../../output.ts';
import { type Session, withSession } from '../../session.ts';
import { deadLetterJson, READ_CHARACTERS, readingOf } from './dead-letters.ts';

export const addShow = defineCommand('show <id>', {
  about: 'Show a complete dead letter; the first characters of its id are enough.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- dlq show 7c1e', 'npm run movie-load -- dlq show 7c1e --json'],
  run: runShow,
});

async function runShow(id: string, options: CommonOptions): Promise<number> {
  return withSession(options, async (session) => {
    const { deadLetters, unseen } = await showDeadLetter(id, await readingOf(session, READ_CHARACTERS));
    const [seen, ...others] = deadLetters;
    if (seen === undefined) throw notFound(id, unseen);
    if (others.length > 0) throw new UsageError(ambiguous(quoted(id), deadLetters));
    const deadLetter = await wholeDeadLetter(session, seen);
    await printLine(options.json ? deadLetterJson(deadLetter) : deadLetterText(deadLetter));
    return EXIT.ok;
  });
}

function notFound(id: string, unseen: number): MovieLoadError {
  return unseen > 0
    ? new MovieLoadError(
        'no_dead_letter',
        `No dead letter that can be seen has an id that begins with ${quoted(id)}. About ${grouped(unseen)} could not be seen.`,
      )
    : new UsageError(`No dead letter's id begins with ${quoted(id)}. \`movie-load dlq ls\` lists all dead letters.`);
}

/** Where peeking is possible, reads only the beginnings of the dead letters, then the wanted body alone. */
async function wholeDeadLetter(session: Session, seen: ShownDeadLetter): Promise<ShownDeadLetter> {
  const { url } = await session.dlq();
  const only = await session.peek(url, { messageId: seen.message_id, signal: session.signal });
  if (only === undefined) return seen;
  for await (const message of only) return { ...toDeadLetter(message), body: message.body };
  throw new MovieLoadError('no_dead_letter', `The dead letter ${seen.message_id} is gone: it was redriven or purged.`);
}

/** The search ends when this many match. */
const SURELY_ALL_BELOW = 10;

function ambiguous(prefix: string, deadLetters: readonly DeadLetter[]): string {
  const count =
    deadLetters.length < SURELY_ALL_BELOW ? grouped(deadLetters.length) : `At least ${grouped(deadLetters.length)}`;
  const some = deadLetters.slice(0, 2).map(({ message_id }) => message_id);
  const more = deadLetters.length > some.length ? ', …' : '';
  return `${count} dead letters' ids begin with ${prefix}: ${some.join(', ')}${more}. Give more characters.`;
}

const BODY_SHOWN = 20_000;

function deadLetterText({ body, ...deadLetter }: ShownDeadLetter): string {
  const facts = Object.entries(deadLetter).filter(([, value]) => value !== undefined);
  const lines = facts.map(
    ([name, value]) => `${name.padEnd(28)}${shown(typeof value === 'string' ? value : JSON.stringify(value), 200)}`,
  );
  const more =
    body.length > BODY_SHOWN ? `\n… and ${grouped(body.length - BODY_SHOWN)} characters more (--json has all)` : '';
  return `${lines.join('\n')}\n\n${shown(body.slice(0, BODY_SHOWN), BODY_SHOWN)}${more}\n`;
}
