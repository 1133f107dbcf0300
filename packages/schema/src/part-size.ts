// S3's limits for the parts of an object, and the least number of movies that fills a part.
import { movieToJson } from './movie.ts';

/**
 * All parts of an S3 object but its last have at least this many bytes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PART_BYTES = 5 * 1024 * 1024 * 1024;
export const MAX_PARTS = 10_000;

/** The separator of two movies, `,` and a line break. `[` and a line break before the first have as many bytes. */
const SEPARATOR_BYTES = 2;
/** The valid movie with the shortest line; a test compares it with the schema. */
const MIN_MOVIE = {
  movie_id: '00000000-0000-4000-8000-000000000000',
  title: 'x',
  year: 1999,
  actor: 'x',
  director: 'x',
};
const MIN_LINE_BYTES = movieToJson(MIN_MOVIE).length;

/** The number of movies that fill `MIN_PART_BYTES` even if all are the shortest: 50,413. */
export const MIN_PART_MOVIES = Math.ceil(MIN_PART_BYTES / (MIN_LINE_BYTES + SEPARATOR_BYTES));
