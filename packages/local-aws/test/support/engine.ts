// An SQS engine with a clock that the test moves.

import { type Queue, type QueueHooks, SqsEngine, SqsError } from '../../src/index.ts';

export interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly MessageId: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

export function createTestEngine(hooks: QueueHooks<Queue> = {}) {
  const clock = { ms: Date.UTC(2026, 0, 1), now: () => clock.ms };
  const engine = new SqsEngine({ clock, hooks });
  const create = (name: string, attributes: Record<string, string> = {}): string => {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    return String(engine.call('CreateQueue', { QueueName: name, Attributes: { ...fifo, ...attributes } }).QueueUrl);
  };
  let sentCount = 0;
  const send = (url: string, body: string, group: string, id = `id-${++sentCount}`) =>
    engine.call('SendMessage', {
      QueueUrl: url,
      MessageBody: body,
      MessageGroupId: group,
      ...(url.endsWith('.fifo') && { MessageDeduplicationId: id }),
    });
  const receive = (url: string, more: object = {}): readonly Received[] => {
    const answer = engine.call('ReceiveMessage', {
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      AttributeNames: ['All'],
      ...more,
    });
    return (answer.Messages ?? []) as readonly Received[];
  };
  return {
    engine,
    create,
    send,
    receive,
    /** Receives up to ten messages, and returns their bodies. */
    bodies: (url: string, more: object = {}) => receive(url, more).map((message) => message.Body),
    remove: (url: string, message: Received | undefined) =>
      engine.call('DeleteMessage', { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
    /** The numbers of messages: visible, in flight, delayed. */
    counts: (url: string) => {
      const attributes = engine.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] })
        .Attributes as Record<string, string>;
      return ['', 'NotVisible', 'Delayed'].map((which) => Number(attributes[`ApproximateNumberOfMessages${which}`]));
    },
    /** Moves the clock forward. */
    pass: (seconds: number) => {
      clock.ms += seconds * 1000;
    },
  };
}

/** The code by which SQS refuses a call; 'accepted' when it does not. */
export function outcome(call: () => unknown): string {
  try {
    call();
    return 'accepted';
  } catch (error) {
    if (error instanceof SqsError) return error.code;
    throw error;
  }
}
