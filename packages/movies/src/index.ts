// The movie generator. Pure: no I/O, no clock, no random numbers but the seed's.
export { AUTO_MOVIES_PER_MESSAGE, GENERATOR_VERSION, generateMovies, movieAt } from './generate.ts';
export { largestMovie, largestMovieBytes } from './size.ts';
