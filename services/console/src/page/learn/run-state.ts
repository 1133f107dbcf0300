// What a lesson's view shows after some events of a run (its world): the messages, the counts, and the list of events.
import type { RunEvent } from '../../learn-api.ts';
import { combineLines, type TimelineLine, toLine } from './timeline-lines.ts';

type RunMessageEvent = Extract<RunEvent, { event: 'message' }>;

export interface MessageNow {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** `held`: in flight. `locked`: cannot be received, because another message of its group is in flight. */
  readonly state: 'waiting' | 'locked' | 'held' | 'deleted' | 'moved' | 'removed';
  /** The process that received it, or deleted it. */
  readonly by: string | null;
  /** The end of its visibility timeout, in seconds of the lesson's clock. */
  readonly until: number | null;
  readonly receives: number;
}

export interface QueueNow {
  readonly name: string;
  readonly messages: readonly MessageNow[];
}

export interface ValueNow {
  readonly name: string;
  /** All its values in order; the last one is the current value. */
  readonly points: readonly { readonly second: number; readonly value: number }[];
}

export interface WorldNow {
  readonly second: number;
  readonly queues: readonly QueueNow[];
  readonly counts: readonly { readonly name: string; readonly count: number }[];
  readonly values: readonly ValueNow[];
  readonly lines: readonly TimelineLine[];
}

export interface WorldOptions {
  /** Include all calls to AWS, not only failed ones. */
  readonly calls: boolean;
}

/** What the view shows after these events, which are those of one run from its beginning. */
export function worldAfter(events: readonly RunEvent[], { calls }: WorldOptions): WorldNow {
  const second = events.at(-1)?.second ?? 0;
  const messageEvents = events.filter((event) => event.event === 'message');
  return {
    second,
    queues: queuesAfter(messageEvents, second),
    counts: countsOf(events, messageEvents),
    values: valuesOf(events),
    lines: combineLines(events.flatMap((event) => toLine(event, calls) ?? [])),
  };
}

const STATES: Readonly<Record<string, MessageNow['state']>> = {
  sent: 'waiting',
  arrived: 'waiting',
  received: 'held',
  extended: 'held',
  released: 'waiting',
  visible: 'waiting',
  deleted: 'deleted',
  moved: 'moved',
  expired: 'removed',
  purged: 'removed',
};

function queuesAfter(messageEvents: readonly RunMessageEvent[], second: number): QueueNow[] {
  const queues = new Map<string, Map<string, MessageNow>>();
  for (const event of messageEvents) {
    const state = STATES[event.kind];
    if (state === undefined) continue;
    const { queue, message_id: id, label, by, receives } = event;
    const messages = queues.get(queue) ?? new Map<string, MessageNow>();
    queues.set(queue, messages);
    const hasHolder = state === 'held' || state === 'deleted';
    const group = event.group ?? '';
    messages.set(id, { id, label, group, state, by: hasHolder ? by : null, until: event.hidden_until, receives });
  }
  return [...queues].map(([name, messages]) => ({
    name,
    messages: withTimeoutsAndLocks(name, [...messages.values()], second),
  }));
}

/**
 * Ends the visibility timeouts that have expired, even if no event has reported it. In a FIFO queue, marks the waiting
 * messages of a group as locked while another message of the group is in flight.
 */
function withTimeoutsAndLocks(queue: string, messages: readonly MessageNow[], second: number): MessageNow[] {
  const now = messages.map((message): MessageNow => {
    const hasExpired = message.state === 'held' && message.until !== null && message.until <= second;
    return hasExpired ? { ...message, state: 'waiting', by: null, until: null } : message;
  });
  if (!queue.endsWith('.fifo')) return now;
  const held = new Set(now.filter(({ state }) => state === 'held').map(({ group }) => group));
  return now.map((message) =>
    message.state === 'waiting' && held.has(message.group) ? { ...message, state: 'locked' } : message,
  );
}

function countsOf(events: readonly RunEvent[], messageEvents: readonly RunMessageEvent[]) {
  const countOf = (...kinds: string[]) => messageEvents.filter(({ kind }) => kinds.includes(kind)).length;
  const receivedAgain = messageEvents.filter(({ kind, receives }) => kind === 'received' && receives > 1).length;
  const calls = events.filter((event) => event.event === 'call' && event.by !== 'the lesson');
  const callsOf = (service: string) =>
    calls.filter((call) => call.event === 'call' && call.operation.startsWith(`${service}:`)).length;
  return [
    { name: 'Sent', count: countOf('sent') },
    { name: 'Received', count: countOf('received') },
    { name: 'Received again', count: receivedAgain },
    { name: 'Extended', count: countOf('extended') },
    { name: 'Deleted', count: countOf('deleted') },
    { name: 'Calls of SQS', count: callsOf('sqs') },
    { name: 'Calls of DynamoDB', count: callsOf('dynamodb') },
    { name: 'Calls of S3', count: callsOf('s3') },
  ];
}

function valuesOf(events: readonly RunEvent[]): ValueNow[] {
  const values = new Map<string, ValueNow['points'][number][]>();
  for (const event of events) {
    if (event.event !== 'value') continue;
    const points = values.get(event.name) ?? [];
    points.push({ second: event.second, value: event.value });
    values.set(event.name, points);
  }
  return [...values].map(([name, points]) => ({ name, points }));
}
