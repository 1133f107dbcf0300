// A queue's messages for the developer endpoint: selected and cut as requested, one after another, so that an answer of
// a gigabyte is never in memory at once.

import { callerName } from '../lab/history.ts';
import type { SqsEngine } from '../sqs/engine.ts';
import type { Output } from '../sqs/input.ts';
import { DELAYED, IN_FLIGHT, type Message, REMOVED } from '../sqs/message.ts';
import type { MessageAttributes } from '../sqs/message-attributes.ts';
import { describeMessage } from '../sqs/operations/messages.ts';

/** Shown messages were not received, so they have no receipt handle. */
const NO_HANDLE = 'SQS/BACKDOOR/ACCESS';

export interface ShowRequest {
  readonly queueUrl: string;
  readonly showInvisible: boolean;
  readonly showDelayed: boolean;
  readonly onlyInFlight: boolean;
  /** Messages that were received at least once, in flight or visible again. */
  readonly onlyReceived: boolean;
  readonly newestFirst: boolean;
  readonly messageId: string | undefined;
  readonly most: number;
  /** The limit for each body, and for each attribute's text. */
  readonly characters: number;
}

function isOn(parameters: URLSearchParams, name: string): boolean {
  return ['true', '1'].includes((parameters.get(name) ?? '').toLowerCase());
}

function limit(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

export function showRequest(parameters: URLSearchParams, queueInPath: string): ShowRequest {
  return {
    queueUrl: parameters.get('QueueUrl') ?? queueInPath,
    showInvisible: isOn(parameters, 'ShowInvisible'),
    showDelayed: isOn(parameters, 'ShowDelayed'),
    onlyInFlight: isOn(parameters, 'OnlyInFlight'),
    onlyReceived: isOn(parameters, 'OnlyReceived'),
    newestFirst: isOn(parameters, 'NewestFirst'),
    messageId: parameters.get('MessageId') ?? undefined,
    most: limit(parameters, 'MaxNumberOfMessages'),
    characters: limit(parameters, 'MaxCharacters'),
  };
}

/**
 * The current queue. Messages are described when they are iterated; those that were removed since are left out.
 *
 * @throws SqsError when the queue does not exist
 */
export function shownMessages(engine: SqsEngine, request: ShowRequest): Iterable<Output> {
  const queue = engine.queueByUrl(request.queueUrl);
  queue.advance(engine.now());
  const messages: Message[] = [];
  // Only references are collected now: a million of them need eight megabytes.
  for (const message of queue.messages()) if (isWanted(message, request)) messages.push(message);
  if (request.newestFirst) messages.reverse();
  if (messages.length > request.most) messages.length = request.most;
  return described(messages, request);
}

function isWanted(message: Message, request: ShowRequest): boolean {
  const { showInvisible, showDelayed, onlyInFlight, onlyReceived, messageId } = request;
  if (onlyReceived && message.receiveCount === 0) return false;
  if (message.state === IN_FLIGHT ? !showInvisible : onlyInFlight) return false;
  if (message.state === DELAYED && !showDelayed) return false;
  return messageId === undefined || message.id === messageId;
}

function* described(messages: readonly Message[], request: ShowRequest): Generator<Output> {
  const { showInvisible, showDelayed, characters } = request;
  for (const message of messages) {
    if (message.state === REMOVED) continue;
    const output = describeMessage(message, NO_HANDLE);
    const isCut = message.body.length > characters;
    const Attributes = {
      ...Object(output.Attributes),
      ...(showInvisible && { IsVisible: String(message.state !== IN_FLIGHT) }),
      ...(message.state === IN_FLIGHT && hidingOf(message)),
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

/** Until when a message is hidden, and the last caller that received messages of its group. */
function hidingOf({ dueAt, group }: Message): Record<string, string> {
  const { lastReceiver } = group ?? {};
  return { VisibleAt: String(dueAt), ...(lastReceiver !== undefined && { ReceivedBy: callerName(lastReceiver) }) };
}

const BASE64_GROUP = 4;

/** Marks a text that was cut. */
const cutText = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters)}…`;

function cutAttributes(attributes: MessageAttributes, characters: number): Output {
  const cut = Object.entries(attributes).map(([name, value]) => [
    name,
    {
      ...value,
      ...(value.StringValue !== undefined && { StringValue: cutText(value.StringValue, characters) }),
      ...(value.BinaryValue !== undefined && {
        BinaryValue: value.BinaryValue.slice(0, BASE64_GROUP * Math.floor(characters / BASE64_GROUP)),
      }),
    },
  ]);
  return Object.fromEntries(cut);
}
