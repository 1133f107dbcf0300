// Movie i of a seed: a pure function of (seed, i, GENERATOR_VERSION), so any range is generated without those before it.
import { MAX_MOVIES, type Movie, type Range } from '@movie-load/schema';
import { drawsFrom, permute } from './mix.ts';
import { movieId } from './movie-id.ts';
import { FIRST_NAMES, LAST_NAMES } from './names.ts';
import { drawTitle, pick } from './titles.ts';

/** Changes whenever a movie would: other words, another version of faker, another formula. A golden test sees to it. */
export const GENERATOR_VERSION = 1;

/**
 * What `auto` movies per message means: this number of movies of the largest possible size and the envelope stay within 64 KiB,
 * which is what SQS bills as one request. A test proves it from the word lists.
 */
export const AUTO_MOVIES_PER_MESSAGE = 325;

const FIRST_YEAR = 1900;
const YEARS = 126;

/**
 * One movie.
 *
 * @example movieAt(7, 0) // { movie_id: '…', title: 'The Crooked Season', year: 1987, actor: '…', director: '…' }
 */
export function movieAt(seed: number, index: number): Movie {
  const pair = permute(seed, index);
  const draw = drawsFrom(pair);
  // The id is made of the first two draws; go on behind them.
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
