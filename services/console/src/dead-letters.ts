// The dead-letter queue for the page: read without receiving (by a peek) where the endpoint allows it, redriven by
// packages/queue. The memory for its messages is limited in bytes, however large they are.
import { type Clock, type OpenQueue, type Peek, type Random, startOf } from '@movie-load/aws';
import { type DeadLetter, redrive, type SeenMessage, type SweepOptions, sweep, toDeadLetter } from '@movie-load/queue';
import { utf8Bytes } from '@movie-load/schema';
import type { DeadLetterBody, DeadLetters, DeadLetterView, RedriveRequest, RedriveResult } from './api.ts';
import { HttpError } from './http-body.ts';

export interface DeadLettersOptions {
  readonly queue: () => Promise<OpenQueue>;
  readonly dlq: () => Promise<OpenQueue>;
  readonly peek: Peek;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted at the end of the server; ends running work. */
  readonly signal?: AbortSignal;
}

/** Maximum number of messages that a read returns, and of their bytes as JSON; the queue may have more. */
const MAX_SHOWN = 500;
const MAX_SHOWN_BYTES = 4 * 1024 * 1024;
/** Limit of a response from an endpoint that ignores a peek's parameters and returns all messages, complete. */
const MAX_PEEK_BYTES = 32 * 1024 * 1024;
/** Limit of such a response when it is searched for one body. */
const MAX_SEARCHED_BYTES = 256 * 1024 * 1024;
/** Longer than a read takes; after a crash of this process the messages become visible after this time. */
const READ_VISIBILITY_SECONDS = 30;
/** Total characters of the cached bodies, which the details of a message show where peeking is not possible. */
const MAX_CACHED_CHARACTERS = 4 * 1024 * 1024;
/** In the list, a body and each other text of a message (such as an attribute) is cut after this many characters. */
const MAX_START_CHARACTERS = 2000;
/** In the details of a message, its body is cut after this many characters. */
const MAX_BODY_CHARACTERS = 256 * 1024;
/**
 * Requests share a read for this time. A read that receives hides messages and increments their receive counts, so it
 * is made less often.
 */
const PEEKED_FRESH_MS = 800;
const RECEIVED_FRESH_MS = 5000;

/** The attributes of a received dead letter that the map of a job needs. */
export type ReceivedDeadLetter = Pick<
  DeadLetter,
  'original_deduplication_id' | 'original_sent_on' | 'original_receive_count'
>;

export function createDeadLetters(options: DeadLettersOptions) {
  const { dlq, peek, clock, signal } = options;
  const lastReceived: LastReceived = { bodies: new Map(), deadLetters: [] };
  let currentRead: Promise<DeadLetters> | undefined;
  let freshUntil = Number.NEGATIVE_INFINITY;
  let isRedriving = false;
  const running = new Set<Promise<unknown>>();

  /** Registers work that may hide messages: at its end the server waits (`settled`) until the work has released them. */
  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const forget = () => void running.delete(work);
    work.then(forget, forget);
    return work;
  }

  return {
    /** The dead letters of the last read that received them, so that the map of a job need not receive them again. */
    receivedDeadLetters: (): readonly ReceivedDeadLetter[] => lastReceived.deadLetters,

    /** Makes one read at a time, which all requests during it and shortly after it share. */
    list(): Promise<DeadLetters> {
      if (currentRead === undefined || clock.now() > freshUntil) {
        freshUntil = Number.POSITIVE_INFINITY;
        const read = track(readQueue(options, lastReceived));
        currentRead = read;
        const expire = (ms: number) => {
          if (currentRead === read) freshUntil = clock.now() + ms;
        };
        read.then(
          ({ peeked }) => expire(peeked ? PEEKED_FRESH_MS : RECEIVED_FRESH_MS),
          () => expire(PEEKED_FRESH_MS),
        );
      }
      return currentRead;
    },

    async body(messageId: string): Promise<DeadLetterBody> {
      const peekOptions = { messageId, maxBytes: MAX_SEARCHED_BYTES, ...(signal && { signal }) };
      const peeked = await peek((await dlq()).url, peekOptions);
      for await (const { body } of peeked ?? []) return toBodyView(body);
      const body = lastReceived.bodies.get(messageId);
      if (body !== undefined) return toBodyView(body);
      const detail = peeked
        ? 'The message is not in the dead-letter queue any more. Read the queue again.'
        : 'The message has left the dead-letter queue, or its body did not fit into the console’s cache. Read the queue again, or use movie-load dlq show.';
      throw new HttpError(404, 'No such message', detail);
    },

    async redrive(request: RedriveRequest): Promise<RedriveResult> {
      if (isRedriving) throw new HttpError(429, 'Busy', 'Another redrive is running. Try again when it has ended.');
      isRedriving = true;
      try {
        return await track(redriveMessages(options, lastReceived, request));
      } finally {
        isRedriving = false;
        currentRead = undefined;
      }
    },

    /** Resolves when all work has ended. */
    settled: async (): Promise<void> => void (await Promise.allSettled(running)),
  };
}

