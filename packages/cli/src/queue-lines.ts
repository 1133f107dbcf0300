// One line per queue: waiting, in-flight and delayed messages. Where the endpoint reports them, also the age of the
// oldest message and the number of message groups.
import type { OpenQueue, QueueSummary } from '@movie-load/aws';
import { formatDuration, formatNumber } from './format.ts';
import { tableOf } from './output.ts';
import type { Session } from './session.ts';

export interface QueueLine {
  readonly queue: string;
  readonly waiting: number;
  readonly in_flight: number;
  readonly delayed: number;
  /** Null where the endpoint does not report. */
  readonly oldest_seconds: number | null;
  readonly message_groups: number | null;
}

/** A queue with more messages is not peeked into for its summary, because the response would have all its messages. */
const MAX_PEEKED_MESSAGES = 20_000;
const MAX_PEEKED_BYTES = 32 * 1024 * 1024;

export async function queueLines(session: Session): Promise<QueueLine[]> {
  return Promise.all(
    [session.queue(), session.dlq()].map(async (openedQueue) => {
      const queue = await openedQueue;
      const { waiting, inFlight, delayed, now = Date.now() } = await queue.status({ signal: session.signal });
      const messageCount = waiting + inFlight + delayed;
      const summary = await readSummary(session, queue, messageCount);
      return {
        queue: queue.name,
        waiting,
        in_flight: inFlight,
        delayed,
        oldest_seconds: summary?.oldestSentOn == null ? null : ageSeconds(summary.oldestSentOn, now),
        message_groups: summary?.messageGroups ?? null,
      };
    }),
  );
}

/** The age in seconds, by SQS's own clock. */
const ageSeconds = (sentOn: number, now: number) => Math.max(0, Math.round((now - sentOn) / 1000));

/** Undefined where the endpoint does not report it, or not in time: the counts are useful without it. */
async function readSummary(
  session: Session,
  { url }: OpenQueue,
  messageCount: number,
): Promise<QueueSummary | undefined> {
  try {
    const { signal } = session;
    const summary = await session.summarise(url, { signal });
    if (summary !== undefined || messageCount > MAX_PEEKED_MESSAGES) return summary;
    const messages = await session.peek(url, { characters: 0, maxBytes: MAX_PEEKED_BYTES, signal });
    if (messages === undefined) return undefined;
    const groups = new Set<string | undefined>();
    let oldest: number | null = null;
    for await (const { sentOn, groupId } of messages) {
      oldest = Math.min(oldest ?? sentOn, sentOn);
      groups.add(groupId);
    }
    return messages.isCut ? undefined : { oldestSentOn: oldest, messageGroups: groups.size };
  } catch {
    return undefined;
  }
}

export function queuesTable(lines: readonly QueueLine[]): string {
  const orDash = (value: number | null, text: (value: number) => string) => (value === null ? '–' : text(value));
  return tableOf(lines, [
    { title: 'QUEUE', cell: ({ queue }) => queue },
    { title: 'WAITING', right: true, cell: ({ waiting }) => formatNumber(waiting) },
    { title: 'IN FLIGHT', right: true, cell: ({ in_flight }) => formatNumber(in_flight) },
    { title: 'DELAYED', right: true, cell: ({ delayed }) => formatNumber(delayed) },
    {
      title: 'OLDEST',
      right: true,
      cell: ({ oldest_seconds }) => orDash(oldest_seconds, (s) => formatDuration(s * 1000)),
    },
    { title: 'GROUPS', right: true, cell: ({ message_groups }) => orDash(message_groups, formatNumber) },
  ]);
}
