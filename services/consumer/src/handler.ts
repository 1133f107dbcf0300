// What happens to the messages of one receive, from `handleMessageBatch` inward.
//
//   receive ─▶ split by group, check ──┬─▶ group A: refused ─▶ dead-letter queue ─▶ delete
//                                      │            valid ─▶ slices ─▶ ledger ─▶ tree ─▶ object ─▶ COMPLETE ─▶ delete
//                                      └─▶ group B: …            (packages/jobs, in this order)
//   heartbeat ── every third of the visibility timeout, all messages of the receive together ──▶
//
// Groups go in parallel; a group that fails stops and is given back. Nothing is deleted before it is stored and counted,
// or stands in the dead-letter queue.
import {
  type Clock,
  classifyError,
  describeError,
  type QueuePort,
  type Random,
  type ReceivedMessage,
} from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import { deadLetter } from '@movie-load/queue';
import { parseGroupKey } from '@movie-load/schema';
import { acknowledge } from './acknowledge.ts';
import type { ConsumerCounters } from './counters.ts';
import { byGroup, checkGroup, type GroupWork, inPieces, type RefusedMessage } from './grouping.ts';
import { createHeartbeat, type Held } from './heartbeat.ts';
import { release } from './release.ts';
import { type RetryOptions, retry } from './retry.ts';

/** AWS called a request of ours invalid: the exit code of `EX_SOFTWARE`. */
const EXIT_BUG = 70;
/** Of the drain's time, this part is for finishing; the rest is for giving back what did not finish. */
const FINISH_SHARE = 0.75;
/** A receive of ten full `auto` messages is one piece. */
const PIECE_CHARACTERS = 1024 * 1024;

