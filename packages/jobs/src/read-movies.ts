// Reads a job's slices, traces and movies by index.
import { MAX_RECEIVE_MESSAGES, type TableItem } from '@movie-load/aws';
import {
  groupOfMessage,
  type JobPlan,
  type MessageTrace,
  type Movie,
  messageOfMovie,
  moviesOfGroup,
  numbersOf,
  type Range,
  type SliceTrace,
  shapeOf,
  sliceTraceSchema,
  UsageError,
} from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { movieFromValue, plainValue } from './item.ts';
import type { JobRef } from './part-bytes.ts';
import { type PagesOptions, readInOrder, slicePages, sliceRange } from './slice-pages.ts';

export interface StoredSlice extends Range {
  /** Its sort key. */
  readonly part: string;
  readonly movies: readonly Movie[];
  readonly trace: SliceTrace | undefined;
}

/**
 * A group's slices in the order of their first movie. They may overlap, because a redelivery may be batched
 * differently.
 */
export async function* slicesOfGroup(
  context: JobsContext,
  { job_id, plan }: JobRef,
  group: number,
  options: PagesOptions,
): AsyncGenerator<StoredSlice> {
  for await (const items of slicePages(context, job_id, group, options)) {
    for (const item of items) {
      const range = sliceRange(item);
      yield {
        ...range,
        part: item.part?.S ?? '',
        movies: item.movies?.L?.map(movieFromValue) ?? [],
        trace: readTrace(item, plan, range.first),
      };
    }
  }
}

/** When each message of a group was sent, received and stored, as the last writer of each slice noted it. */
export async function* traces(
  context: JobsContext,
  { job_id, plan }: JobRef,
  group: number,
  options: PagesOptions,
): AsyncGenerator<MessageTrace & { readonly stored_by: string }> {
  for await (const items of slicePages(context, job_id, group, {
    ...options,
    attributes: ['part', 'first', 'trace'],
  })) {
    for (const item of items) {
      const { messages = [], stored_by = '' } = readTrace(item, plan, Number(item.first?.N)) ?? {};
      for (const message of messages) yield { ...message, stored_by };
    }
  }
}

const NUMBERS_PER_MESSAGE = 3;

/** Undefined when there is no valid trace: traces are for people alone, so an invalid one is not an error. */
function readTrace(item: TableItem, plan: JobPlan, firstMovie: number): SliceTrace | undefined {
  const { stored_by, stored_ms, messages } = item.trace?.M ?? {};
  const numbers = messages?.L?.map(plainValue) ?? [];
  // The first message that begins in this slice.
  const first = Math.ceil(firstMovie / plan.movies_per_message);
  const rows = Array.from({ length: Math.floor(numbers.length / NUMBERS_PER_MESSAGE) }, (_, row) => ({
    number: first + row,
    sent_ms: numbers[row * NUMBERS_PER_MESSAGE],
    received_ms: numbers[row * NUMBERS_PER_MESSAGE + 1],
    stored_ms: Number(stored_ms?.N),
    receives: numbers[row * NUMBERS_PER_MESSAGE + 2],
  }));
  return sliceTraceSchema.safeParse({ stored_by: stored_by?.S, messages: rows }).data;
}

export interface IndexedMovie {
  readonly index: number;
  readonly movie: Movie;
}

/** The number of groups whose pages are read ahead. A page of 1 MiB takes 10 MiB of memory when it is parsed. */
export const GROUPS_AHEAD = 4;
const LARGE_GROUP_MOVIES = 5000;

/**
 * The stored movies of a range of indexes (all when undefined), in order, each once. Movies that are not stored are
 * left out. Throws `UsageError` for a range outside of the job.
 */
export async function* movies(
  context: JobsContext,
  job: JobRef,
  signal: AbortSignal,
  range: Range = { first: 0, count: job.plan.movies },
): AsyncGenerator<IndexedMovie> {
  const end = range.first + range.count;
  if (!(range.first >= 0 && range.count >= 1 && end <= job.plan.movies)) {
    throw new UsageError(`The job has the movies 0 to ${job.plan.movies - 1}.`);
  }
  const shape = shapeOf(job.plan);
  const groupOfMovie = (index: number) => groupOfMessage(shape, messageOfMovie(job.plan, index));
  const firstGroup = groupOfMovie(range.first);
  const groups = numbersOf({ first: firstGroup, count: groupOfMovie(end - 1) - firstGroup + 1 });
  const pagesOf = (group: number, signal: AbortSignal) => {
    const groupRange = moviesOfGroup(job.plan, shape, group);
    const first = Math.max(groupRange.first, range.first);
    return pagesOfMovies(
      context,
      job,
      group,
      { first, count: Math.min(groupRange.first + groupRange.count, end) - first },
      signal,
    );
  };
  const isLarge = moviesOfGroup(job.plan, shape, 0).count > LARGE_GROUP_MOVIES;
  const width = isLarge ? 1 : GROUPS_AHEAD;
  const pages = readInOrder(width, signal, (signal) => groups.map((group) => pagesOf(group, signal)));
  for await (const page of pages) yield* page;
}

async function* pagesOfMovies(
  context: JobsContext,
  job: JobRef,
  group: number,
  { first, count }: Range,
  signal: AbortSignal,
): AsyncGenerator<IndexedMovie[]> {
  const end = first + count;
  let next = first;
  // A slice with this movie begins at most this number of messages before it: see `cutSlices`.
  const from = Math.max(0, first - MAX_RECEIVE_MESSAGES * job.plan.movies_per_message);
  for await (const items of slicePages(context, job.job_id, group, { signal, from })) {
    const page: IndexedMovie[] = [];
    for (const item of items) {
      const slice = sliceRange(item);
      if (slice.first >= end) {
        yield page;
        return;
      }
      next = Math.max(next, slice.first);
      for (const value of item.movies?.L?.slice(next - slice.first, end - slice.first) ?? []) {
        page.push({ index: next, movie: movieFromValue(value) });
        next += 1;
      }
    }
    yield page;
    if (next >= end) return;
  }
}
