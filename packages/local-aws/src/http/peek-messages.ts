// Lists a queue's messages without receiving them, for the developer endpoint. They are described one after another, so
// that an answer of a gigabyte is never in memory at once.

import { callerName } from '../lab/history.ts';
import type { SqsEngine } from '../sqs/engine.ts';
import type { Output } from '../sqs/input.ts';
import { DELAYED, IN_FLIGHT, type Message, REMOVED } from '../sqs/message.ts';
import type { MessageAttributes } from '../sqs/message-attributes.ts';
import { describeMessage } from '../sqs/operations/messages.ts';

/** Used instead of a receipt handle, which messages have only after a receive. */
const PLACEHOLDER_HANDLE = 'SQS/BACKDOOR/ACCESS';

export interface PeekRequest {
  readonly queueUrl: string;
  readonly showInvisible: boolean;
  readonly showDelayed: boolean;
  readonly onlyInFlight: boolean;
  /** Messages that were received at least once, in flight or visible again. */
  readonly onlyReceived: boolean;
  readonly newestFirst: boolean;
  readonly messageId: string | undefined;
  readonly maxMessages: number;
  /** The limit for each body, and for each attribute's text. */
  readonly maxCharacters: number;
}

function isOn(parameters: URLSearchParams, name: string): boolean {
  return ['true', '1'].includes((parameters.get(name) ?? '').toLowerCase());
}

function limit(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

export function readPeekRequest(parameters: URLSearchParams, queueInPath: string): PeekRequest {
  return {
    queueUrl: parameters.get('QueueUrl') ?? queueInPath,
    showInvisible: isOn(parameters, 'ShowInvisible'),
    showDelayed: isOn(parameters, 'ShowDelayed'),
    onlyInFlight: isOn(parameters, 'OnlyInFlight'),
    onlyReceived: isOn(parameters, 'OnlyReceived'),
    newestFirst: isOn(parameters, 'NewestFirst'),
    messageId: parameters.get('MessageId') ?? undefined,
    maxMessages: limit(parameters, 'MaxNumberOfMessages'),
    maxCharacters: limit(parameters, 'MaxCharacters'),
  };
}

/**
 * The messages that are now in the queue. They are described during the iteration, which skips those removed meanwhile.
 *
 * @throws SqsError when the queue does not exist
 */
export function peekMessages(engine: SqsEngine, request: PeekRequest): Iterable<Output> {
  const queue = engine.queueByUrl(request.queueUrl);
  queue.advance(engine.now());
  const messages: Message[] = [];
  // Only references are collected now: a million of them need eight megabytes.
  for (const message of queue.messages()) if (isRequested(message, request)) messages.push(message);
  if (request.newestFirst) messages.reverse();
  if (messages.length > request.maxMessages) messages.length = request.maxMessages;
  return describeMessages(messages, request);
}

function isRequested(message: Message, request: PeekRequest): boolean {
  const { showInvisible, showDelayed, onlyInFlight, onlyReceived, messageId } = request;
  if (onlyReceived && message.receiveCount === 0) return false;
  if (message.state === IN_FLIGHT ? !showInvisible : onlyInFlight) return false;
  if (message.state === DELAYED && !showDelayed) return false;
  return messageId === undefined || message.id === messageId;
}

function* describeMessages(messages: readonly Message[], request: PeekRequest): Generator<Output> {
  const { showInvisible, showDelayed, maxCharacters: characters } = request;
  for (const message of messages) {
    if (message.state === REMOVED) continue;
    const output = describeMessage(message, PLACEHOLDER_HANDLE);
    const isCut = message.body.length > characters;
    const Attributes = {
      ...Object(output.Attributes),
      ...(showInvisible && { IsVisible: String(message.state !== IN_FLIGHT) }),
      ...(message.state === IN_FLIGHT && visibilityAttributes(message)),
      ...(showDelayed && { IsDelayed: String(message.state === DELAYED) }),
      ...(isCut && { BodyBytes: String(Buffer.byteLength(message.body)) }),
    };
    yield {
      ...output,
      Attributes,
      ...(isCut && { Body: message.body.slice(0, characters) }),
      ...(message.attributes && { MessageAttributes: cutAttributes(message.attributes, characters) }),
    };
  }
}

/** The time at which a message becomes visible, and the last caller that received messages of its group. */
function visibilityAttributes({ dueAt, group }: Message): Record<string, string> {
  const { lastReceiver } = group ?? {};
  return { VisibleAt: String(dueAt), ...(lastReceiver !== undefined && { ReceivedBy: callerName(lastReceiver) }) };
}

const BASE64_GROUP = 4;

/** Cuts a text that is too long, and ends it with `…`. */
const cutText = (text: string, maxCharacters: number): string =>
  text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}…`;

function cutAttributes(attributes: MessageAttributes, maxCharacters: number): Output {
  const cut = Object.entries(attributes).map(([name, value]) => [
    name,
    {
      ...value,
      ...(value.StringValue !== undefined && { StringValue: cutText(value.StringValue, maxCharacters) }),
      ...(value.BinaryValue !== undefined && {
        BinaryValue: value.BinaryValue.slice(0, BASE64_GROUP * Math.floor(maxCharacters / BASE64_GROUP)),
      }),
    },
  ]);
  return Object.fromEntries(cut);
}
