// The job's movies as one object: `[`, then one movie per line in index order, then `]`.
import type { TableItem } from '@movie-load/aws';
import {
  type JobPlan,
  MovieLoadError,
  moviesOfGroup,
  movieToJson,
  objectKey,
  type Range,
  shapeOf,
} from '@movie-load/schema';
import type { JobsContext, StoreOptions } from './context.ts';
import { movieFromValue } from './item.ts';
import { createObjectWriter } from './object-writer.ts';
import { inOrder, slicePages, sliceRange } from './slice-pages.ts';

export interface JobRef {
  readonly job_id: string;
  readonly plan: JobPlan;
}

/** A piece of the object. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly movies: number;
}

/** What may be read ahead of its turn; the parsed items take several times as much for a moment. */
const READ_AHEAD_BYTES = 2 * 1024 * 1024;
const PAGE_BYTES = 1024 * 1024;
const ROUGH_MOVIE_BYTES = 150;
const MAX_GROUPS_AHEAD = 16;

/**
 * The object's bytes, from the slices. Each index exactly once, or `MovieLoadError` `job_incomplete`: overlapping slices
 * are normal (a redelivery came in another batch), a gap is not.
 */
export async function* objectChunks(context: JobsContext, job: JobRef, signal: AbortSignal): AsyncGenerator<Chunk> {
  const stop = new AbortController();
  const reading = AbortSignal.any([signal, stop.signal]);
  const shape = shapeOf(job.plan);
  const roughPage = Math.min(PAGE_BYTES, moviesOfGroup(job.plan, shape, 0).count * ROUGH_MOVIE_BYTES);
  const width = Math.min(MAX_GROUPS_AHEAD, Math.max(2, Math.floor(READ_AHEAD_BYTES / roughPage)));
  function* groups() {
    for (let group = 0; group < shape.groups; group += 1) {
      yield groupChunks(context, job, group, moviesOfGroup(job.plan, shape, group), reading);
    }
  }
  try {
    yield* inOrder(groups(), width);
    yield { bytes: Buffer.from('\n]\n'), movies: 0 };
  } finally {
    stop.abort();
  }
}

async function* groupChunks(
  context: JobsContext,
  job: JobRef,
  group: number,
  { first, count }: Range,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const end = first + count;
  let next = first;
  for await (const items of slicePages(context, job.job_id, group, { signal })) {
    const from = next;
    let text = '';
    for (const item of items) {
      const slice = sliceRange(item);
      if (slice.first > next) throw gap(job, next, slice.first);
      for (const value of moviesFrom(item, next - slice.first).slice(0, end - next)) {
        text += `${next === 0 ? '[\n' : ',\n'}${movieToJson(movieFromValue(value))}`;
        next += 1;
      }
    }
    if (next > from) yield { bytes: Buffer.from(text), movies: next - from };
  }
  if (next < end) throw gap(job, next, end);
}

const moviesFrom = (item: TableItem, offset: number) => item.movies?.L?.slice(offset) ?? [];

const gap = ({ job_id }: JobRef, from: number, to: number) =>
  new MovieLoadError(
    'job_incomplete',
    `Job ${job_id} has no movies ${from} to ${to - 1}, though they are counted: \`movie-load verify ${job_id}\` tells more.`,
    { details: { job_id, from, to } },
  );

/** Writes the job's object. As often as one likes, and by several at once: the bytes are always the same. */
export async function assemble(
  context: JobsContext,
  job: JobRef,
  options: StoreOptions,
): Promise<{ readonly key: string; readonly bytes: number }> {
  const key = objectKey(job.job_id);
  const writer = createObjectWriter(context, key, options);
  try {
    for await (const { bytes, movies } of objectChunks(context, job, options.signal)) {
      await writer.write(bytes);
      if (movies > 0) context.emit({ kind: 'assembled', job_id: job.job_id, movies });
    }
    return { key, bytes: await writer.finish() };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
