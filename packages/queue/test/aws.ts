// The two queues on the embedded AWS, through the real SDK.
import type { OpenQueue } from '@movie-load/aws';
import type { Faults } from '@movie-load/local-aws';
import { startTestAws, type TestAws } from '@movie-load/testing';

export type TestQueues = Pick<TestAws, 'endpoint' | 'clients' | 'queue' | 'dlq' | 'close'>;

export async function startQueues(faults: Faults = {}): Promise<TestQueues> {
  const aws = await startTestAws({ faults });
  return { ...aws, dlq: withoutWaiting(aws.dlq) };
}

/**
 * The embedded AWS has one server, so a short poll finds all messages, and an empty receive takes no second.
 */
function withoutWaiting(queue: OpenQueue): OpenQueue {
  return { ...queue, receive: (request) => queue.receive({ ...request, waitSeconds: 0 }) };
}

/** Receives and deletes all messages. */
export async function drain(queue: OpenQueue) {
  const all = [];
  for (;;) {
    const messages = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    if (messages.length === 0) return all;
    all.push(...messages);
    await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
  }
}
