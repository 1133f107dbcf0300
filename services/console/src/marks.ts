// Which messages of a job are in flight or dead-lettered, by looking into the queues where the endpoint lets one.
import type { Peek, QueueStatus } from '@movie-load/aws';
import { toDeadLetter } from '@movie-load/queue';
import { groupOfMessage, type JobShape, parseDeduplicationId } from '@movie-load/schema';
import type { LetterSeen } from './dead-letters.ts';

/** What a queue tells of a message that is not stored. */
export interface Sighting {
  /** Milliseconds since the epoch; undefined when the letter does not say. */
  readonly sentOn: number | undefined;
  readonly receives: number | undefined;
}

/** By message number of one job. */
export interface Marks {
  /** Null: unknown (no peeking here, or too many messages to look at). */
  readonly inFlight: ReadonlyMap<number, Sighting> | null;
  readonly dead: ReadonlyMap<number, Sighting>;
}

interface QueueToLookInto {
  readonly url: string;
  status(): Promise<QueueStatus>;
}

export interface MarksOptions {
  readonly queue: () => Promise<QueueToLookInto>;
  readonly dlq: () => Promise<QueueToLookInto>;
  readonly peek: Peek;
  /** Dead letters that a reader has received, where there is no peeking. */
  readonly lettersSeen: () => readonly LetterSeen[];
  readonly now?: () => number;
}

/** More messages than this are not looked at. */
const MOST_LOOKED_AT = 3000;
/** Of an answer that has every message whole, because the endpoint does not know our parameters. */
const LOOK_BYTES = 16 * 1024 * 1024;
/** Our ids and times are shorter; bodies are not needed at all. */
const CHARACTERS = 256;
/** Jobs that are watched at the same time share a look. */
const FRESH_MS = 800;
/** An answer that is long to make is not asked for again at once. */
const REST_FACTOR = 5;
const REST_AFTER_CUT_MS = 30_000;
const NOTHING: Marks = { inFlight: null, dead: new Map() };

/** By job and message number, for all jobs. */
type Found = ReadonlyMap<string, readonly FoundMessage[]>;

interface FoundMessage extends Sighting {
  readonly number: number;
  readonly group: number;
}

export function createMarks({ queue, dlq, peek, lettersSeen, now = Date.now }: MarksOptions) {
  const inQueue = shared(now, async () => {
    const of = await queue();
    const { waiting, inFlight, delayed } = await of.status();
    if (waiting + inFlight + delayed === 0) return { found: new Map(), isCut: false };
    if (inFlight > MOST_LOOKED_AT) return NOT_LOOKED_AT;
    const wish = { characters: CHARACTERS, maxBytes: LOOK_BYTES };
    // The embedded AWS can tell them apart; elsewhere the answer has the whole queue.
    const flying = await peek(of.url, { ...wish, onlyInFlight: true });
    if (flying === undefined && waiting + inFlight + delayed > MOST_LOOKED_AT) return NOT_LOOKED_AT;
    const messages = flying ?? (await peek(of.url, wish));
    if (messages === undefined) return NOT_LOOKED_AT;
    const found = new Map<string, FoundMessage[]>();
    for await (const { visible, receiveCount, deduplicationId, sentOn } of messages) {
      if (!visible && receiveCount > 0) note(found, deduplicationId, { sentOn, receives: receiveCount });
    }
    return messages.isCut ? NOT_LOOKED_AT_SOON : { found, isCut: false };
  });
  const inDlq = shared(now, async () => {
    const of = await dlq();
    const { waiting, inFlight, delayed } = await of.status();
    const all = waiting + inFlight + delayed;
    if (all === 0 || all > MOST_LOOKED_AT) return { found: new Map(), isCut: false };
    const messages = await peek(of.url, { characters: CHARACTERS, maxBytes: LOOK_BYTES });
    if (messages === undefined) return NOT_LOOKED_AT;
    const found = new Map<string, FoundMessage[]>();
    for await (const message of messages) noteLetter(found, toDeadLetter(message));
    return { found, isCut: messages.isCut };
  });
  const lettersFound = (): Found => {
    const found = new Map<string, FoundMessage[]>();
    for (const letter of lettersSeen()) noteLetter(found, letter);
    return found;
  };

  return async function marksOf(jobId: string, shape: JobShape): Promise<Marks> {
    try {
      const [flying, letters] = await Promise.all([inQueue(), inDlq()]);
      return {
        inFlight: flying ? sightings(shape, flying.get(jobId)) : null,
        dead: sightings(shape, (letters ?? lettersFound()).get(jobId)),
      };
    } catch {
      return NOTHING;
    }
  };
}

interface LookedInto {
  /** Undefined: unknown. */
  readonly found: Found | undefined;
  readonly isCut: boolean;
}

const NOT_LOOKED_AT: LookedInto = { found: undefined, isCut: false };
const NOT_LOOKED_AT_SOON: LookedInto = { found: undefined, isCut: true };

/** One look for all who ask, and a rest after it that is longer the more it cost. */
function shared(now: () => number, look: () => Promise<LookedInto>): () => Promise<Found | undefined> {
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
    last = look().then(
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

/** By the deduplication id, which names job and number. */
function note(into: Map<string, FoundMessage[]>, deduplicationId: string | undefined, sighting: Sighting): void {
  const id = deduplicationId === undefined ? undefined : parseDeduplicationId(deduplicationId);
  if (id === undefined) return;
  const known = into.get(id.job_id);
  const message = { number: id.number, group: id.group, ...sighting };
  if (known) known.push(message);
  else into.set(id.job_id, [message]);
}

function noteLetter(into: Map<string, FoundMessage[]>, letter: LetterSeen): void {
  note(into, letter.original_deduplication_id, {
    sentOn: letter.original_sent_on === undefined ? undefined : Date.parse(letter.original_sent_on),
    receives: letter.original_receive_count,
  });
}

/** Checked against the job's shape, for a sender may send anything. */
function sightings(shape: JobShape, found: readonly FoundMessage[] = []): Map<number, Sighting> {
  const numbers = new Map<number, Sighting>();
  for (const { number, group, sentOn, receives } of found) {
    if (number >= shape.messages || groupOfMessage(shape, number) !== group) continue;
    numbers.set(number, { sentOn, receives });
  }
  return numbers;
}
