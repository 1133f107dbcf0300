// `movie-load queue peek`: messages without taking them where the endpoint allows it; else received and given back.
import type { OpenQueue, ReceivedMessage } from '@movie-load/aws';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { printJson, printLine, shown } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import type { LookOptions } from './options.ts';

export interface PeekOptions extends LookOptions {
  readonly max: string;
  readonly dlq?: boolean;
}

const SHORT_SECONDS = 10;
const BODY_SHOWN = 300;

export async function peekQueue(options: PeekOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, 10_000);
  return withSession(options, async (session) => {
    const queue = await (options.dlq ? session.dlq() : session.queue());
    const messages = (await session.peek(queue.url, { max })) ?? (await receiveAndGiveBack(session, queue, max));
    for (const message of messages.slice(0, max)) {
      if (options.json) await printJson(lineOf(message));
      else await printLine(textOf(message));
    }
    if (messages.length === 0 && !options.json) await printLine(`${queue.name} shows no message.`);
    return EXIT.done;
  });
}

/** Raises the receive counts by one, and a consumer may have to wait for a moment: so it is said. */
async function receiveAndGiveBack({ signal }: Session, queue: OpenQueue, max: number): Promise<ReceivedMessage[]> {
  process.stderr.write(
    'movie-load: this endpoint shows messages only by receiving them: they are received and given back at once, and count one receive more.\n',
  );
  const found: ReceivedMessage[] = [];
  try {
    while (found.length < max) {
      const wanted = Math.min(10, max - found.length);
      signal.throwIfAborted();
      // Without the signal: a receive that is given up may have taken messages, and its lost answer had their handles.
      const some = await queue.receive({ max: wanted, waitSeconds: 1, visibilitySeconds: SHORT_SECONDS });
      if (some.length === 0) break;
      found.push(...some);
    }
    return found;
  } finally {
    for (let from = 0; from < found.length; from += 10) {
      await queue.changeVisibility(
        found.slice(from, from + 10).map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 })),
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
