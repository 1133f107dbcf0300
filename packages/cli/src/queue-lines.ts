// A queue in one line: waiting, in-flight and delayed messages, and the oldest message and the groups where the
// endpoint reports them.
import type { OpenQueue, QueueSummary } from '@movie-load/aws';
import { duration, grouped } from './format.ts';
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

/** The longest queue that is peeked into for its summary: the response has all its messages. */
const MAX_COUNTED = 20_000;
const MAX_BYTES = 32 * 1024 * 1024;

export async function queueLines(session: Session): Promise<QueueLine[]> {
  return Promise.all(
    [session.queue(), session.dlq()].map(async (opening) => {
      const queue = await opening;
      const { waiting, inFlight, delayed, now = Date.now() } = await queue.status({ signal: session.signal });
      const all = waiting + inFlight + delayed;
      const inside = await summaryOf(session, queue, all);
      return {
        queue: queue.name,
        waiting,
        in_flight: inFlight,
        delayed,
        oldest_seconds: inside?.oldestSentOn == null ? null : age(inside.oldestSentOn, now),
        message_groups: inside?.messageGroups ?? null,
      };
    }),
  );
}

/** The age in seconds, by SQS's own clock. */
const age = (sentOn: number, now: number) => Math.max(0, Math.round((now - sentOn) / 1000));

/** Undefined where the endpoint does not report it in time: the counts are useful without it. */
async function summaryOf(session: Session, { url }: OpenQueue, all: number): Promise<QueueSummary | undefined> {
  try {
    const { signal } = session;
    const summary = await session.summarise(url, { signal });
    if (summary !== undefined || all > MAX_COUNTED) return summary;
    const messages = await session.peek(url, { characters: 0, maxBytes: MAX_BYTES, signal });
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
    { title: 'WAITING', right: true, cell: ({ waiting }) => grouped(waiting) },
    { title: 'IN FLIGHT', right: true, cell: ({ in_flight }) => grouped(in_flight) },
    { title: 'DELAYED', right: true, cell: ({ delayed }) => grouped(delayed) },
    { title: 'OLDEST', right: true, cell: ({ oldest_seconds }) => orDash(oldest_seconds, (s) => duration(s * 1000)) },
    { title: 'GROUPS', right: true, cell: ({ message_groups }) => orDash(message_groups, grouped) },
  ]);
}
