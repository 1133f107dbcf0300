// Handles the messages of one receive, which sqs-consumer passes to `handleMessageBatch`.
//
//   receive ─▶ split by group, check ──┬─▶ group A: refused ─▶ dead-letter queue ─▶ delete
//                                      │            newer ─▶ released with backoff, for consumers of a newer release
//                                      │            valid ─▶ slices ─▶ ledger ─▶ tree ─▶ object ─▶ COMPLETE ─▶ delete
//                                      └─▶ group B: …            (packages/jobs, in this order)
//   heartbeat ── every third of the visibility timeout, all messages of the receive together ──▶
//
// Groups are handled concurrently; a group that fails stops and is released. A message is deleted only after it is
// stored and counted, or is in the dead-letter queue. The ports repeat failed calls: an error that they throw is
// final.
import { type Clock, classifyError, isOutage, type QueuePort, type ReceivedMessage, runAll } from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import { deadLetter } from '@movie-load/queue';
import { EXIT, parseGroupKey } from '@movie-load/schema';
import type { ConsumerCounters } from './counters.ts';
import { checkGroup, type GroupWork, type RefusedMessage, splitByGroup, splitIntoPieces } from './grouping.ts';
import { createHeartbeat, type Heartbeat, type VisibilityExtension } from './heartbeat.ts';
import { longestSeconds, type ReleaseKind, release } from './release.ts';
import type { GroupSpans } from './spans.ts';

/** The share of the drain's time in which work may finish; in the rest, unfinished messages are released. */
const FINISH_SHARE = 0.75;
/** A receive of ten full `auto` messages is one piece. */
const PIECE_CHARACTERS = 1024 * 1024;

const REMEMBERED_JOBS = 1000;

export interface HandlerLog {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

export interface HandlerOptions {
  /** Queue and dead-letter queue, with a policy that repeats calls until the signal aborts. */
  readonly queue: QueuePort;
  readonly dlq: QueuePort;
  readonly jobs: Pick<JobStore, 'store'>;
  readonly clock: Clock;
  /** The unique name of this process, for traces and dead letters. */
  readonly instance: string;
  readonly settings: {
    readonly visibilitySeconds: number;
    readonly drainMs: number;
    /** The most characters of one receive that are parsed and stored at once. Default: 1,048,576. */
    readonly pieceCharacters?: number | undefined;
  };
  readonly log: HandlerLog;
  readonly counters: ConsumerCounters;
  /** Called once when the process cannot continue, after all received messages are released. */
  readonly exit: (code: number, error: unknown) => void;
  /** How far SQS's clock is ahead of `clock`, in milliseconds. Default: 0. */
  readonly queueAheadMs?: (() => number) | undefined;
  /** Called with each stored message, its `sentOn` by `clock`; for histograms. */
  readonly onStored?: (message: ReceivedMessage, now: number) => void;
  /** Records each group of a receive; for traces. */
  readonly spans?: GroupSpans | undefined;
}

export interface Handler {
  /** Resolves when every message of the receive is deleted or released. Never rejects. */
  handle(messages: readonly ReceivedMessage[]): Promise<void>;
  /**
   * Running groups may finish for three quarters of `drainMs`; then they are released without a delay. Receives that
   * return meanwhile are released unread. Takes at most `drainMs`. `noMoreReceives` resolves when no receive can
   * return any more.
   *
   * @returns the number of messages of receives that are not handled completely by then
   */
  drain(noMoreReceives?: Promise<void>): Promise<number>;
  /** By how much the most overdue heartbeat is late, in milliseconds. */
  heartbeatOverdueMs(): number;
}

export const createHandler = (options: HandlerOptions): Handler => new ReceiveHandler(options);

class ReceiveHandler implements Handler {
  readonly #options: HandlerOptions;
  readonly #pieceCharacters: number;
  readonly #heartbeat: Heartbeat;
  readonly #extensions = new Set<VisibilityExtension>();
  readonly #running = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  /** Ids of the jobs of a newer plan version that were logged. */
  readonly #loggedNewerJobs = new Set<string>();
  /** Why the handler accepts no more messages: the process ends, or has a bug. */
  #endReason: 'drain' | 'bug' | undefined;

