// The dead-letter queue for the page: read without receiving where the endpoint allows it, redriven by packages/queue.
// Its memory is limited in bytes, whatever the messages are.
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

/** Maximum number of messages that a look shows, and of their bytes as JSON; the queue may have more. */
const MAX_SHOWN = 500;
const SHOWN_BYTES = 4 * 1024 * 1024;
/** Limit of a response with complete messages, from an endpoint that does not know our parameters. */
const PEEK_BYTES = 32 * 1024 * 1024;
/** Limit of such a response when one body is searched in it. */
const FIND_BYTES = 256 * 1024 * 1024;
/** Longer than a look takes; after a crash of this process the messages become visible after this time. */
const READ_VISIBILITY_SECONDS = 30;
/** Total characters of the cached bodies, which the details need where peeking is not possible. */
const KEPT_CHARACTERS = 4 * 1024 * 1024;
/** Characters shown of a body and of each attribute. */
const START_CHARACTERS = 2000;
const BODY_CHARACTERS = 256 * 1024;
/**
 * Looks are shared for this time. A look that receives hides messages and increments receive counts: it is made less
 * often.
 */
const PEEKED_FRESH_MS = 800;
const RECEIVED_FRESH_MS = 5000;

/** The parts of a dead letter that the map of a job needs. */
export type DeadLetterSeen = Pick<
  DeadLetter,
  'original_deduplication_id' | 'original_sent_on' | 'original_receive_count'
>;

export function createDeadLetters(options: DeadLettersOptions) {
  const { dlq, peek, clock, signal } = options;
  const memory: Memory = { bodies: new Map(), deadLetters: [] };
  let looking: Promise<DeadLetters> | undefined;
  let freshUntil = Number.NEGATIVE_INFINITY;
  let isRedriving = false;
  const running = new Set<Promise<unknown>>();

  /** The running redrive, for which the server waits at its end, because it releases the messages that it received. */
  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const forget = () => void running.delete(work);
    work.then(forget, forget);
    return work;
  }

  return {
    /** The dead letters of the last look that received them, to avoid another receive. */
    deadLettersSeen: (): readonly DeadLetterSeen[] => memory.deadLetters,

    /** Makes one look at a time, shared by all requests during it and shortly after. */
    list(): Promise<DeadLetters> {
      if (looking === undefined || clock.now() > freshUntil) {
        freshUntil = Number.POSITIVE_INFINITY;
        const mine = track(readQueue(options, memory));
        looking = mine;
        const expire = (ms: number) => {
          if (looking === mine) freshUntil = clock.now() + ms;
        };
        mine.then(
          ({ peeked }) => expire(peeked ? PEEKED_FRESH_MS : RECEIVED_FRESH_MS),
          () => expire(PEEKED_FRESH_MS),
        );
      }
      return looking;
    },

    async body(messageId: string): Promise<DeadLetterBody> {
      const peekOptions = { messageId, maxBytes: FIND_BYTES, ...(signal && { signal }) };
      for await (const { body } of (await peek((await dlq()).url, peekOptions)) ?? []) return shownBody(body);
      const body = memory.bodies.get(messageId);
      if (body !== undefined) return shownBody(body);
      throw new HttpError(
        404,
        'No such message',
        'The message is not in the dead-letter queue any more. Read it again.',
      );
    },

    async redrive(request: RedriveRequest): Promise<RedriveResult> {
      if (isRedriving) throw new HttpError(429, 'Busy', 'Another redrive is running. Try again when it has ended.');
      isRedriving = true;
      try {
        return await track(redriveNamed(options, memory, request));
      } finally {
        isRedriving = false;
        looking = undefined;
      }
    },

    /** Resolves when all work has ended. */
    settled: async (): Promise<void> => void (await Promise.allSettled(running)),
  };
}

/** The dead letters of the last look, for endpoints without peeking. */
interface Memory {
  /** By message id. */
  bodies: Map<string, string>;
  deadLetters: readonly (DeadLetterSeen & { readonly message_id: string })[];
}

async function readQueue({ dlq, peek, clock, signal }: DeadLettersOptions, memory: Memory): Promise<DeadLetters> {
  const from = await dlq();
  const { waiting, inFlight, delayed } = await from.status(signal && { signal });
  const peeked = await peek(from.url, {
    newestFirst: true,
    characters: START_CHARACTERS,
    maxBytes: PEEK_BYTES,
    ...(signal && { signal }),
  });
  const shown = createShown();
  if (peeked) {
    for await (const message of peeked) if (!shown.add(message)) break;
  } else {
    await receive({ dlq: from, clock, signal, visibilitySeconds: READ_VISIBILITY_SECONDS }, memory, shown.add);
  }
  const messages = shown.newestFirst();
  const total = Math.max(waiting + inFlight + delayed, messages.length);
  return { total, left_out: total - messages.length, messages, peeked: peeked !== undefined };
}

