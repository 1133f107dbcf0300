// Sends the messages of a test to a queue.
import type { OutgoingMessage, QueuePort } from '@movie-load/aws';

const BATCH_MESSAGES = 10;

/**
 * Sends messages ten at a time.
 * @throws when one is refused; `send` alone returns failures, which a test could overlook
 */
export async function sendMessages(
  queue: Pick<QueuePort, 'send'>,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  for (let first = 0; first < messages.length; first += BATCH_MESSAGES) {
    const [failure] = await queue.send(messages.slice(first, first + BATCH_MESSAGES));
    if (failure !== undefined) throw new Error(`not sent: ${failure.code} ${failure.message}`);
  }
}
