// A group's slices in order, page by page, and several groups read ahead.
import type { TableItem } from '@movie-load/aws';
import { groupKey, MovieLoadError, parseSlicePart, type Range, SLICE_PREFIX, slicePartFrom } from '@movie-load/schema';
import type { JobsContext } from './context.ts';

export interface PagesOptions {
  readonly signal: AbortSignal;
  /** Begins with the slices that start at this movie or later. */
  readonly from?: number | undefined;
  /** Only these attributes; all when undefined. */
  readonly attributes?: readonly string[] | undefined;
}

/** The items of a group's slices, sorted by their first movie; one query a page of at most 1 MB. */
export async function* slicePages(
  context: JobsContext,
  jobId: string,
  group: number,
  { signal, from = 0, attributes }: PagesOptions,
): AsyncGenerator<readonly TableItem[]> {
  let start: TableItem | undefined;
  do {
    const page = await context.table.query({
      partition: groupKey(jobId, group),
      between: [slicePartFrom(from), `${SLICE_PREFIX}~`],
      start,
      attributes,
      signal,
    });
    yield page.items;
    start = page.next;
  } while (start !== undefined);
}

/**
 * The movie indexes of a slice, from its key. Throws `MovieLoadError` `bad_item` if it has another number of movies.
 */
export function sliceRange(item: TableItem): Range {
  const range = parseSlicePart(item.part?.S ?? '');
  const movies = item.movies?.L;
  if (range === undefined || movies?.length !== range.count) {
    const has = `${movies?.length ?? 'no'} movies where its key says ${range?.count ?? 'nothing'}`;
    throw new MovieLoadError('bad_item', `The slice ${item.job_id?.S} ${item.part?.S} has ${has}.`);
  }
  return range;
}

/**
 * Yields the values of the sources, one source after the other. Reads ahead one value of each of the next `width`
 * sources, the current one included. The sources get a signal that also aborts when the caller stops early. Ends, also
 * with an error, only when every source has ended.
 */
export async function* readInOrder<T>(
  width: number,
  signal: AbortSignal,
  openSources: (signal: AbortSignal) => Iterator<AsyncGenerator<T>>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const sources = openSources(AbortSignal.any([signal, stop.signal]));
  const window: { readonly source: AsyncGenerator<T>; next: Promise<IteratorResult<T>> }[] = [];
  const fillWindow = () => {
    while (window.length < width) {
      const { done, value } = sources.next();
      if (done) return;
      window.push({ source: value, next: fetchNext(value) });
    }
  };
  try {
    fillWindow();
    for (let head = window[0]; head !== undefined; head = window[0]) {
      const result = await head.next;
      if (result.done) {
        window.shift();
        fillWindow();
      } else {
        head.next = fetchNext(head.source);
        yield result.value;
      }
    }
  } finally {
    stop.abort();
    await Promise.allSettled(window.map(({ source }) => source.return(undefined)));
  }
}

function fetchNext<T>(source: AsyncGenerator<T>): Promise<IteratorResult<T>> {
  const next = source.next();
  // The caller gets the error when it awaits `next`. If it never does, the rejection must not end the process.
  next.catch(() => {});
  return next;
}
