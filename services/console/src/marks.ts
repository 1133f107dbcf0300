// The messages of a job that are in flight or dead-lettered, from peeks into the queues where the endpoint allows them.
import type { Peek, PeekedMessage, PeekedMessages, QueueStatus } from '@movie-load/aws';
import { toDeadLetter } from '@movie-load/queue';
import { groupOfMessage, type JobShape, parseDeduplicationId } from '@movie-load/schema';
import type { ReceivedDeadLetter } from './dead-letters.ts';

/** What a queue reports about a message. */
export interface Sighting {
  /** Milliseconds since the epoch; undefined when the dead letter does not contain it. */
  readonly sentOn: number | undefined;
  readonly receives: number | undefined;
  /**
   * End of its visibility timeout on this machine's clock; undefined if it is visible, or the endpoint does not report
   * it.
   */
  readonly until?: number | undefined;
  /** The endpoint's name of the last receiver of its group's messages; undefined if the endpoint does not report it. */
  readonly receivedBy?: string | undefined;
}

/** By message number of one job. */
export interface Marks {
  /** Null if unknown (the endpoint has no peek, or there are too many messages to read). */
  readonly inFlight: ReadonlyMap<number, Sighting> | null;
  /** Received, not deleted, and visible again: the next receive returns them. Empty also where they are unknown. */
  readonly returned: ReadonlyMap<number, Sighting>;
  /** Dead-lettered. Empty also where they are unknown. */
  readonly dead: ReadonlyMap<number, Sighting>;
  /**
   * When the queue's read began, in milliseconds since the epoch: a message that was stored before and is still in the
   * queue has not been deleted.
   */
  readonly seenOn: number;
}

interface QueueToPeek {
  readonly url: string;
  status(): Promise<QueueStatus>;
}

export interface MarksOptions {
  readonly queue: () => Promise<QueueToPeek>;
  readonly dlq: () => Promise<QueueToPeek>;
  readonly peek: Peek;
  /** Dead letters that the view of the dead-letter queue has received, used where peeking is not possible. */
  readonly receivedDeadLetters: () => readonly ReceivedDeadLetter[];
  /** How far the endpoint's clock is ahead of this machine's, in milliseconds. */
  readonly aheadMs?: () => number;
  readonly now?: () => number;
}

/** Queues with more messages than this are not read. */
const MAX_PEEKED = 3000;
/** Limit of a response from an endpoint that ignores a peek's parameters and returns all messages, complete. */
const MAX_PEEK_BYTES = 16 * 1024 * 1024;
/** Characters of each text of a message. The ids and times that are needed are shorter; bodies are not needed. */
const MAX_CHARACTERS = 256;
/** Jobs that are watched at the same time share a read of the queues. */
const FRESH_MS = 800;
/** The pause after a read is this multiple of the time that it took beyond half of `FRESH_MS`. */
const PAUSE_FACTOR = 5;
/** The shortest pause after a response that was cut at `MAX_PEEK_BYTES`. */
const PAUSE_AFTER_CUT_MS = 30_000;
const UNKNOWN_MARKS: Marks = { inFlight: null, returned: new Map(), dead: new Map(), seenOn: Number.NEGATIVE_INFINITY };

/** The messages of all jobs in a queue. */
interface QueueContents {
  readonly seenOn: number;
  readonly byJob: ReadonlyMap<string, readonly SightedMessage[]>;
}

interface SightedMessage extends Sighting {
  readonly number: number;
  readonly group: number;
  readonly visible: boolean;
}

export function createMarks({
  queue,
  dlq,
  peek,
  receivedDeadLetters,
  aheadMs = () => 0,
  now = Date.now,
}: MarksOptions) {
  const readQueue = shareReads(now, async () => {
    const openQueue = await queue();
    const seenOn = now();
    const { waiting, inFlight, delayed } = await openQueue.status();
    const total = waiting + inFlight + delayed;
    if (total === 0) return { contents: { seenOn, byJob: new Map() }, isCut: false };
    if (inFlight > MAX_PEEKED) return NOT_PEEKED;
    const messages = await receivedMessages(peek, openQueue.url, total);
    if (messages === undefined) return NOT_PEEKED;
    const byJob = new Map<string, SightedMessage[]>();
    for (const { visible, visibleAt, receivedBy, receiveCount, deduplicationId, sentOn } of messages.received) {
      const until = visibleAt === undefined ? undefined : visibleAt - aheadMs();
      addSighting(byJob, deduplicationId, { sentOn, receives: receiveCount, visible, until, receivedBy });
    }
    return messages.isCut ? CUT : { contents: { seenOn, byJob }, isCut: false };
  });
  const readDlq = shareReads(now, async () => {
    const openQueue = await dlq();
    const seenOn = now();
    const { waiting, inFlight, delayed } = await openQueue.status();
    const total = waiting + inFlight + delayed;
    if (total === 0 || total > MAX_PEEKED) return { contents: { seenOn, byJob: new Map() }, isCut: false };
    const messages = await peek(openQueue.url, { characters: MAX_CHARACTERS, maxBytes: MAX_PEEK_BYTES });
    if (messages === undefined) return NOT_PEEKED;
    const byJob = new Map<string, SightedMessage[]>();
    for await (const message of messages) addDeadLetter(byJob, toDeadLetter(message));
    return { contents: { seenOn, byJob }, isCut: messages.isCut };
  });
  const receivedDeadLetterContents = (): QueueContents => {
    const byJob = new Map<string, SightedMessage[]>();
    for (const deadLetter of receivedDeadLetters()) addDeadLetter(byJob, deadLetter);
    return { seenOn: now(), byJob };
  };

  return async function marksOf(jobId: string, shape: JobShape): Promise<Marks> {
    try {
      const [received, deadLetters] = await Promise.all([readQueue(), readDlq()]);
      const ofJob = received?.byJob.get(jobId) ?? [];
      return {
        inFlight: received
          ? sightings(
              shape,
              ofJob.filter(({ visible }) => !visible),
            )
          : null,
        returned: sightings(
          shape,
          ofJob.filter(({ visible }) => visible),
        ),
        dead: sightings(shape, (deadLetters ?? receivedDeadLetterContents()).byJob.get(jobId)),
        seenOn: received?.seenOn ?? Number.NEGATIVE_INFINITY,
      };
    } catch {
      return UNKNOWN_MARKS;
    }
  };
}

