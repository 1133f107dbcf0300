// `movie-load queue peek`: prints messages without receiving them, or receives and releases them if necessary.
import type { OpenQueue, ReceivedMessage } from '@movie-load/aws';
import { EXIT } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { shown } from '../../format.ts';
import { wholeNumber } from '../../options.ts';
import { printJson, printLine } from '../../output.ts';
import { type Session, withSession } from '../../session.ts';

interface PeekOptions extends CommonOptions {
  readonly max: string;
  readonly dlq?: boolean;
}

export const addPeek = defineCommand('peek', {
  about: 'Print messages without receiving them, or receive and release them where the endpoint requires it.',
  options: [
    ['--max <n>', 'maximum number of messages', '10'],
    ['--dlq', 'print those of the dead-letter queue'],
    jsonOption,
    awsOption,
  ],
  examples: ['npm run movie-load -- queue peek', 'npm run movie-load -- queue peek --dlq --max 100 --json'],
  run: peek,
});

const SHORT_SECONDS = 10;
const BODY_SHOWN = 300;
const BATCH = 10;

async function peek(options: PeekOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, 10_000);
  return withSession(options, async (session) => {
    const queue = await (options.dlq ? session.dlq() : session.queue());
    // The text shows the beginning of each body.
    const peekOptions = { max, signal: session.signal, ...(options.json ? {} : { characters: BODY_SHOWN + 1 }) };
    const messages = (await session.peek(queue.url, peekOptions)) ?? receiveAndRelease(session, queue, max);
    let count = 0;
    for await (const message of messages) {
      count += 1;
      if (options.json) await printJson(lineOf(message));
      else await printLine(textOf(message));
    }
    if (count === 0 && !options.json) await printLine(`${queue.name} shows no message.`);
    return EXIT.ok;
  });
}

/** Increments the receive counts, and may delay a consumer for a moment; prints this on standard error. */
export async function* receiveAndRelease(
  { signal }: Pick<Session, 'signal'>,
  queue: Pick<OpenQueue, 'receive' | 'changeVisibility'>,
  max: number,
): AsyncGenerator<ReceivedMessage> {
  process.stderr.write(
    'movie-load: this endpoint shows messages only by receiving them: they are received and released at once, and count one receive more.\n',
  );
  /** Receipt handles by message id. */
  const held = new Map<string, string>();
  try {
    while (held.size < max) {
      signal.throwIfAborted();
      const wanted = Math.min(BATCH, max - held.size);
      const some = await queue.receive({ max: wanted, waitSeconds: 1, visibilitySeconds: SHORT_SECONDS, signal });
      // If printing takes longer than the messages are hidden, SQS delivers them again.
      const fresh = some.filter(({ messageId }) => !held.has(messageId));
      for (const { messageId, receiptHandle } of some) held.set(messageId, receiptHandle);
      if (fresh.length === 0) return;
      yield* fresh;
    }
  } finally {
    const handles = [...held.values()];
    for (let from = 0; from < handles.length; from += BATCH) {
      await queue.changeVisibility(
        handles.slice(from, from + BATCH).map((receiptHandle) => ({ receiptHandle, seconds: 0 })),
      );
    }
  }
}

const lineOf = (message: ReceivedMessage) => ({
  message_id: message.messageId,
  group: message.groupId ?? null,
  deduplication_id: message.deduplicationId ?? null,
  sequence_number: message.sequenceNumber ?? null,
  receives: message.receiveCount,
  sent_on: new Date(message.sentOn).toISOString(),
  ...('visible' in message ? { visible: message.visible } : {}),
  body: message.body,
});

function textOf(message: ReceivedMessage): string {
  const { message_id, group, receives, sent_on } = lineOf(message);
  const hidden = 'visible' in message && message.visible === false ? ', invisible' : '';
  return `${message_id}  ${shown(group ?? '–', 80)}  sent ${sent_on}, ${receives} receives${hidden}\n  ${shown(message.body, BODY_SHOWN)}`;
}
