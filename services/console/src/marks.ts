// Which messages of a job are in flight or dead-lettered, by looking into the queues where the endpoint lets one.
import type { Peek, PeekedMessage, QueueStatus } from '@movie-load/aws';
import { toDeadLetter } from '@movie-load/queue';
import { groupOfMessage, type JobShape, parseDeduplicationId } from '@movie-load/schema';

/** Message numbers of one job. */
export interface Marks {
  /** Null: nobody can tell (no peeking here, or too many messages to look at). */
  readonly inFlight: ReadonlySet<number> | null;
  readonly dead: ReadonlySet<number>;
}

interface QueueToLookInto {
  readonly url: string;
  status(): Promise<QueueStatus>;
}

export interface MarksOptions {
  readonly queue: () => Promise<QueueToLookInto>;
  readonly dlq: () => Promise<QueueToLookInto>;
  readonly peek: Peek;
  readonly now?: () => number;
}

/** A queue with more messages than this is not looked into: the answer would have them all. */
const MOST_LOOKED_AT = 3000;
/** Jobs that are watched at the same time share a look. */
const FRESH_MS = 800;
const NOTHING: Marks = { inFlight: null, dead: new Set() };

export function createMarks({ queue, dlq, peek, now = Date.now }: MarksOptions) {
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
    return all > MOST_LOOKED_AT ? undefined : peek(of.url);
  };
  const [inQueue, inDlq] = [lookInto(queue), lookInto(dlq)];

  return async function marksOf(jobId: string, shape: JobShape): Promise<Marks> {
    try {
      const [messages, letters] = await Promise.all([inQueue(), inDlq()]);
      const flying = messages?.filter(({ visible, receiveCount }) => !visible && receiveCount > 0);
      return {
        inFlight: flying ? numbersOf(jobId, shape, flying) : null,
        dead: numbersOf(jobId, shape, letters?.map(original) ?? []),
      };
    } catch {
      return NOTHING;
    }
  };
}

const original = (message: PeekedMessage) => ({
  deduplicationId: toDeadLetter(message).original_deduplication_id,
});

/** By the deduplication id, which names job and number; checked against the job's shape, for anybody may send anything. */
function numbersOf(
  jobId: string,
  shape: JobShape,
  messages: readonly { readonly deduplicationId: string | undefined }[],
): Set<number> {
  const numbers = new Set<number>();
  for (const { deduplicationId } of messages) {
    const id = deduplicationId === undefined ? undefined : parseDeduplicationId(deduplicationId);
    if (id?.job_id !== jobId || id.number >= shape.messages) continue;
    if (groupOfMessage(shape, id.number) === id.group) numbers.add(id.number);
  }
  return numbers;
}
