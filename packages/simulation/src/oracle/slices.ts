// The oracle's record of slices: which movies of a job the table has, by the last write of each slice.

import { moviesOfGroup, movieToJson, type Range } from '@movie-load/schema';
import type { Item } from '../services/dynamodb.ts';
import type { ExpectedJob } from './expected.ts';
import type { Invariant } from './invariants.ts';

export interface SlicesOptions {
  readonly jobs: readonly ExpectedJob[];
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
}

/** A slice among those of a job. */
export const sliceName = (group: number, part: string): string => `${group} ${part}`;

export class Slices {
  readonly #violate: SlicesOptions['violate'];
  readonly #count: SlicesOptions['count'];
  /** Movie indexes that are in a slice, by job. */
  readonly #covered: ReadonlyMap<string, Set<number>>;
  /** The slices of each group by their key. */
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
  wrote(job: ExpectedJob, group: number, part: string, before: Item | undefined, after: Item | undefined): boolean {
    const within = moviesOfGroup(job.plan, job.shape, group);
    const first = Number(after?.first?.N);
    const listed = after?.movies?.L ?? [];
    if (!(first >= within.first && first + listed.length <= within.first + within.count && listed.length > 0)) {
      this.#violate(
        'a slice is of its group',
        `slice ${part} of group ${group}: ${listed.length} movies from ${first}`,
      );
      return false;
    }
    listed.forEach(({ M: movie = {} }, at) => {
      const json = movieToJson({
        movie_id: movie.movie_id?.S ?? '',
        title: movie.title?.S ?? '',
        year: Number(movie.year?.N),
        actor: movie.actor?.S ?? '',
        director: movie.director?.S ?? '',
      });
      if (json !== job.movies[first + at]) {
        this.#violate(
          'no movie of another job or place',
          `slice ${part} of group ${group} has ${json} at ${first + at}`,
        );
      }
    });
    const slices = this.#slicesOf.get(`${job.job_id} ${group}`) ?? new Map<string, Range>();
    this.#slicesOf.set(`${job.job_id} ${group}`, slices);
    slices.set(part, { first, count: listed.length });
    const have = this.#have(job);
    const others = listed.filter((_, at) => have.has(first + at)).length;
    this.#count(before !== undefined ? 'slice written again' : others === 0 ? 'slice written' : 'slice beside another');
    this.#cover(job, group, slices);
    return before !== undefined && before.movies?.L?.length !== listed.length;
  }

  /** A slice of a deleted job was removed. */
  removed(job: ExpectedJob, group: number, part: string): void {
    const slices = this.#slicesOf.get(`${job.job_id} ${group}`);
    slices?.delete(part);
    this.#count('slice removed');
    if (slices !== undefined) this.#cover(job, group, slices);
  }

  /** Every existing slice, of one group or of all. */
  *keysOf(job: ExpectedJob, only?: number): Generator<string> {
    for (let group = 0; group < job.shape.groups; group += 1) {
      if (only !== undefined && only !== group) continue;
      for (const part of this.#slicesOf.get(`${job.job_id} ${group}`)?.keys() ?? []) yield sliceName(group, part);
    }
  }

  #have(job: ExpectedJob): Set<number> {
    return this.#covered.get(job.job_id) ?? new Set();
  }

  /** The movies of a group that its slices have. */
  #cover(job: ExpectedJob, group: number, slices: ReadonlyMap<string, Range>): void {
    const have = this.#have(job);
    const within = moviesOfGroup(job.plan, job.shape, group);
    for (let index = within.first; index < within.first + within.count; index += 1) have.delete(index);
    for (const range of slices.values()) {
      for (let index = range.first; index < range.first + range.count; index += 1) have.add(index);
    }
  }
}
