// Movie i of a seed: a pure function of (seed, i, GENERATOR_VERSION), so any range is generated without those before
// it.
import { MAX_MOVIES, type Movie, type Range } from '@movie-load/schema';
import { drawsFrom, permute } from './mix.ts';
import { movieId } from './movie-id.ts';
import { FIRST_NAMES, LAST_NAMES } from './names.ts';
import { drawTitle, pick } from './titles.ts';

/**
 * Must be raised when any movie changes: other words, another version of faker, another formula. A golden test checks
 * it.
 */
export const GENERATOR_VERSION = 1;

/**
 * The movies per message that `auto` means. With movies of the largest possible size, the body stays within 64 KiB,
 * which SQS bills as one request. A test computes that from the word lists.
 */
export const AUTO_MOVIES_PER_MESSAGE = 325;

const FIRST_YEAR = 1900;
const YEARS = 126;

/**
 * One movie.
 *
 * @example movieAt(7, 0) // { movie_id: '…', title: 'No Map for Spies', year: 1984, actor: '…', director: '…' }
 */
export function movieAt(seed: number, index: number): Movie {
  const pair = permute(seed, index);
  const draw = drawsFrom(pair);
  // Skips the first two draws, which are in the id.
  draw();
  draw();
  const title = drawTitle(draw);
  const age = draw() / 2 ** 32;
  return {
    movie_id: movieId(pair),
    title,
    // Squared, because there are more new films than old ones.
    year: FIRST_YEAR + YEARS - 1 - Math.floor(age * age * YEARS),
    actor: drawName(draw),
    director: drawName(draw),
  };
}

/**
 * A range of movies, one at a time, in index order.
 *
 * @example for (const movie of generateMovies(seed, { first: 1_000, count: 325 })) …
 */
export function* generateMovies(seed: number, { first, count }: Range): Generator<Movie, void, undefined> {
  if (first < 0 || first + count > MAX_MOVIES) throw new RangeError(`No movies ${first} to ${first + count - 1}.`);
  for (let index = first; index < first + count; index++) yield movieAt(seed, index);
}

function drawName(draw: () => number): string {
  return `${pick(FIRST_NAMES, draw())} ${pick(LAST_NAMES, draw())}`;
}