interface ReceivedMessages {
  readonly received: readonly PeekedMessage[];
  readonly isCut: boolean;
}

/** Messages that were received at least once; undefined if the endpoint does not report them, or there are too many. */
async function receivedMessages(peek: Peek, url: string, total: number): Promise<ReceivedMessages | undefined> {
  const peekOptions = { characters: MAX_CHARACTERS, maxBytes: MAX_PEEK_BYTES };
  // The embedded AWS can filter; other endpoints return the whole queue.
  const filtered = await collect(await peek(url, { ...peekOptions, onlyReceived: true, max: MAX_PEEKED + 1 }));
  if (filtered === undefined) return total > MAX_PEEKED ? undefined : collect(await peek(url, peekOptions));
  // After an outage many messages are visible again: then only those in flight are read.
  if (filtered.received.length <= MAX_PEEKED) return filtered;
  return collect(await peek(url, { ...peekOptions, onlyInFlight: true }));
}

async function collect(messages: PeekedMessages | undefined): Promise<ReceivedMessages | undefined> {
  if (messages === undefined) return undefined;
  const received: PeekedMessage[] = [];
  for await (const message of messages) if (message.receiveCount > 0) received.push(message);
  return { received, isCut: messages.isCut };
}

interface PeekResult {
  /** Undefined if unknown. */
  readonly contents: QueueContents | undefined;
  readonly isCut: boolean;
}

const NOT_PEEKED: PeekResult = { contents: undefined, isCut: false };
const CUT: PeekResult = { contents: undefined, isCut: true };

/** Shares a read among all requests, and pauses after it, longer after a slower read. */
function shareReads(now: () => number, peekQueue: () => Promise<PeekResult>): () => Promise<QueueContents | undefined> {
  let pauseUntil = Number.NEGATIVE_INFINITY;
  let last: Promise<QueueContents | undefined> = Promise.resolve(undefined);
  return () => {
    if (now() <= pauseUntil) return last;
    const began = now();
    pauseUntil = Number.POSITIVE_INFINITY;
    const pause = (isCut: boolean) => {
      const ms = Math.max(FRESH_MS - (now() - began), PAUSE_FACTOR * (now() - began - FRESH_MS / 2));
      pauseUntil = now() + Math.max(ms, isCut ? PAUSE_AFTER_CUT_MS : 0);
    };
    last = peekQueue().then(
      ({ contents, isCut }) => {
        pause(isCut);
        return contents;
      },
      (error: unknown) => {
        pause(false);
        throw error;
      },
    );
    return last;
  };
}

/** Adds a message to those of its job; its deduplication id contains job and number. */
function addSighting(
  byJob: Map<string, SightedMessage[]>,
  deduplicationId: string | undefined,
  sighting: Omit<SightedMessage, 'number' | 'group'>,
): void {
  const id = deduplicationId === undefined ? undefined : parseDeduplicationId(deduplicationId);
  if (id === undefined) return;
  const known = byJob.get(id.job_id);
  const message = { number: id.number, group: id.group, ...sighting };
  if (known) known.push(message);
  else byJob.set(id.job_id, [message]);
}

function addDeadLetter(byJob: Map<string, SightedMessage[]>, deadLetter: ReceivedDeadLetter): void {
  addSighting(byJob, deadLetter.original_deduplication_id, {
    sentOn: deadLetter.original_sent_on === undefined ? undefined : Date.parse(deadLetter.original_sent_on),
    receives: deadLetter.original_receive_count,
    visible: true,
  });
}

/** Validates the number against the job's shape, because a sender may send anything. */
function sightings(shape: JobShape, messages: readonly SightedMessage[] = []): Map<number, Sighting> {
  const numbers = new Map<number, Sighting>();
  for (const { number, group, visible: _, ...sighting } of messages) {
    if (number >= shape.messages || groupOfMessage(shape, number) !== group) continue;
    numbers.set(number, sighting);
  }
  return numbers;
}
