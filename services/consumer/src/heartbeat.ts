// Keeps received messages invisible while they are being stored, with one loop over a list that is ordered by due time.
// All messages of a receive are extended together: while one message stays invisible, a server may not deliver the
// later ones of its group again, even if their own visibility timeout has expired.
import { type Clock, classifyEntry, type QueuePort, type ReceivedMessage } from '@movie-load/aws';

const MINUTE_MS = 60_000;
/** A receive's heartbeats end after this time without progress. */
const MAX_QUIET_MS = 15 * MINUTE_MS;
/** A receive's heartbeats end after this time: SQS itself ends every message's invisibility after twelve hours. */
const MAX_AGE_MS = 11 * 60 * MINUTE_MS;

/** The reason of a receive's signal when its heartbeats have ended. */
class HeartbeatEnded extends Error {
  constructor(why: 'no progress' | 'too old') {
    super(`heartbeats ended: ${why}`);
    this.name = 'HeartbeatEnded';
  }
}

/** The messages of one receive, kept invisible. */
export interface VisibilityExtension {
  /** Aborted when the heartbeats end, or by `abort`. */
  readonly signal: AbortSignal;
  /** Reports that something was stored or uploaded, so the heartbeats continue. */
  progress(): void;
  /** These messages get no more heartbeats. Resolves when no heartbeat is in flight that could undo a release. */
  stop(messages: readonly ReceivedMessage[]): Promise<void>;
  /** Aborts the signal. Heartbeats continue until `stop`, so the messages stay invisible until they are released. */
  abort(reason: unknown): void;
}

/** The call failed as a whole, or other consumers have received some of its messages. */
export type HeartbeatFailure = 'call_failed' | 'messages_lost';

export interface HeartbeatOptions {
  readonly queue: Pick<QueuePort, 'changeVisibility'>;
  readonly clock: Clock;
  readonly visibilitySeconds: number;
  /** Called for each failed heartbeat. The process continues. */
  readonly onFailure?: (error: unknown, messages: readonly ReceivedMessage[], why: HeartbeatFailure) => void;
  readonly maxQuietMs?: number;
  readonly maxAgeMs?: number;
}

export interface Heartbeat {
  /** Keeps messages that were just received invisible: the first heartbeat is due after a third of their timeout. */
  extend(messages: readonly ReceivedMessage[]): VisibilityExtension;
  /** Milliseconds by which the most overdue heartbeat is late; 0 when none is late. */
  overdueMs(): number;
  /** Ends the loop; messages keep their last visibility timeout. */
  stop(): void;
}

/** A receive whose messages get heartbeats. */
interface Entry {
  readonly messages: Set<ReceivedMessage>;
  readonly controller: AbortController;
  readonly startedAt: number;
  lastProgress: number;
  dueAt: number;
  /** A heartbeat has been sent and not answered. */
  isSending: boolean;
  lastBeat: Promise<void>;
}

export const createHeartbeat = (options: HeartbeatOptions): Heartbeat => new HeartbeatLoop(options);

class HeartbeatLoop implements Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #intervalMs: number;
  /** Ordered by `dueAt`: every entry is due one interval after it was put at the end. */
  readonly #entries = new Set<Entry>();
  readonly #stopped = new AbortController();
  #isLooping = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#intervalMs = (options.visibilitySeconds * 1000) / 3;
  }

  extend(messages: readonly ReceivedMessage[]): VisibilityExtension {
    const { clock } = this.#options;
    const now = clock.now();
    const entry: Entry = {
      messages: new Set(messages),
      controller: new AbortController(),
      startedAt: now,
      lastProgress: now,
      dueAt: now + this.#intervalMs,
      isSending: false,
      lastBeat: Promise.resolve(),
    };
    this.#entries.add(entry);
    if (!this.#isLooping) void this.#loop();
    return {
      signal: entry.controller.signal,
      progress: () => {
        entry.lastProgress = clock.now();
      },
      stop: async (done) => {
        this.#finish(entry, done);
        await entry.lastBeat;
      },
      abort: (reason) => entry.controller.abort(reason),
    };
  }

  overdueMs(): number {
    return Math.max(0, this.#options.clock.now() - (first(this.#entries)?.dueAt ?? Number.POSITIVE_INFINITY));
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options;
    this.#isLooping = true;
    try {
      for (let head = first(this.#entries); head; head = first(this.#entries)) {
        const waitMs = head.dueAt - clock.now();
        if (waitMs > 0) await clock.sleep(waitMs, this.#stopped.signal);
        else this.#beatOrEnd(head);
      }
    } catch {
      // Stopped.
    } finally {
      this.#isLooping = false;
    }
  }

  #beatOrEnd(entry: Entry): void {
    const { clock, maxQuietMs = MAX_QUIET_MS, maxAgeMs = MAX_AGE_MS } = this.#options;
    const now = clock.now();
    this.#entries.delete(entry);
    if (now - entry.lastProgress >= maxQuietMs) {
      entry.controller.abort(new HeartbeatEnded('no progress'));
    } else if (now - entry.startedAt >= maxAgeMs) {
      entry.controller.abort(new HeartbeatEnded('too old'));
    } else {
      entry.dueAt = now + this.#intervalMs;
      this.#entries.add(entry);
      if (!entry.isSending) entry.lastBeat = this.#beat(entry);
    }
  }

  async #beat(entry: Entry): Promise<void> {
    const { queue, visibilitySeconds, onFailure } = this.#options;
    const messages = [...entry.messages];
    entry.isSending = true;
    try {
      const changes = messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: visibilitySeconds }));
      // Tried once, because the next heartbeat is sent in time.
      const failures = await queue.changeVisibility(changes, { signal: this.#stopped.signal, maxAttempts: 1 });
      const refusals = failures.filter((failure) => classifyEntry(failure) !== 'transient');
      const refusedMessages = refusals.flatMap(({ index }) => messages[index] ?? []);
      // A message that was deleted meanwhile is refused too, but is not lost.
      const lost = refusedMessages.filter((message) => entry.messages.has(message));
      this.#finish(entry, lost);
      if (lost.length > 0) onFailure?.(new Error('another consumer has the messages'), lost, 'messages_lost');
    } catch (error) {
      onFailure?.(error, messages, 'call_failed');
    } finally {
      entry.isSending = false;
    }
  }

  #finish(entry: Entry, messages: readonly ReceivedMessage[]): void {
    for (const message of messages) entry.messages.delete(message);
    if (entry.messages.size === 0) this.#entries.delete(entry);
  }
}

const first = (entries: ReadonlySet<Entry>): Entry | undefined => entries.values().next().value;
