// The state of a lesson's run after some of its events, as the page shows it: the messages of each queue, the counts,
// the watched values, and the list of events.
import type { RunEvent } from '../../learn-api.ts';
import { combineLines, type TimelineLine, toLine } from './timeline-lines.ts';

type RunMessageEvent = Extract<RunEvent, { event: 'message' }>;

export interface ShownMessage {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** `locked`: cannot be received, because another message of its group is in flight. */
  readonly state: 'waiting' | 'locked' | 'in_flight' | 'deleted' | 'moved' | 'removed';
  /** The process that received it, or deleted it. */
  readonly by: string | null;
  /** The end of its visibility timeout, in seconds of the lesson's clock. */
  readonly until: number | null;
  /** Number of deliveries so far. */
  readonly receives: number;
}

export interface ShownQueue {
  readonly name: string;
  readonly messages: readonly ShownMessage[];
}

/** A number that the lesson's script reports, e.g. `movies in the file`. */
export interface WatchedValue {
  readonly name: string;
  /** All its values in order; the last one is the current value. */
  readonly points: readonly { readonly second: number; readonly value: number }[];
}

export interface RunState {
  /** The time on the lesson's clock. */
  readonly second: number;
  readonly queues: readonly ShownQueue[];
  readonly counts: readonly { readonly name: string; readonly count: number }[];
  readonly values: readonly WatchedValue[];
  readonly lines: readonly TimelineLine[];
}

export interface RunStateOptions {
  /** Include all calls to AWS, not only failed ones. */
  readonly calls: boolean;
}

/** The state after these events, which are those of one run from its beginning. */
export function runStateAfter(events: readonly RunEvent[], { calls }: RunStateOptions): RunState {
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

const STATES: Readonly<Record<string, ShownMessage['state']>> = {
  sent: 'waiting',
  arrived: 'waiting',
  received: 'in_flight',
  extended: 'in_flight',
  released: 'waiting',
  visible: 'waiting',
  deleted: 'deleted',
  moved: 'moved',
  expired: 'removed',
  purged: 'removed',
};

function queuesAfter(messageEvents: readonly RunMessageEvent[], second: number): ShownQueue[] {
  const queues = new Map<string, Map<string, ShownMessage>>();
  for (const event of messageEvents) {
    const state = STATES[event.kind];
    if (state === undefined) continue;
    const { queue, message_id: id, label, by, receives } = event;
    const messages = queues.get(queue) ?? new Map<string, ShownMessage>();
    queues.set(queue, messages);
    const hasProcess = state === 'in_flight' || state === 'deleted';
    const group = event.group ?? '';
    messages.set(id, { id, label, group, state, by: hasProcess ? by : null, until: event.hidden_until, receives });
  }
  return [...queues].map(([name, messages]) => ({
    name,
    messages: withTimeoutsAndLocks(name, [...messages.values()], second),
  }));
}

/**
 * The messages at this second: a message is waiting again when its visibility timeout has expired, even if no event has
 * reported it. In a FIFO queue, the waiting messages of a group are locked while another one of the group is in flight.
 */
function withTimeoutsAndLocks(queue: string, messages: readonly ShownMessage[], second: number): ShownMessage[] {
  const withTimeouts = messages.map((message): ShownMessage => {
    const hasExpired = message.state === 'in_flight' && message.until !== null && message.until <= second;
    return hasExpired ? { ...message, state: 'waiting', by: null, until: null } : message;
  });
  if (!queue.endsWith('.fifo')) return withTimeouts;
  const lockedGroups = new Set(withTimeouts.filter(({ state }) => state === 'in_flight').map(({ group }) => group));
  return withTimeouts.map((message) =>
    message.state === 'waiting' && lockedGroups.has(message.group) ? { ...message, state: 'locked' } : message,
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

function valuesOf(events: readonly RunEvent[]): WatchedValue[] {
  const values = new Map<string, WatchedValue['points'][number][]>();
  for (const event of events) {
    if (event.event !== 'value') continue;
    const points = values.get(event.name) ?? [];
    points.push({ second: event.second, value: event.value });
    values.set(event.name, points);
  }
  return [...values].map(([name, points]) => ({ name, points }));
}
