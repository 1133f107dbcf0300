// Checks one message group for `verify`: its ledger, its slices and their movies. Also yields the movies as lines of
// the object, so that the caller can compare the object without reading the slices again.
import type { TableItem } from '@movie-load/aws';
import {
  groupKey,
  type Movie,
  messageOfMovie,
  messagesOfGroup,
  moviesOfGroup,
  movieToJson,
  type Range,
  shapeOf,
} from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { movieFromValue } from './item.ts';
import { missingNumbers } from './ledger.ts';
import { type JobRef, objectLine } from './part-bytes.ts';
import { getLedger } from './read-jobs.ts';
import { slicePages, sliceRange } from './slice-pages.ts';

type ProblemKind =
  | 'no_job'
  | 'plan_mismatch'
  | 'not_stored'
  | 'not_woken'
  | 'counted_not_stored'
  | 'bad_item'
  | 'slices_differ'
  | 'not_generated'
  | 'object_missing'
  | 'object_differs';

export interface Problem {
  readonly kind: ProblemKind;
  /** One sentence for people. */
  readonly text: string;
  /** The command that repairs it; undefined when none does, because other movies are stored. */
  readonly repair: 'resume' | 'resume --thorough' | 'repair' | undefined;
}

/** Generates the movies of a range of indexes, in order. */
export type GenerateMovies = (range: Range) => Iterable<Movie>;

/** What one page of a group's slices shows. The page before the first has the findings about the ledger. */
export interface GroupFindings {
  readonly problems: readonly Problem[];
  /** The distinct movies of this page as lines of the object, in index order. */
  readonly lines: Uint8Array;
  /** The number of these movies, and of the page's slices. */
  readonly movies: number;
  readonly slices: number;
  /** Movies that are in more than one slice. */
  readonly repeated: number;
}

/** Yields the findings page by page, so that a large group need not be in memory. */
export async function* checkGroup(
  context: JobsContext,
  job: JobRef,
  group: number,
  options: {
    /** The root counts the child that contains this group, so only a thorough resume reads the group. */
    readonly isInRoot: boolean;
    /** The tree has no nodes between the root and its ledgers. */
    readonly isChildOfRoot: boolean;
    readonly signal: AbortSignal;
    readonly generate?: GenerateMovies | undefined;
  },
): AsyncGenerator<GroupFindings> {
  const { signal, isInRoot, isChildOfRoot } = options;
  const shape = shapeOf(job.plan);
  const { first, count } = moviesOfGroup(job.plan, shape, group);
  const ledger = await getLedger(context, job.job_id, group, signal);
  const missing = missingNumbers(shape, group, ledger?.stored ?? new Set());
  const groupName = groupKey(job.job_id, group);
  const problems: Problem[] = [];
  if (missing.length > 0) {
    const text = `Group ${groupName}: ${missing.length} of its messages are not stored, the first is ${missing[0]}.`;
    problems.push({ kind: 'not_stored', text, repair: isInRoot ? 'resume --thorough' : 'resume' });
  } else if (isChildOfRoot && !isInRoot) {
    problems.push({
      kind: 'not_woken',
      text: `Group ${groupName} is stored, but the job does not count it as full.`,
      repair: 'resume',
    });
  }
  yield { problems, lines: new Uint8Array(), movies: 0, slices: 0, repeated: 0 };

  const firstMessage = messagesOfGroup(shape, group).first;
  const merge = createSliceMerge(groupName, {
    range: { first, count },
    generated: options.generate?.({ first, count }),
    isCounted: (index) => ledger?.stored.has(messageOfMovie(job.plan, index) - firstMessage) ?? false,
  });
  for await (const items of slicePages(context, job.job_id, group, { signal })) yield merge.addPage(items);
  const firstGap = merge.end();
  if (firstGap !== undefined) {
    const text = `Group ${groupName}: movies that are counted are not stored, the first is ${firstGap}.`;
    const problem: Problem = { kind: 'counted_not_stored', text, repair: 'resume --thorough' };
    yield { problems: [problem], lines: new Uint8Array(), movies: 0, slices: 0, repeated: 0 };
  }
}

interface SliceMergeOptions {
  /** The movies of the group. */
  readonly range: Range;
  /** The right movies, to compare with. */
  readonly generated?: Iterable<Movie> | undefined;
  /** Whether the ledger has the message of a movie. */
  readonly isCounted: (index: number) => boolean;
}

/** Merges a group's slices by index like `partChunks`, but continues after a gap and compares overlaps. */
function createSliceMerge(groupName: string, { range, generated, isCounted }: SliceMergeOptions) {
  const { first } = range;
  const end = first + range.count;
  const expectedMovies = generated?.[Symbol.iterator]();
  /** The first movie that is counted and not stored. */
  let firstGap: number | undefined;
  /** Lines of movies that a later slice may also have; the first of them is movie `recentFirst`. */
  let recent: string[] = [];
  let recentFirst = first;
  let next = first;

  function noteGap(to: number): void {
    for (let index = next; index < to; index += 1) {
      if (firstGap === undefined && isCounted(index)) firstGap = index;
      expectedMovies?.next();
    }
    recent = [];
    recentFirst = to;
    next = to;
  }

  return {
    addPage(items: readonly TableItem[]): GroupFindings {
      const problems: Problem[] = [];
      let lines = '';
      let movies = 0;
      let repeated = 0;
      for (const item of items) {
        const stored = readSlice(item, groupName, problems);
        if (stored === undefined) continue;
        if (stored.first > next) noteGap(Math.min(stored.first, end));
        recent = recent.slice(Math.max(0, stored.first - recentFirst));
        recentFirst = Math.max(recentFirst, stored.first);
        let index = stored.first;
        let hasConflict = false;
        let isNotGenerated = false;
        for (const movie of stored.movies) {
          const json = movieToJson(movie);
          if (index < next) {
            repeated += 1;
            hasConflict ||= recent[index - recentFirst] !== json;
          } else if (index < end) {
            const expected = expectedMovies?.next().value;
            isNotGenerated ||= expected !== undefined && movieToJson(expected) !== json;
            recent.push(json);
            lines += objectLine(index, json);
            movies += 1;
            next += 1;
          }
          index += 1;
        }
        const part = item.part?.S;
        if (hasConflict) {
          const text = `Group ${groupName}: slice ${part} has other movies than a slice that overlaps it.`;
          problems.push({ kind: 'slices_differ', text, repair: undefined });
        }
        if (isNotGenerated) {
          const text = `Group ${groupName}: slice ${part} has movies that the job's seed does not make.`;
          problems.push({ kind: 'not_generated', text, repair: undefined });
        }
      }
      return { problems, lines: Buffer.from(lines), movies, slices: items.length, repeated };
    },
    /** Ends the group. Returns the first movie that is counted and not stored; undefined when there is none. */
    end(): number | undefined {
      if (next < end) noteGap(end);
      return firstGap;
    },
  };
}

function readSlice(item: TableItem, groupName: string, problems: Problem[]) {
  try {
    return { first: sliceRange(item).first, movies: item.movies?.L?.map(movieFromValue) ?? [] };
  } catch {
    const text = `Group ${groupName}: the slice ${item.part?.S} cannot be read; it was changed by hand. Delete the item first.`;
    problems.push({ kind: 'bad_item', text, repair: 'resume --thorough' });
    return undefined;
  }
}
