// Writes a batch's movies to the table as slices, in as few items as possible (step 3 of docs/design.md).
import { MAX_RECEIVE_MESSAGES, type TableItem } from '@movie-load/aws';
import {
  assertInvariant,
  groupKey,
  type JobPlan,
  type Movie,
  messagesOfGroup,
  moviesOfMessage,
  shapeOf,
  slicePart,
} from '@movie-load/schema';
import type { JobsContext, StoreOptions } from './context.ts';
import { movieToValue } from './item.ts';
import { expiry } from './marker.ts';
import { movieBytes, SLICE_LIMIT_BYTES } from './sizing.ts';

/** A message whose body is checked. Times are in milliseconds since the epoch. */
export interface BatchMessage {
  readonly number: number;
  readonly movies: readonly Movie[];
  readonly sent_on: number;
  readonly received_on: number;
  readonly receives: number;
}

/** Messages of one group of one job, with distinct numbers. */
export interface StoreBatch {
  readonly plan: JobPlan;
  readonly job_id: string;
  readonly group: number;
  /** The job's start, as an ISO instant. */
  readonly started_on: string;
  readonly messages: readonly BatchMessage[];
}

/**
 * Asserts that the numbers are distinct and of the group, and that each message has as many movies as the plan says.
 */
export function assertBatch({ plan, group, messages }: StoreBatch): void {
  const { first, count } = messagesOfGroup(shapeOf(plan), group);
  const numbers = new Set<number>();
  for (const { number, movies } of messages) {
    assertInvariant(
      number >= first && number < first + count,
      () => `message ${number} in group ${group}, which has the messages ${first} to ${first + count - 1}`,
    );
    assertInvariant(!numbers.has(number), () => `message ${number} is twice in a batch of group ${group}`);
    numbers.add(number);
    const planned = moviesOfMessage(plan, number).count;
    assertInvariant(
      movies.length === planned,
      () => `message ${number} has ${movies.length} movies, and the plan ${planned}`,
    );
  }
}

/**
 * Which process stored a slice, and when: for people, the protocol never reads it. Times are in milliseconds since the
 * epoch.
 */
interface Origin {
  /** The job's start. */
  readonly startedOn: number;
  readonly storedOn: number;
  readonly storedBy: string;
  /** When the slice expires, as an attribute. */
  readonly expiry?: TableItem;
}

interface OpenSlice {
  first: number;
  bytes: number;
  movies: Movie[];
  /** The messages that begin in this slice. */
  messages: BatchMessage[];
}

/** Room for keys, names and the trace's fixed part; the instance's name is added. */
const FRAME_BYTES = 400;
/** The bytes that a message adds to the trace: three numbers in a list. */
const TRACE_BYTES = 3 * 12;

/**
 * Cuts a batch into slices: consecutive movies, each item under 400 KB. At most as many messages begin in a slice as
 * one receive returns, so a reader knows how far before a movie its slice can begin. The key alone determines which
 * movies a slice has, so writing it again can neither change nor shorten it.
 */
export function cutSlices(batch: StoreBatch, origin: Origin): TableItem[] {
  const slices: OpenSlice[] = [];
  const frame = FRAME_BYTES + origin.storedBy.length * 3;
  let open: OpenSlice | undefined;
  for (const message of batch.messages.toSorted((a, b) => a.number - b.number)) {
    let index = moviesOfMessage(batch.plan, message.number).first;
    let isInTrace = false;
    for (const movie of message.movies) {
      const bytes = movieBytes(movie);
      const isConsecutive = open !== undefined && open.first + open.movies.length === index;
      const isFull = open !== undefined && open.bytes + bytes + TRACE_BYTES > SLICE_LIMIT_BYTES;
      if (
        open === undefined ||
        !isConsecutive ||
        isFull ||
        (!isInTrace && open.messages.length === MAX_RECEIVE_MESSAGES)
      ) {
        open = { first: index, bytes: frame, movies: [], messages: [] };
        slices.push(open);
      }
      if (!isInTrace) {
        open.messages.push(message);
        open.bytes += TRACE_BYTES;
        isInTrace = true;
      }
      open.movies.push(movie);
      open.bytes += bytes;
      index += 1;
    }
  }
  return slices.map((slice) => toItem(batch, slice, origin));
}

function toItem({ job_id, group }: StoreBatch, { first, movies, messages }: OpenSlice, origin: Origin): TableItem {
  return {
    job_id: { S: groupKey(job_id, group) },
    part: { S: slicePart({ first, count: movies.length }) },
    first: { N: String(first) },
    movies: { L: movies.map(movieToValue) },
    ...origin.expiry,
    trace: {
      M: {
        stored_by: { S: origin.storedBy },
        stored_ms: { N: String(origin.storedOn - origin.startedOn) },
        // Three numbers for each message that begins in this slice, in order: sent, received (milliseconds from the
        // job's start), receives. Flat, because a map for each would cost a third of a slice's write units.
        messages: {
          L: messages.flatMap(({ sent_on, received_on, receives }) => [
            { N: String(sent_on - origin.startedOn) },
            { N: String(received_on - origin.startedOn) },
            { N: String(receives) },
          ]),
        },
      },
    },
  };
}

/**
 * DynamoDB accepts 25 items and 16 MB a call. Ten full slices have 4 MB, and their JSON is up to three times as long.
 */
export const BATCH_ITEMS = 10;

/** Writes all slices of a batch; resolves with their number only when DynamoDB has every one of them. */
export async function writeSlices(
  context: JobsContext,
  batch: StoreBatch,
  { signal, onProgress }: StoreOptions,
): Promise<number> {
  const origin = {
    startedOn: Date.parse(batch.started_on),
    storedOn: context.clock.now(),
    storedBy: context.instance,
    expiry: expiry(context),
  };
  const items = cutSlices(batch, origin);
  const slicedMovies = items.reduce((sum, item) => sum + (item.movies?.L?.length ?? 0), 0);
  const batchMovies = batch.messages.reduce((sum, { movies }) => sum + movies.length, 0);
  assertInvariant(
    slicedMovies === batchMovies,
    () => `slices with ${slicedMovies} movies of a batch with ${batchMovies}`,
  );
  for (let from = 0; from < items.length; from += BATCH_ITEMS) {
    await context.table.putBatch(items.slice(from, from + BATCH_ITEMS), { signal, onWritten: () => onProgress?.() });
  }
  return items.length;
}