async function receive(options: SweepOptions, memory: Memory, add: (message: SeenMessage) => boolean): Promise<void> {
  const bodies = new Map<string, string>();
  const found: (DeadLetterSeen & { readonly message_id: string })[] = [];
  let room = KEPT_CHARACTERS;
  await sweep(options, async (some) => {
    for (const message of some) {
      add(message);
      found.push(seenOf(toDeadLetter(message)));
      room -= message.body.length;
      if (room > 0) bodies.set(message.messageId, message.body);
    }
    return { done: [], enough: found.length >= MAX_SHOWN };
  });
  memory.deadLetters = found;
  memory.bodies = bodies;
}

async function redriveNamed(
  { queue, dlq, clock, random, signal }: DeadLettersOptions,
  memory: Memory,
  { message_ids, dry_run }: RedriveRequest,
): Promise<RedriveResult> {
  const found: { message_id: string; to_group: string }[] = [];
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
    onProgress(some) {
      for (const { message_id, original_group } of some) found.push({ message_id, to_group: original_group });
    },
  });
  const not = new Set(refused.map(({ message_id }) => message_id));
  const ids = new Set(found.map(({ message_id }) => message_id));
  if (!dry_run) {
    memory.deadLetters = memory.deadLetters.filter(({ message_id }) => !ids.has(message_id) || not.has(message_id));
  }
  return {
    dry_run,
    came_back,
    redriven: found.filter(({ message_id }) => !not.has(message_id)),
    not_found: message_ids.filter((id) => !ids.has(id)),
    refused: refused.map(({ message_id, code, message }) => `${message_id}: ${code} ${message}`),
  };
}

const seenOf = (deadLetter: DeadLetter) => ({
  message_id: deadLetter.message_id,
  original_deduplication_id: deadLetter.original_deduplication_id,
  original_sent_on: deadLetter.original_sent_on,
  original_receive_count: deadLetter.original_receive_count,
});

const shownBody = (body: string): DeadLetterBody => ({
  body: startOf(body, BODY_CHARACTERS),
  cut: body.length > BODY_CHARACTERS,
});

/** Keeps the newest dead letters that fit. */
function createShown() {
  let views: { readonly sentOn: number; readonly view: DeadLetterView; readonly bytes: number }[] = [];
  let bytes = 0;
  const trim = () => {
    let room = SHOWN_BYTES;
    views = views
      .toSorted((a, b) => b.sentOn - a.sentOn)
      .slice(0, MAX_SHOWN)
      .filter((one) => {
        room -= one.bytes;
        return room >= 0;
      });
    bytes = SHOWN_BYTES - Math.max(room, 0);
  };
  return {
    /** False when all further dead letters are too old to fit, because the endpoint returns the newest first. */
    add(message: SeenMessage): boolean {
      const view = toView(message);
      const size = utf8Bytes(JSON.stringify(view));
      views.push({ sentOn: message.sentOn, view, bytes: size });
      bytes += size;
      const first = views[0]?.sentOn ?? message.sentOn;
      const isFull = views.length > MAX_SHOWN || bytes > SHOWN_BYTES;
      if (isFull && first > message.sentOn) return false;
      if (views.length > 2 * MAX_SHOWN || bytes > 2 * SHOWN_BYTES) trim();
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
  const own = Object.entries(message.attributes).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue === undefined ? `${BinaryValue?.byteLength ?? 0} bytes` : attributeText(StringValue),
  ]);
  const body_start = startOf(message.body, START_CHARACTERS);
  return {
    message_id: deadLetter.message_id,
    reason: deadLetter.reason,
    detail: startOf(deadLetter.detail ?? '', START_CHARACTERS),
    consumer: startOf(deadLetter.consumer ?? '', START_CHARACTERS),
    original_group: startOf(deadLetter.original_group, START_CHARACTERS),
    job_id: deadLetter.job_id ?? null,
    sent_on: deadLetter.original_sent_on === undefined ? null : startOf(deadLetter.original_sent_on, START_CHARACTERS),
    dead_since: deadLetter.since,
    receives: deadLetter.original_receive_count === undefined ? null : String(deadLetter.original_receive_count),
    body_bytes: deadLetter.body_bytes,
    body_start,
    body_cut: deadLetter.body_bytes > utf8Bytes(body_start),
    attributes: Object.fromEntries(own),
  };
}

const attributeText = (text: string): string =>
  text.length <= START_CHARACTERS ? text : `${startOf(text, START_CHARACTERS)}…`;
