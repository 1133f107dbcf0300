// `movie-load dlq show <id>`: one dead letter with its whole body.
import { type DeadLetter, type DeadLetterWithBody, findDeadLetters, toDeadLetter } from '@movie-load/queue';
import { EXIT, MovieLoadError, UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { formatNumber, printable, quoted } from '../../format.ts';
import { printLine } from '../../output.ts';
import { type Session, withSession } from '../../session.ts';
import { deadLetterJson, deadLetterSource, MAX_CHARACTERS } from './dead-letters.ts';

export const addShow = defineCommand('show <id>', {
  about: 'Show a complete dead letter; the first characters of its id are enough.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- dlq show 7c1e', 'npm run movie-load -- dlq show 7c1e --json'],
  run: runShow,
});

async function runShow(id: string, options: CommonOptions): Promise<number> {
  return withSession(options, async (session) => {
    const { deadLetters, unseen } = await findDeadLetters(id, await deadLetterSource(session, MAX_CHARACTERS));
    const [found, ...others] = deadLetters;
    if (found === undefined) throw notFound(id, unseen);
    if (others.length > 0) throw new UsageError(ambiguousText(quoted(id), deadLetters));
    const deadLetter = await readWholeBody(session, found);
    await printLine(options.json ? deadLetterJson(deadLetter) : deadLetterText(deadLetter));
    return EXIT.ok;
  });
}

function notFound(id: string, unseen: number): MovieLoadError {
  return unseen > 0
    ? new MovieLoadError(
        'no_dead_letter',
        `No dead letter that can be seen has an id that begins with ${quoted(id)}. About ${formatNumber(unseen)} could not be seen.`,
      )
    : new UsageError(`No dead letter's id begins with ${quoted(id)}. \`movie-load dlq ls\` lists all dead letters.`);
}

/**
 * The dead letter with its whole body. Where the endpoint offers peeking, the search has read only the beginning of each
 * body, so this one is read again; elsewhere the search has received it whole.
 */
async function readWholeBody(session: Session, beginning: DeadLetterWithBody): Promise<DeadLetterWithBody> {
  const { url } = await session.dlq();
  const messages = await session.peek(url, { messageId: beginning.message_id, signal: session.signal });
  if (messages === undefined) return beginning;
  for await (const message of messages) return { ...toDeadLetter(message), body: message.body };
  throw new MovieLoadError(
    'no_dead_letter',
    `The dead letter ${beginning.message_id} is gone: it was redriven or purged.`,
  );
}

/** `findDeadLetters` stops searching at this number of matches, so there may be more. */
const MAX_MATCHES = 10;

function ambiguousText(prefix: string, deadLetters: readonly DeadLetter[]): string {
  const count =
    deadLetters.length < MAX_MATCHES
      ? formatNumber(deadLetters.length)
      : `At least ${formatNumber(deadLetters.length)}`;
  const examples = deadLetters.slice(0, 2).map(({ message_id }) => message_id);
  const ellipsis = deadLetters.length > examples.length ? ', …' : '';
  return `${count} dead letters' ids begin with ${prefix}: ${examples.join(', ')}${ellipsis}. Give more characters.`;
}

const MAX_BODY_CHARACTERS = 20_000;

function deadLetterText({ body, ...deadLetter }: DeadLetterWithBody): string {
  const facts = Object.entries(deadLetter).filter(([, value]) => value !== undefined);
  const lines = facts.map(
    ([name, value]) => `${name.padEnd(28)}${printable(typeof value === 'string' ? value : JSON.stringify(value), 200)}`,
  );
  const cutText =
    body.length > MAX_BODY_CHARACTERS
      ? `\n… and ${formatNumber(body.length - MAX_BODY_CHARACTERS)} characters more (--json has all)`
      : '';
  return `${lines.join('\n')}\n\n${printable(body.slice(0, MAX_BODY_CHARACTERS), MAX_BODY_CHARACTERS)}${cutText}\n`;
}