export interface HandlerLog {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

export interface HandlerOptions {
  readonly queue: QueuePort;
  readonly dlq: QueuePort;
  readonly jobs: Pick<JobStore, 'store'>;
  readonly clock: Clock;
  readonly random: Random;
  /** This process among the consumers, for traces, leases and dead letters. */
  readonly instance: string;
  readonly settings: {
    readonly visibilitySeconds: number;
    readonly drainMs: number;
    /** What is parsed and stored at once of one receive, in characters. Default: a mebi. */
    readonly pieceCharacters?: number | undefined;
  };
  readonly log: HandlerLog;
  readonly counters: ConsumerCounters;
  /** Called once when the process cannot go on. What the handler holds is given back by then. */
  readonly exit: (code: number, error: unknown) => void;
  /** Told of each message when it is stored: for histograms. */
  readonly onStored?: (message: ReceivedMessage, now: number) => void;
}

export interface Handler {
  /** Resolves when every message of the receive is deleted or given back. Never rejects. */
  handle(messages: readonly ReceivedMessage[]): Promise<void>;
  /**
   * Running groups finish or are given back at once; what comes after is given back unseen. Takes `drainMs` at most.
   * `noMoreReceives` resolves when nothing can come any more.
   *
   * @returns how many messages may still be in flight
   */
  drain(noMoreReceives?: Promise<void>): Promise<number>;
  /** How late the heartbeat is that is most overdue, in milliseconds. */
  heartbeatOverdueMs(): number;
}

/** Why the handler takes no more: the process ends, or has a bug. */
type Leaving = 'drain' | 'bug';

export function createHandler(options: HandlerOptions): Handler {
  const { queue, dlq, jobs, clock, random, instance, settings, log, counters, exit, onStored } = options;
  const { pieceCharacters = PIECE_CHARACTERS } = settings;
  const holds = new Set<Held>();
  const running = new Set<Promise<void>>();
  const ended = new AbortController();
  let leaving: Leaving | undefined;

  const heartbeat = createHeartbeat({
    queue,
    clock,
    visibilitySeconds: settings.visibilitySeconds,
    onTrouble: (error, messages) =>
      log.warn({ error: describeError(error), message_ids: idsOf(messages) }, 'a heartbeat failed'),
  });

  const trying = (signal: AbortSignal, facts: object): RetryOptions => ({
    clock,
    random,
    signal,
    onFailure: (error, attempt) =>
      log.warn({ ...facts, attempt: attempt + 1, error: describeError(error) }, 'failed, will be tried again'),
  });

  async function handleReceive(messages: readonly ReceivedMessage[]): Promise<void> {
    if (leaving) return giveBack(messages, { messages: messages.length });
    const held = heartbeat.hold(messages);
    holds.add(held);
    try {
      const receivedOn = clock.now();
      const groups = byGroup(messages).map((deliveries) => () => handleGroup(deliveries, receivedOn, held));
      if (messages.reduce((sum, { body }) => sum + body.length, 0) <= pieceCharacters) {
        await Promise.all(groups.map((handleOne) => handleOne()));
      } else for (const handleOne of groups) await handleOne();
    } finally {
      holds.delete(held);
      held.finish(messages);
    }
  }

  async function handleGroup(deliveries: readonly ReceivedMessage[], receivedOn: number, held: Held): Promise<void> {
    const left = new Set(deliveries);
    try {
      for (const piece of inPieces(deliveries, pieceCharacters)) {
        const work = checkGroup(piece, receivedOn);
        await refuse(work, held);
        for (const { message } of work.refused) left.delete(message);
        await store(work, held);
        for (const message of work.valid) left.delete(message);
      }
    } catch (error) {
      const messages = [...left];
      if (classifyError(error) === 'bug') leave('bug', error);
      const facts = { ...parseGroupKey(deliveries[0]?.groupId ?? ''), messages: messages.length };
      if (leaving !== 'drain') log.error({ ...facts, error: describeError(error) }, 'not stored, giving back');
      await held.letGo(messages);
      await giveBack(messages, facts);
    }
  }

  /** Dead-letters what can never succeed; only then deletes it. */
  async function refuse({ refused }: GroupWork, held: Held): Promise<void> {
    if (refused.length === 0) return;
    const tries = trying(held.signal, {});
    await Promise.all(refused.map((one) => retry(() => bury(one, held.signal), tries)));
    const messages = refused.map(({ message }) => message);
    held.finish(messages);
    await acknowledge(queue, messages, tries);
  }

  async function bury({ message, reason, detail }: RefusedMessage, signal: AbortSignal): Promise<void> {
    await deadLetter({ dlq }, message, { reason, detail, consumer: instance }, { signal });
    counters.deadLettered.set(reason, (counters.deadLettered.get(reason) ?? 0) + 1);
    log.warn({ message_id: message.messageId, reason, detail, attempt: message.receiveCount }, 'dead-lettered');
  }

  /** Stores, counts and completes; only then deletes. */
  async function store({ batch, valid }: GroupWork, held: Held): Promise<void> {
    if (!batch) return;
    const { signal } = held;
    await jobs.store(batch, { signal, onProgress: held.progress });
    const now = clock.now();
    for (const message of valid) onStored?.(message, now);
    held.finish(valid);
    await acknowledge(queue, valid, trying(signal, { job_id: batch.job_id, group: batch.group }));
  }

  async function giveBack(messages: readonly ReceivedMessage[], facts: object): Promise<void> {
    counters.released += messages.length;
    const kind = leaving === 'drain' ? 'now' : 'backoff';
    const left = await release(queue, messages, kind, trying(ended.signal, facts));
    if (left.length > 0) {
      log.warn({ ...facts, messages: left.length }, 'not given back: they come again after the visibility timeout');
    }
  }

  function leave(why: Leaving, error?: unknown): void {
    if (leaving) return;
    leaving = why;
    if (why !== 'bug') return;
    for (const held of holds) held.abort(error);
    void settled().then(() => exit(EXIT_BUG, error));
  }

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  /** Resolves when the promise does, or after `ms`. */
  async function within(ms: number, promise: Promise<void>): Promise<void> {
    const done = new AbortController();
    const late = clock.sleep(ms, done.signal).catch(() => undefined);
    await Promise.race([promise, late]);
    done.abort();
  }

  return {
    handle: async (messages) => {
      counters.receivedMessages += messages.length;
      counters.redelivered += messages.filter(({ receiveCount }) => receiveCount > 1).length;
      counters.inFlight += messages.length;
      const work = handleReceive(messages).catch((error) => {
        // Nothing above throws; if it does, the process must not go on as if nothing had happened.
        log.error({ error: describeError(error) }, 'the handler failed');
        leave('bug', error);
      });
      running.add(work);
      await work;
      running.delete(work);
      counters.inFlight -= messages.length;
    },
    drain: async (noMoreReceives = Promise.resolve()) => {
      leave('drain');
      const finishMs = settings.drainMs * FINISH_SHARE;
      const done = noMoreReceives.then(settled);
      await within(finishMs, done);
      for (const held of holds) held.abort(new Error('the process ends'));
      await within(settings.drainMs - finishMs, done);
      ended.abort();
      heartbeat.stop();
      return counters.inFlight;
    },
    heartbeatOverdueMs: heartbeat.overdueMs,
  };
}

const idsOf = (messages: readonly ReceivedMessage[]) => messages.map(({ messageId }) => messageId);
