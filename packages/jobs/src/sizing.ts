// DynamoDB's own rules for the size of an item, so that a slice is measured before it is written.
// Source: "Item sizes and formats" in the DynamoDB developer guide (CapacityUnitCalculations).
import { type Movie, utf8Bytes } from '@movie-load/schema';

/**
 * The most bytes of a slice. It is below DynamoDB's 409,600, because AWS calls its own rule for numbers approximate.
 */
export const SLICE_LIMIT_BYTES = 400_000;

const COLLECTION_BYTES = 3;
const ELEMENT_BYTES = 1;
const MOVIE_NAMES_BYTES = 'movie_id'.length + 'title'.length + 'year'.length + 'actor'.length + 'director'.length;
/**
 * One for its place in the list, the map itself, one for each of five attributes, their names, and four for the year,
 * for which DynamoDB counts at most three.
 */
const MOVIE_FIXED_BYTES = ELEMENT_BYTES + COLLECTION_BYTES + 5 * ELEMENT_BYTES + MOVIE_NAMES_BYTES + 4;

/** The bytes that a movie adds to its slice: the size of its attribute value, computed without making the value. */
export function movieBytes({ movie_id, title, actor, director }: Movie): number {
  return MOVIE_FIXED_BYTES + utf8Bytes(movie_id) + utf8Bytes(title) + utf8Bytes(actor) + utf8Bytes(director);
}
