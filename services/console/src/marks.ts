// Which messages of a job are in flight or dead-lettered, by looking into the queues where the endpoint lets one.
import type { Peek, PeekedMessage, QueueStatus } from '@movie-load/aws';
import { type DeadLetter, toDeadLetter } from '@movie-load/queue';
import { groupOfMessage, type JobShape, parseDeduplicationId } from '@movie-load/schema';

/** What a queue tells of a message that is not stored. */
export interface Sighting {
  /** Milliseconds since the epoch; undefined when the letter does not say. */
  readonly sentOn: number | undefined;
  readonly receives: number | undefined;
}

/** By message number of one job. */
export interface Marks {
  /** Null: nobody can tell (no peeking here, or too many messages to look at). */
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
  /** Dead letters that somebody has looked at, where there is no peeking. */
  readonly lettersSeen: () => readonly DeadLetter[];
  readonly now?: () => number;
}

/** More messages than this are not looked at. */
const MOST_LOOKED_AT = 3000;
/** Jobs that are watched at the same time share a look. */
const FRESH_MS = 800;
const NOTHING: Marks = { inFlight: null, dead: new Map() };

export function createMarks({ queue, dlq, peek, lettersSeen, now = Date.now }: MarksOptions) {
  const lookInto = (open: () => Promise<QueueToLookInto>) => {
    let at = Number.NEGATIVE_INFINITY;
    let last: Promise<readonly PeekedMessage[] | undefined> = Promise.resolve(undefined);
    return () => {
      if (now() - at > FRESH_MS) {
        at = now();
        last = read(open);
      }
      return last;
    };
  };
  const read = async (open: () => Promise<QueueToLookInto>) => {
    const of = await open();
    const { waiting, inFlight, delayed } = await of.status();
    const all = waiting + inFlight + delayed;
    if (all === 0) return [];
    if (all <= MOST_LOOKED_AT) return peek(of.url);
    // The embedded AWS can tell them apart; elsewhere the answer would have the whole queue.
    return inFlight <= MOST_LOOKED_AT ? peek(of.url, { onlyInFlight: true }) : undefined;
  };
  const [inQueue, inDlq] = [lookInto(queue), lookInto(dlq)];

  return async function marksOf(jobId: string, shape: JobShape): Promise<Marks> {
    try {
      const [messages, letters] = await Promise.all([inQueue(), inDlq()]);
      const flying = messages?.filter(({ visible, receiveCount }) => !visible && receiveCount > 0);
      return {
        inFlight: flying ? sightings(jobId, shape, flying.map(ofMessage)) : null,
        dead: sightings(jobId, shape, (letters?.map(toDeadLetter) ?? lettersSeen()).map(ofLetter)),
      };
    } catch {
      return NOTHING;
    }
  };
}

interface Found extends Sighting {
  readonly deduplicationId: string | undefined;
}

const ofMessage = ({ deduplicationId, sentOn, receiveCount }: PeekedMessage): Found => ({
  deduplicationId,
  sentOn,
  receives: receiveCount,
});

const ofLetter = (letter: DeadLetter): Found => ({
  deduplicationId: letter.original_deduplication_id,
  sentOn: letter.original_sent_on === undefined ? undefined : Date.parse(letter.original_sent_on),
  receives: letter.original_receive_count,
});

/** By the deduplication id, which names job and number; checked against the job's shape, for anybody may send anything. */
function sightings(jobId: string, shape: JobShape, found: readonly Found[]): Map<number, Sighting> {
  const numbers = new Map<number, Sighting>();
  for (const { deduplicationId, sentOn, receives } of found) {
    const id = deduplicationId === undefined ? undefined : parseDeduplicationId(deduplicationId);
    if (id?.job_id !== jobId || id.number >= shape.messages) continue;
    if (groupOfMessage(shape, id.number) === id.group) numbers.set(id.number, { sentOn, receives });
  }
  return numbers;
}