/** The dead letters of the last read that received them, for endpoints without peeking. */
interface LastReceived {
  /** By message id. */
  bodies: Map<string, string>;
  deadLetters: readonly (ReceivedDeadLetter & { readonly message_id: string })[];
}

async function readQueue(
  { dlq, peek, clock, signal }: DeadLettersOptions,
  lastReceived: LastReceived,
): Promise<DeadLetters> {
  const from = await dlq();
  const { waiting, inFlight, delayed } = await from.status(signal && { signal });
  const peeked = await peek(from.url, {
    newestFirst: true,
    characters: MAX_START_CHARACTERS,
    maxBytes: MAX_PEEK_BYTES,
    ...(signal && { signal }),
  });
  const newest = createNewestMessages();
  if (peeked) {
    for await (const message of peeked) if (!newest.add(message)) break;
  } else {
    await receive({ dlq: from, clock, signal, visibilitySeconds: READ_VISIBILITY_SECONDS }, lastReceived, newest.add);
  }
  const messages = newest.newestFirst();
  const total = Math.max(waiting + inFlight + delayed, messages.length);
  return { total, left_out: total - messages.length, messages, peeked: peeked !== undefined };
}

async function receive(
  options: SweepOptions,
  lastReceived: LastReceived,
  add: (message: SeenMessage) => boolean,
): Promise<void> {
  const bodies = new Map<string, string>();
  const deadLetters: (ReceivedDeadLetter & { readonly message_id: string })[] = [];
  let room = MAX_CACHED_CHARACTERS;
  await sweep(options, async (batch) => {
    for (const message of batch) {
      add(message);
      deadLetters.push(toReceivedDeadLetter(toDeadLetter(message)));
      room -= message.body.length;
      if (room > 0) bodies.set(message.messageId, message.body);
    }
    return { toDelete: [], stop: deadLetters.length >= MAX_SHOWN };
  });
  lastReceived.deadLetters = deadLetters;
  lastReceived.bodies = bodies;
}

async function redriveMessages(
  { queue, dlq, clock, random, signal }: DeadLettersOptions,
  lastReceived: LastReceived,
  { message_ids, dry_run }: RedriveRequest,
): Promise<RedriveResult> {
  const redriven: { message_id: string; to_group: string }[] = [];
  const { refused, came_back } = await redrive({
    from: await dlq(),
    to: await queue(),
    clock,
    random,
    filter: { ids: message_ids },
    max: message_ids.length,
    dryRun: dry_run,
    visibilitySeconds: READ_VISIBILITY_SECONDS,
    signal,
    onProgress(deadLetters) {
      for (const { message_id, original_group } of deadLetters) redriven.push({ message_id, to_group: original_group });
    },
  });
  const refusedIds = new Set(refused.map(({ message_id }) => message_id));
  const redrivenIds = new Set(redriven.map(({ message_id }) => message_id));
  if (!dry_run) {
    lastReceived.deadLetters = lastReceived.deadLetters.filter(
      ({ message_id }) => !redrivenIds.has(message_id) || refusedIds.has(message_id),
    );
  }
  return {
    dry_run,
    came_back,
    redriven: redriven.filter(({ message_id }) => !refusedIds.has(message_id)),
    not_found: message_ids.filter((id) => !redrivenIds.has(id)),
    refused: refused.map(({ message_id, code, message }) => `${message_id}: ${code} ${message}`),
  };
}

