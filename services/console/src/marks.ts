// The messages of a job that are in flight or dead-lettered, from peeks into the queues where the endpoint allows them.
import type { Peek, PeekedMessage, PeekedMessages, QueueStatus } from '@movie-load/aws';
import { toDeadLetter } from '@movie-load/queue';
import { groupOfMessage, type JobShape, parseDeduplicationId } from '@movie-load/schema';
import type { DeadLetterSeen } from './dead-letters.ts';

/** A queue's facts about a message that is not stored. */
export interface Sighting {
  /** Milliseconds since the epoch; undefined when the dead letter does not contain it. */
  readonly sentOn: number | undefined;
  readonly receives: number | undefined;
  /**
   * End of its visibility timeout on this machine's clock; undefined if it is visible, or the endpoint does not report
   * it.
   */
  readonly until?: number | undefined;
  /** The last receiver of its group's messages, by the endpoint's name of the caller; undefined as above. */
  readonly receivedBy?: string | undefined;
}

/** By message number of one job. */
export interface Marks {
  /** Null if unknown (the endpoint has no peek, or there are too many messages to read). */
  readonly inFlight: ReadonlyMap<number, Sighting> | null;
  /** Received, not deleted, and visible again: the next receive returns them. Empty also where they are unknown. */
  readonly returned: ReadonlyMap<number, Sighting>;
  readonly dead: ReadonlyMap<number, Sighting>;
  /**
   * When the reading began, in milliseconds since the epoch: a message stored before it and found here is not deleted.
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
  /** Dead letters that the view of the dead-letter queue has received, where peeking is not possible. */
  readonly deadLettersSeen: () => readonly DeadLetterSeen[];
  /** How far the endpoint's clock is ahead of this machine's, in milliseconds. */
  readonly aheadMs?: () => number;
  readonly now?: () => number;
}

/** More messages than this are not read. */
const MAX_PEEKED = 3000;
/** Limit of a response with complete messages, from an endpoint that does not know our parameters. */
const PEEK_BYTES = 16 * 1024 * 1024;
/** Our ids and times are shorter; bodies are not needed. */
const CHARACTERS = 256;
/** Jobs that are watched at the same time share a look. */
const FRESH_MS = 800;
/** The pause after a look, as a multiple of its duration; longer after a cut response. */
const REST_FACTOR = 5;
const REST_AFTER_CUT_MS = 30_000;
const NOTHING: Marks = { inFlight: null, returned: new Map(), dead: new Map(), seenOn: Number.NEGATIVE_INFINITY };

/** The marks of all jobs. */
interface Found {
  readonly seenOn: number;
  readonly byJob: ReadonlyMap<string, readonly FoundMessage[]>;
}

interface FoundMessage extends Sighting {
  readonly number: number;
  readonly group: number;
  readonly visible: boolean;
}

export function createMarks({ queue, dlq, peek, deadLettersSeen, aheadMs = () => 0, now = Date.now }: MarksOptions) {
  const inQueue = shared(now, async () => {
    const of = await queue();
    const seenOn = now();
    const { waiting, inFlight, delayed } = await of.status();
    const all = waiting + inFlight + delayed;
    if (all === 0) return { found: { seenOn, byJob: new Map() }, isCut: false };
    if (inFlight > MAX_PEEKED) return NOT_PEEKED;
    const messages = await receivedMessages(peek, of.url, all);
    if (messages === undefined) return NOT_PEEKED;
    const byJob = new Map<string, FoundMessage[]>();
    for (const { visible, visibleAt, receivedBy, receiveCount, deduplicationId, sentOn } of messages.received) {
      const until = visibleAt === undefined ? undefined : visibleAt - aheadMs();
      note(byJob, deduplicationId, { sentOn, receives: receiveCount, visible, until, receivedBy });
    }
    return messages.isCut ? CUT : { found: { seenOn, byJob }, isCut: false };
  });
  const inDlq = shared(now, async () => {
    const of = await dlq();
    const seenOn = now();
    const { waiting, inFlight, delayed } = await of.status();
    const all = waiting + inFlight + delayed;
    if (all === 0 || all > MAX_PEEKED) return { found: { seenOn, byJob: new Map() }, isCut: false };
    const messages = await peek(of.url, { characters: CHARACTERS, maxBytes: PEEK_BYTES });
    if (messages === undefined) return NOT_PEEKED;
    const byJob = new Map<string, FoundMessage[]>();
    for await (const message of messages) noteDeadLetter(byJob, toDeadLetter(message));
    return { found: { seenOn, byJob }, isCut: messages.isCut };
  });
  const deadLettersFound = (): Found => {
    const byJob = new Map<string, FoundMessage[]>();
    for (const deadLetter of deadLettersSeen()) noteDeadLetter(byJob, deadLetter);
    return { seenOn: now(), byJob };
  };

  return async function marksOf(jobId: string, shape: JobShape): Promise<Marks> {
    try {
      const [received, deadLetters] = await Promise.all([inQueue(), inDlq()]);
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
        dead: sightings(shape, (deadLetters ?? deadLettersFound()).byJob.get(jobId)),
        seenOn: received?.seenOn ?? Number.NEGATIVE_INFINITY,
      };
    } catch {
      return NOTHING;
    }
  };
}

