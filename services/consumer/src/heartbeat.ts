// Keeps received messages invisible while they are being stored: one ordered list, one loop, all messages of a receive
// together (a server may hold back the redelivery of whatever was received after a message that is extended alone).
import type { Clock, QueuePort, ReceivedMessage } from '@movie-load/aws';
import { handleIsGone } from './acknowledge.ts';

const MINUTE_MS = 60_000;
const MAX_QUIET_MS = 15 * MINUTE_MS;
/** SQS lets nobody hold a message for longer than twelve hours. */
const MAX_AGE_MS = 11 * 60 * MINUTE_MS;

/** The reason of a receive's signal when its heartbeats have ended. */
export class HeartbeatEnded extends Error {
  constructor(why: 'no progress' | 'too old') {
    super(`heartbeats ended: ${why}`);
    this.name = 'HeartbeatEnded';
  }
}

/** The messages of one receive under heartbeat. */
export interface Held {
  /** Aborted when the heartbeats end, or by `abort`. */
  readonly signal: AbortSignal;
  /** Something was stored, uploaded or renewed: the work is worth holding on to. */
  progress(): void;
  /** These are deleted or about to be: they get no more heartbeats. */
  finish(messages: readonly ReceivedMessage[]): void;
  /** As `finish`, and resolves when no heartbeat is on its way that could undo a release. */
  letGo(messages: readonly ReceivedMessage[]): Promise<void>;
  abort(reason: unknown): void;
}

export interface HeartbeatOptions {
  readonly queue: Pick<QueuePort, 'changeVisibility'>;
  readonly clock: Clock;
  readonly visibilitySeconds: number;
  /** A heartbeat failed as a whole, or lost messages to somebody else. Never ends the process. */
  readonly onTrouble?: (error: unknown, messages: readonly ReceivedMessage[]) => void;
  readonly maxQuietMs?: number;
  readonly maxAgeMs?: number;
}

export interface Heartbeat {
  /** Begins at once; the first heartbeat comes after a third of the visibility timeout. */
  hold(messages: readonly ReceivedMessage[]): Held;
  /** How late the heartbeat is that is most overdue; 0 when all is well. A life sign. */
  overdueMs(): number;
  /** Ends the loop; what is held keeps its last visibility timeout. */
  stop(): void;
}

interface Entry {
  readonly messages: Set<ReceivedMessage>;
  readonly controller: AbortController;
  readonly heldSince: number;
  lastProgress: number;
  dueAt: number;
  /** A heartbeat has been sent and not answered. */
  onItsWay: boolean;
  lastBeat: Promise<void>;
}

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { queue, clock, visibilitySeconds, onTrouble, maxQuietMs = MAX_QUIET_MS, maxAgeMs = MAX_AGE_MS } = options;
  const intervalMs = (visibilitySeconds * 1000) / 3;
  /** Ordered by `dueAt`: every entry is due one interval after it was put at the end. */
  const entries = new Set<Entry>();
  const stopped = new AbortController();
  let looping = false;

  async function loop(): Promise<void> {
    looping = true;
    try {
      for (let head = first(entries); head; head = first(entries)) {
        const waitMs = head.dueAt - clock.now();
        if (waitMs > 0) await clock.sleep(waitMs, stopped.signal);
        else beatOrEnd(head);
      }
    } catch {
      // Stopped.
    } finally {
      looping = false;
    }
  }

  function beatOrEnd(entry: Entry): void {
    const now = clock.now();
    entries.delete(entry);
    if (now - entry.lastProgress >= maxQuietMs) {
      entry.controller.abort(new HeartbeatEnded('no progress'));
    } else if (now - entry.heldSince >= maxAgeMs) {
      entry.controller.abort(new HeartbeatEnded('too old'));
    } else {
      entry.dueAt = now + intervalMs;
      entries.add(entry);
      if (!entry.onItsWay) entry.lastBeat = beat(entry);
    }
  }

  async function beat(entry: Entry): Promise<void> {
    const messages = [...entry.messages];
    entry.onItsWay = true;
    try {
      const changes = messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: visibilitySeconds }));
      const failures = await queue.changeVisibility(changes, { signal: stopped.signal });
      const gone = failures.filter(handleIsGone).flatMap(({ index }) => messages[index] ?? []);
      // A message that was deleted meanwhile is refused too, and is none that was lost.
      const lost = gone.filter((message) => entry.messages.has(message));
      finish(entry, lost);
      if (lost.length > 0) onTrouble?.(new Error('the messages are no longer ours'), lost);
    } catch (error) {
      onTrouble?.(error, messages);
    } finally {
      entry.onItsWay = false;
    }
  }

  function finish(entry: Entry, messages: readonly ReceivedMessage[]): void {
    for (const message of messages) entry.messages.delete(message);
    if (entry.messages.size === 0) entries.delete(entry);
  }

  return {
    hold: (messages) => {
      const now = clock.now();
      const entry: Entry = {
        messages: new Set(messages),
        controller: new AbortController(),
        heldSince: now,
        lastProgress: now,
        dueAt: now + intervalMs,
        onItsWay: false,
        lastBeat: Promise.resolve(),
      };
      entries.add(entry);
      if (!looping) void loop();
      return {
        signal: entry.controller.signal,
        progress: () => {
          entry.lastProgress = clock.now();
        },
        finish: (done) => finish(entry, done),
        letGo: async (done) => {
          finish(entry, done);
          await entry.lastBeat;
        },
        abort: (reason) => entry.controller.abort(reason),
      };
    },
    overdueMs: () => Math.max(0, clock.now() - (first(entries)?.dueAt ?? Number.POSITIVE_INFINITY)),
    stop: () => stopped.abort(),
  };
}

const first = (entries: ReadonlySet<Entry>): Entry | undefined => entries.values().next().value;
