// The bytes of one part of a job's object, from the slices of its groups: `[` before the first movie of the job, one
// movie a line in index order, `]` after the last. They follow from the plan and the movies, so every writer writes
// the same.
import type { TableItem } from '@movie-load/aws';
import {
  groupsOfPart,
  type JobPlan,
  MAX_GROUPS_AHEAD,
  MovieLoadError,
  moviesOfGroup,
  movieToJson,
  numbersOf,
  partsOf,
  type Range,
  READ_AHEAD_BYTES,
  shapeOf,
} from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { movieFromValue } from './item.ts';
import { readInOrder, slicePages, sliceRange } from './slice-pages.ts';

export interface JobRef {
  readonly job_id: string;
  readonly plan: JobPlan;
}

const APPROXIMATE_MOVIE_BYTES = 150;

/** A movie's JSON with what comes before it in the object. */
export const objectLine = (index: number, json: string): string => (index === 0 ? '[\n' : ',\n') + json;
export const OBJECT_END = Buffer.from('\n]\n');

/**
 * @throws `MovieLoadError` `job_incomplete` for a gap. Slices may overlap, because a redelivery may be batched
 * differently.
 */
export async function* partChunks(
  context: JobsContext,
  job: JobRef,
  part: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { plan } = job;
  const shape = shapeOf(plan);
  const layout = partsOf(plan, context.minPartMovies);
  const { first, count } = groupsOfPart(plan, layout, part);
  const approximateGroupBytes = moviesOfGroup(plan, shape, first).count * APPROXIMATE_MOVIE_BYTES;
  const groupsAhead = Math.min(MAX_GROUPS_AHEAD, Math.max(2, Math.floor(READ_AHEAD_BYTES / approximateGroupBytes)));
  yield* readInOrder(groupsAhead, signal, (signal) =>
    numbersOf({ first, count }).map((group) =>
      groupChunks(context, job, group, moviesOfGroup(plan, shape, group), signal),
    ),
  );
  if (part === layout.parts - 1) yield OBJECT_END;
}

async function* groupChunks(
  context: JobsContext,
  job: JobRef,
  group: number,
  { first, count }: Range,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const end = first + count;
  let next = first;
  for await (const items of slicePages(context, job.job_id, group, { signal })) {
    const firstOfPage = next;
    let text = '';
    for (const item of items) {
      const slice = sliceRange(item);
      if (slice.first > next) throw missingMoviesError(job, next, slice.first);
      for (const value of moviesFrom(item, next - slice.first).slice(0, end - next)) {
        text += objectLine(next, movieToJson(movieFromValue(value)));
        next += 1;
      }
    }
    if (next > firstOfPage) yield Buffer.from(text);
  }
  if (next < end) throw missingMoviesError(job, next, end);
}

const moviesFrom = (item: TableItem, offset: number) => item.movies?.L?.slice(offset) ?? [];

const missingMoviesError = ({ job_id }: JobRef, from: number, to: number) =>
  new MovieLoadError(
    'job_incomplete',
    `Job ${job_id} has no movies ${from} to ${to - 1}, though they are counted: \`movie-load verify ${job_id}\` shows details.`,
    { details: { job_id, from, to } },
  );