  constructor(options: HandlerOptions) {
    const { queue, clock, settings, counters, log } = options;
    this.#options = options;
    this.#pieceCharacters = settings.pieceCharacters ?? PIECE_CHARACTERS;
    this.#heartbeat = createHeartbeat({
      queue,
      clock,
      visibilitySeconds: settings.visibilitySeconds,
      onFailure: (error, messages, why) => {
        counters.heartbeatsFailed.set(why, (counters.heartbeatsFailed.get(why) ?? 0) + 1);
        log.warn({ err: error, message_ids: idsOf(messages) }, 'a heartbeat failed');
      },
    });
  }

  async handle(messages: readonly ReceivedMessage[]): Promise<void> {
    const { counters, log } = this.#options;
    counters.receivedMessages += messages.length;
    counters.redelivered += messages.filter(({ receiveCount }) => receiveCount > 1).length;
    counters.inFlight += messages.length;
    const work = this.#handleReceive(messages).catch((error) => {
      // An error here is a bug of the handler, after which the process must not continue.
      log.error({ err: error }, 'the handler failed');
      this.#end('bug', error);
    });
    this.#running.add(work);
    await work;
    this.#running.delete(work);
    counters.inFlight -= messages.length;
  }

  async drain(noMoreReceives = Promise.resolve()): Promise<number> {
    const { settings, counters } = this.#options;
    this.#end('drain');
    const finishMs = settings.drainMs * FINISH_SHARE;
    const settled = noMoreReceives.then(() => this.#settled());
    await this.#waitAtMost(finishMs, settled);
    for (const extension of this.#extensions) extension.abort(new Error('the process ends'));
    await this.#waitAtMost(settings.drainMs - finishMs, settled);
    this.#ended.abort(new Error('the process ends'));
    this.#heartbeat.stop();
    return counters.inFlight;
  }

  heartbeatOverdueMs(): number {
    return this.#heartbeat.overdueMs();
  }

  async #handleReceive(messages: readonly ReceivedMessage[]): Promise<void> {
    if (this.#endReason) return this.#release(messages, {});
    const extension = this.#heartbeat.extend(messages);
    this.#extensions.add(extension);
    try {
      const receivedOn = this.#options.clock.now();
      const groups = splitByGroup(messages);
      const characters = messages.reduce((sum, { body }) => sum + body.length, 0);
      if (characters <= this.#pieceCharacters) {
        await Promise.all(groups.map((deliveries) => this.#handleGroup(deliveries, receivedOn, extension)));
      } else {
        for (const deliveries of groups) await this.#handleGroup(deliveries, receivedOn, extension);
      }
    } finally {
      this.#extensions.delete(extension);
      void extension.stop(messages);
    }
  }

  #handleGroup(
    deliveries: readonly ReceivedMessage[],
    receivedOn: number,
    extension: VisibilityExtension,
  ): Promise<void> {
    const work = () => this.#storeOrRelease(deliveries, receivedOn, extension);
    return this.#options.spans?.around(deliveries, work) ?? work();
  }

  async #storeOrRelease(
    deliveries: readonly ReceivedMessage[],
    receivedOn: number,
    extension: VisibilityExtension,
  ): Promise<void> {
    const unfinished = new Set(deliveries);
    const endWork = this.#options.counters.unfinished.begin(deliveries);
    const facts = parseGroupKey(deliveries[0]?.groupId ?? '') ?? {};
    const queueAheadMs = this.#options.queueAheadMs?.() ?? 0;
    try {
      for (const piece of splitIntoPieces(deliveries, this.#pieceCharacters)) {
        const work = checkGroup(piece, { receivedOn, queueAheadMs });
        this.#options.spans?.checked(
          work.batch,
          work.refused.map(({ reason }) => reason),
        );
        await this.#refuse(work.refused, extension);
        for (const { message } of work.refused) unfinished.delete(message);
        await this.#store(work, extension);
        for (const message of work.valid) unfinished.delete(message);
      }
      if (unfinished.size > 0) await this.#releaseNewer([...unfinished], facts, extension);
    } catch (error) {
      const messages = [...unfinished];
      this.#options.spans?.failed(error);
      if (classifyError(error) === 'bug') this.#end('bug', error);
      if (this.#endReason !== 'drain') {
        const details = { ...facts, messages: messages.length, err: error };
        const { log } = this.#options;
        if (isOutage(error)) log.warn(details, 'released until S3 answers again');
        else log.error(details, 'not stored: releasing');
      }
      await extension.stop(messages);
      await this.#release(messages, facts, isOutage(error) ? 'away' : 'backoff');
    } finally {
      endWork();
    }
  }

  /** Dead-letters invalid messages, then deletes them. */
  async #refuse(refused: readonly RefusedMessage[], extension: VisibilityExtension): Promise<void> {
    if (refused.length === 0) return;
    const deadLetters = refused.map((message) => (signal: AbortSignal) => this.#deadLetter(message, signal));
    await runAll(extension.signal, deadLetters);
    await this.#delete(
      refused.map(({ message }) => message),
      extension,
    );
  }

  async #deadLetter({ message, reason, detail }: RefusedMessage, signal: AbortSignal): Promise<void> {
    const { dlq, instance, counters, log } = this.#options;
    await deadLetter({ dlq }, message, { reason, detail, consumer: instance }, { signal });
    counters.deadLettered.set(reason, (counters.deadLettered.get(reason) ?? 0) + 1);
    log.warn({ message_id: message.messageId, reason, detail, attempt: message.receiveCount }, 'dead-lettered');
  }

  /**
   * Releases the messages of a newer plan version, after the others are stored. A newer consumer may receive them
   * next.
   */
  async #releaseNewer(
    messages: readonly ReceivedMessage[],
    facts: { readonly job_id?: string; readonly group?: number },
    extension: VisibilityExtension,
  ): Promise<void> {
    const { counters, log } = this.#options;
    counters.newerVersion += messages.length;
    const job = facts.job_id ?? '';
    if (!this.#loggedNewerJobs.has(job)) {
      if (this.#loggedNewerJobs.size >= REMEMBERED_JOBS) this.#loggedNewerJobs.clear();
      this.#loggedNewerJobs.add(job);
      log.warn(facts, 'a job of a newer plan version: its messages wait for consumers of a newer release');
    }
    await extension.stop(messages);
    return this.#release(messages, facts);
  }

  /** Stores and counts the messages, completes the job, then deletes them. */
  async #store({ batch, valid }: GroupWork, extension: VisibilityExtension): Promise<void> {
    if (!batch) return;
    const { jobs, clock, onStored, queueAheadMs } = this.#options;
    const stored = await jobs.store(batch, { signal: extension.signal, onProgress: extension.progress });
    if (stored === 'stored' && onStored) {
      const [now, aheadMs] = [clock.now(), queueAheadMs?.() ?? 0];
      for (const message of valid) onStored({ ...message, sentOn: message.sentOn - aheadMs }, now);
    }
    await this.#delete(valid, extension);
  }

  /** A message whose handle has expired is not deleted. It is delivered again, which changes nothing. */
  async #delete(messages: readonly ReceivedMessage[], extension: VisibilityExtension): Promise<void> {
    void extension.stop(messages);
    const handles = messages.map(({ receiptHandle }) => receiptHandle);
    await this.#options.queue.delete(handles, { signal: extension.signal });
  }

  async #release(
    messages: readonly ReceivedMessage[],
    facts: object,
    why: Exclude<ReleaseKind, 'now'> = 'backoff',
  ): Promise<void> {
    const { queue, clock, settings, counters, log } = this.#options;
    counters.released += messages.length;
    const kind = this.#endReason === 'drain' ? 'now' : why;
    const inFlight = await release(queue, messages, kind, this.#ended.signal);
    const delaySeconds = Math.max(longestSeconds(messages, kind), inFlight === 0 ? 0 : settings.visibilitySeconds);
    counters.unfinished.release(messages, clock.now() + delaySeconds * 1000);
    if (inFlight === 0) return;
    log.warn({ ...facts, messages: inFlight }, 'not released: they are delivered again after the visibility timeout');
  }

  #end(why: 'drain' | 'bug', error?: unknown): void {
    if (this.#endReason) return;
    this.#endReason = why;
    if (why !== 'bug') return;
    for (const extension of this.#extensions) extension.abort(error);
    void this.#settled().then(() => this.#options.exit(EXIT.bug, error));
  }

  async #settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Resolves when the promise does, or after `ms`. */
  async #waitAtMost(ms: number, promise: Promise<void>): Promise<void> {
    const ended = new AbortController();
    const timeout = this.#options.clock.sleep(ms, ended.signal).catch(() => undefined);
    await Promise.race([promise, timeout]);
    ended.abort();
  }
}

const idsOf = (messages: readonly ReceivedMessage[]) => messages.map(({ messageId }) => messageId);
