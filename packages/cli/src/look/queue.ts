// `movie-load queue`: what waits, is in flight and delayed; with a peeking endpoint also the oldest message and the groups.
import type { PeekedMessage } from '@movie-load/aws';
import { EXIT } from '../exit.ts';
import { duration, grouped, printJson, printLine, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import type { LookOptions } from './options.ts';

export interface QueueLine {
  readonly queue: string;
  readonly waiting: number;
  readonly in_flight: number;
  readonly delayed: number;
  /** Null where the endpoint does not tell. */
  readonly oldest_seconds: number | null;
  readonly message_groups: number | null;
}

/** A longer queue is not looked into: the answer would have all its messages. */
const MOST_LOOKED_AT = 20_000;

export async function showQueue(options: LookOptions): Promise<number> {
  return withSession(options, async (session) => {
    const lines = await queueLines(session);
    if (options.json) await printJson({ queues: lines });
    else await printLine(queuesTable(lines));
    return EXIT.done;
  });
}

export async function queueLines(session: Session): Promise<QueueLine[]> {
  return Promise.all(
    [session.queue(), session.dlq()].map(async (opening) => {
      const queue = await opening;
      const { waiting, inFlight, delayed } = await queue.status({ signal: session.signal });
      const isLong = waiting + inFlight + delayed > MOST_LOOKED_AT;
      const messages = isLong ? undefined : await session.peek(queue.url);
      return { queue: queue.name, waiting, in_flight: inFlight, delayed, ...inside(messages) };
    }),
  );
}

function inside(messages: readonly PeekedMessage[] | undefined) {
  if (messages === undefined) return { oldest_seconds: null, message_groups: null };
  const oldest = messages.reduce((least, { sentOn }) => Math.min(least, sentOn), Number.POSITIVE_INFINITY);
  return {
    oldest_seconds: messages.length === 0 ? null : Math.max(0, Math.round((Date.now() - oldest) / 1000)),
    message_groups: new Set(messages.map(({ groupId }) => groupId)).size,
  };
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