const toReceivedDeadLetter = (deadLetter: DeadLetter) => ({
  message_id: deadLetter.message_id,
  original_deduplication_id: deadLetter.original_deduplication_id,
  original_sent_on: deadLetter.original_sent_on,
  original_receive_count: deadLetter.original_receive_count,
});

const toBodyView = (body: string): DeadLetterBody => ({
  body: startOf(body, MAX_BODY_CHARACTERS),
  cut: body.length > MAX_BODY_CHARACTERS,
});

/** Keeps the newest of the added dead letters: as many as the page shows. */
function createNewestMessages() {
  let views: { readonly sentOn: number; readonly view: DeadLetterView; readonly bytes: number }[] = [];
  let bytes = 0;
  /** Until now, no dead letter was newer than the one before it. */
  let isNewestFirst = true;
  let lastSentOn = Number.POSITIVE_INFINITY;
  const trim = () => {
    let room = MAX_SHOWN_BYTES;
    views = views
      .toSorted((a, b) => b.sentOn - a.sentOn)
      .slice(0, MAX_SHOWN)
      .filter((entry) => {
        room -= entry.bytes;
        return room >= 0;
      });
    bytes = MAX_SHOWN_BYTES - Math.max(room, 0);
  };
  return {
    /**
     * Returns false when the caller can stop: the list is full, and the endpoint returns the newest first, so that all
     * further dead letters are older than those in the list. Not every endpoint supports that order.
     */
    add(message: SeenMessage): boolean {
      const view = toView(message);
      const size = utf8Bytes(JSON.stringify(view));
      views.push({ sentOn: message.sentOn, view, bytes: size });
      bytes += size;
      isNewestFirst &&= message.sentOn <= lastSentOn;
      lastSentOn = message.sentOn;
      const firstSentOn = views[0]?.sentOn ?? message.sentOn;
      const isFull = views.length > MAX_SHOWN || bytes > MAX_SHOWN_BYTES;
      // If all were sent at the same time, the order is not known yet.
      if (isFull && isNewestFirst && firstSentOn > message.sentOn) return false;
      if (views.length > 2 * MAX_SHOWN || bytes > 2 * MAX_SHOWN_BYTES) trim();
      return true;
    },
    newestFirst(): DeadLetterView[] {
      trim();
      return views.map(({ view }) => view);
    },
  };
}

function toView(message: SeenMessage): DeadLetterView {
  const deadLetter = toDeadLetter(message);
  const attributes = Object.entries(message.attributes).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue === undefined ? `${BinaryValue?.byteLength ?? 0} bytes` : attributeText(StringValue),
  ]);
  const body_start = startOf(message.body, MAX_START_CHARACTERS);
  return {
    message_id: deadLetter.message_id,
    reason: deadLetter.reason,
    detail: startOf(deadLetter.detail ?? '', MAX_START_CHARACTERS),
    consumer: startOf(deadLetter.consumer ?? '', MAX_START_CHARACTERS),
    original_group: startOf(deadLetter.original_group, MAX_START_CHARACTERS),
    job_id: deadLetter.job_id ?? null,
    sent_on:
      deadLetter.original_sent_on === undefined ? null : startOf(deadLetter.original_sent_on, MAX_START_CHARACTERS),
    dead_since: deadLetter.since,
    receives: deadLetter.original_receive_count === undefined ? null : String(deadLetter.original_receive_count),
    body_bytes: deadLetter.body_bytes,
    body_start,
    body_cut: deadLetter.body_bytes > utf8Bytes(body_start),
    attributes: Object.fromEntries(attributes),
  };
}

const attributeText = (text: string): string =>
  text.length <= MAX_START_CHARACTERS ? text : `${startOf(text, MAX_START_CHARACTERS)}…`;
