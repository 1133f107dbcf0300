// Looks into a queue without taking messages, where the endpoint offers it: emulators do (`/_aws/sqs/messages`), AWS not.

import { z } from 'zod';
import type { MessageAttribute, ReceivedMessage } from './ports.ts';

const attributeSchema = z.object({ Name: z.string(), Value: z.string() });
const messageAttributeSchema = z.object({
  Name: z.string(),
  Value: z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.base64().optional(),
  }),
});
/** One or many: what was XML once has a list only from two on. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .union([z.array(item), item])
    .nullish()
    .transform((value) => (value === null || value === undefined ? [] : [value].flat()));

const messageSchema = z.object({
  MessageId: z.string(),
  Body: z.string(),
  Attribute: listOf(attributeSchema),
  MessageAttribute: listOf(messageAttributeSchema),
});
const answerSchema = z.object({
  ReceiveMessageResponse: z.object({
    ReceiveMessageResult: z.object({ Message: listOf(messageSchema) }).nullish(),
  }),
});

export interface PeekedMessage extends ReceivedMessage {
  /** False while it is in flight or delayed. */
  readonly visible: boolean;
}

/** All messages of a queue, those in flight too. Undefined when the endpoint does not offer it. */
export type Peek = (queueUrl: string) => Promise<readonly PeekedMessage[] | undefined>;

const LIMIT_MS = 5000;

/** `endpoint` is undefined for AWS itself, which has no such thing. */
export function createPeek(endpoint: string | undefined): Peek {
  return async (queueUrl) => {
    if (endpoint === undefined) return undefined;
    const url = new URL('/_aws/sqs/messages', endpoint);
    url.search = new URLSearchParams({ QueueUrl: queueUrl, ShowInvisible: 'true', ShowDelayed: 'true' }).toString();
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      if (!response.ok) return undefined;
      const { ReceiveMessageResponse: answer } = answerSchema.parse(await response.json());
      return answer.ReceiveMessageResult?.Message.map(toMessage) ?? [];
    } catch {
      return undefined;
    }
  };
}

function toMessage({ MessageId, Body, Attribute, MessageAttribute }: z.infer<typeof messageSchema>): PeekedMessage {
  const system = new Map(Attribute.map(({ Name, Value }) => [Name, Value]));
  const attributes = MessageAttribute.map(({ Name, Value: { DataType, StringValue, BinaryValue } }) => {
    const value: MessageAttribute =
      BinaryValue === undefined
        ? { DataType, StringValue }
        : { DataType, BinaryValue: Buffer.from(BinaryValue, 'base64') };
    return [Name, value] as const;
  });
  return {
    messageId: MessageId,
    receiptHandle: '',
    body: Body,
    groupId: system.get('MessageGroupId'),
    deduplicationId: system.get('MessageDeduplicationId'),
    sequenceNumber: system.get('SequenceNumber'),
    receiveCount: Number(system.get('ApproximateReceiveCount') ?? 0),
    sentOn: Number(system.get('SentTimestamp') ?? 0),
    attributes: Object.fromEntries(attributes),
    movedFrom: system.get('DeadLetterQueueSourceArn'),
    visible: (system.get('IsVisible') ?? 'true').toLowerCase() === 'true',
  };
}