interface ReceivedMessages {
  readonly received: readonly PeekedMessage[];
  readonly isCut: boolean;
}

/** Messages that were received at least once; undefined if the endpoint does not report them, or there are too many. */
async function receivedMessages(peek: Peek, url: string, all: number): Promise<ReceivedMessages | undefined> {
  const peekOptions = { characters: CHARACTERS, maxBytes: PEEK_BYTES };
  // The embedded AWS can filter; other endpoints return the whole queue.
  const chosen = await collect(await peek(url, { ...peekOptions, onlyReceived: true, max: MAX_PEEKED + 1 }));
  if (chosen === undefined) return all > MAX_PEEKED ? undefined : collect(await peek(url, peekOptions));
  // After an outage many messages are visible again: then only those in flight are read.
  if (chosen.received.length <= MAX_PEEKED) return chosen;
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
  readonly found: Found | undefined;
  readonly isCut: boolean;
}

const NOT_PEEKED: PeekResult = { found: undefined, isCut: false };
const CUT: PeekResult = { found: undefined, isCut: true };

/** Shares a look among all requests, and pauses after it, longer after a slower look. */
function shared(now: () => number, peekQueue: () => Promise<PeekResult>): () => Promise<Found | undefined> {
  let restUntil = Number.NEGATIVE_INFINITY;
  let last: Promise<Found | undefined> = Promise.resolve(undefined);
  return () => {
    if (now() <= restUntil) return last;
    const began = now();
    restUntil = Number.POSITIVE_INFINITY;
    const rest = (isCut: boolean) => {
      const ms = Math.max(FRESH_MS - (now() - began), REST_FACTOR * (now() - began - FRESH_MS / 2));
      restUntil = now() + Math.max(ms, isCut ? REST_AFTER_CUT_MS : 0);
    };
    last = peekQueue().then(
      ({ found, isCut }) => {
        rest(isCut);
        return found;
      },
      (error: unknown) => {
        rest(false);
        throw error;
      },
    );
    return last;
  };
}

/** Finds job and number in the deduplication id. */
function note(
  into: Map<string, FoundMessage[]>,
  deduplicationId: string | undefined,
  sighting: Omit<FoundMessage, 'number' | 'group'>,
): void {
  const id = deduplicationId === undefined ? undefined : parseDeduplicationId(deduplicationId);
  if (id === undefined) return;
  const known = into.get(id.job_id);
  const message = { number: id.number, group: id.group, ...sighting };
  if (known) known.push(message);
  else into.set(id.job_id, [message]);
}

function noteDeadLetter(into: Map<string, FoundMessage[]>, deadLetter: DeadLetterSeen): void {
  note(into, deadLetter.original_deduplication_id, {
    sentOn: deadLetter.original_sent_on === undefined ? undefined : Date.parse(deadLetter.original_sent_on),
    receives: deadLetter.original_receive_count,
    visible: true,
  });
}

/** Validates the number against the job's shape, because a sender may send anything. */
function sightings(shape: JobShape, found: readonly FoundMessage[] = []): Map<number, Sighting> {
  const numbers = new Map<number, Sighting>();
  for (const { number, group, visible: _, ...sighting } of found) {
    if (number >= shape.messages || groupOfMessage(shape, number) !== group) continue;
    numbers.set(number, sighting);
  }
  return numbers;
}
