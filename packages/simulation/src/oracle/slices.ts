// The oracle's record of slices: which movies of a job the table has, from the last write of each slice.

import { moviesOfGroup, movieToJson, type Range } from '@movie-load/schema';
import type { Item } from '../services/dynamodb.ts';
import type { ExpectedJob } from './expected.ts';
import type { Invariant } from './invariants.ts';

export interface SlicesOptions {
  readonly jobs: readonly ExpectedJob[];
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
}

/** The name of a slice, unique in its job. */
export const sliceName = (group: number, part: string): string => `${group} ${part}`;

export class Slices {
  readonly #violate: SlicesOptions['violate'];
  readonly #count: SlicesOptions['count'];
  /** The indexes of the movies that are in a slice, by job id. */
  readonly #covered: ReadonlyMap<string, Set<number>>;
  /** The movies of each slice, by job id and group, and then by the slice's sort key. */
  readonly #slicesOf = new Map<string, Map<string, Range>>();

  constructor({ jobs, violate, count }: SlicesOptions) {
    this.#violate = violate;
    this.#count = count;
    this.#covered = new Map(jobs.map((job) => [job.job_id, new Set<number>()]));
  }

  has(job: ExpectedJob, movie: number): boolean {
    return this.#covered.get(job.job_id)?.has(movie) ?? false;
  }

  /** Records a write of one slice. Returns whether it replaced one of another length, so that movies may be lost. */
  sliceWritten(
    job: ExpectedJob,
    group: number,
    part: string,
    before: Item | undefined,
    after: Item | undefined,
  ): boolean {
    const groupRange = moviesOfGroup(job.plan, job.shape, group);
    const first = Number(after?.first?.N);
    const movies = after?.movies?.L ?? [];
    if (
      !(first >= groupRange.first && first + movies.length <= groupRange.first + groupRange.count && movies.length > 0)
    ) {
      this.#violate(
        'a slice is of its group',
        `slice ${part} of group ${group}: ${movies.length} movies from ${first}`,
      );
      return false;
    }
    movies.forEach(({ M: movie = {} }, offset) => {
      const json = movieToJson({
        movie_id: movie.movie_id?.S ?? '',
        title: movie.title?.S ?? '',
        year: Number(movie.year?.N),
        actor: movie.actor?.S ?? '',
        director: movie.director?.S ?? '',
      });
      if (json !== job.movies[first + offset]) {
        this.#violate(
          'no movie of another job or place',
          `slice ${part} of group ${group} has ${json} at ${first + offset}`,
        );
      }
    });
    const slices = this.#slicesOf.get(`${job.job_id} ${group}`) ?? new Map<string, Range>();
    this.#slicesOf.set(`${job.job_id} ${group}`, slices);
    slices.set(part, { first, count: movies.length });
    const covered = this.#coveredMovies(job);
    const overlapping = movies.filter((_, offset) => covered.has(first + offset)).length;
    this.#count(
      before !== undefined ? 'slice written again' : overlapping === 0 ? 'slice written' : 'slice beside another',
    );
    this.#updateCovered(job, group, slices);
    return before !== undefined && before.movies?.L?.length !== movies.length;
  }

  /** A slice of a deleted job was removed. */
  sliceRemoved(job: ExpectedJob, group: number, part: string): void {
    const slices = this.#slicesOf.get(`${job.job_id} ${group}`);
    slices?.delete(part);
    this.#count('slice removed');
    if (slices !== undefined) this.#updateCovered(job, group, slices);
  }

  /** The names of all existing slices, of one group or of the whole job. */
  *namesOf(job: ExpectedJob, onlyGroup?: number): Generator<string> {
    for (let group = 0; group < job.shape.groups; group += 1) {
      if (onlyGroup !== undefined && onlyGroup !== group) continue;
      for (const part of this.#slicesOf.get(`${job.job_id} ${group}`)?.keys() ?? []) yield sliceName(group, part);
    }
  }

  #coveredMovies(job: ExpectedJob): Set<number> {
    return this.#covered.get(job.job_id) ?? new Set();
  }

  /** Computes again which movies of a group are in one of its slices. */
  #updateCovered(job: ExpectedJob, group: number, slices: ReadonlyMap<string, Range>): void {
    const covered = this.#coveredMovies(job);
    const groupRange = moviesOfGroup(job.plan, job.shape, group);
    for (let index = groupRange.first; index < groupRange.first + groupRange.count; index += 1) covered.delete(index);
    for (const range of slices.values()) {
      for (let index = range.first; index < range.first + range.count; index += 1) covered.add(index);
    }
  }
}
