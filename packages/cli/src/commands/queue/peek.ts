// `movie-load queue peek`: prints messages without receiving them; where the endpoint cannot do that, it receives and
// releases them.
import type { OpenQueue, ReceivedMessage } from '@movie-load/aws';
import { EXIT } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { printable } from '../../format.ts';
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

const VISIBILITY_SECONDS = 10;
const MAX_BODY_CHARACTERS = 300;
const BATCH_SIZE = 10;

async function peek(options: PeekOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, 10_000);
  return withSession(options, async (session) => {
    const queue = await (options.dlq ? session.dlq() : session.queue());
    // For people only the beginning of each body is read. One more character shows that the body is longer.
    const peekOptions = {
      max,
      signal: session.signal,
      ...(options.json ? {} : { characters: MAX_BODY_CHARACTERS + 1 }),
    };
    const messages = (await session.peek(queue.url, peekOptions)) ?? receiveAndRelease(session, queue, max);
    let count = 0;
    for await (const message of messages) {
      count += 1;
      if (options.json) await printJson(messageJson(message));
      else await printLine(messageText(message));
    }
    if (count === 0 && !options.json) await printLine(`${queue.name} shows no message.`);
    return EXIT.ok;
  });
}

/**
 * Receives messages and releases them. This increments their receive counts, which it reports on standard error, and
 * hides them from consumers for a moment.
 */
export async function* receiveAndRelease(
  { signal }: Pick<Session, 'signal'>,
  queue: Pick<OpenQueue, 'receive' | 'changeVisibility'>,
  max: number,
): AsyncGenerator<ReceivedMessage> {
  process.stderr.write(
    'movie-load: this endpoint shows messages only by receiving them: they are received and released at once, and count one receive more.\n',
  );
  /** Receipt handles by message id. */
  const receiptHandles = new Map<string, string>();
  try {
    while (receiptHandles.size < max) {
      signal.throwIfAborted();
      const maxMessages = Math.min(BATCH_SIZE, max - receiptHandles.size);
      const received = await queue.receive({
        max: maxMessages,
        waitSeconds: 1,
        visibilitySeconds: VISIBILITY_SECONDS,
        signal,
      });
      // SQS delivers a message again if printing takes longer than the visibility timeout.
      const newMessages = received.filter(({ messageId }) => !receiptHandles.has(messageId));
      for (const { messageId, receiptHandle } of received) receiptHandles.set(messageId, receiptHandle);
      if (newMessages.length === 0) return;
      yield* newMessages;
    }
  } finally {
    const handles = [...receiptHandles.values()];
    for (let from = 0; from < handles.length; from += BATCH_SIZE) {
      await queue.changeVisibility(
        handles.slice(from, from + BATCH_SIZE).map((receiptHandle) => ({ receiptHandle, seconds: 0 })),
      );
    }
  }
}

const messageJson = (message: ReceivedMessage) => ({
  message_id: message.messageId,
  group: message.groupId ?? null,
  deduplication_id: message.deduplicationId ?? null,
  sequence_number: message.sequenceNumber ?? null,
  receives: message.receiveCount,
  sent_on: new Date(message.sentOn).toISOString(),
  ...('visible' in message ? { visible: message.visible } : {}),
  body: message.body,
});

function messageText(message: ReceivedMessage): string {
  const { message_id, group, receives, sent_on } = messageJson(message);
  const hidden = 'visible' in message && message.visible === false ? ', invisible' : '';
  return `${message_id}  ${printable(group ?? '–', 80)}  sent ${sent_on}, ${receives} receives${hidden}\n  ${printable(message.body, MAX_BODY_CHARACTERS)}`;
}
