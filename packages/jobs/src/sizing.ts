// DynamoDB's own rules for the size of an item, so that a slice is measured before it is written.
// Source: "Item sizes and formats" in the DynamoDB developer guide (CapacityUnitCalculations).
import type { AttributeValue, TableItem } from '@movie-load/aws';
import { type Movie, utf8Bytes } from '@movie-load/schema';

/** DynamoDB refuses larger items. */
export const MAX_ITEM_BYTES = 400 * 1024;
/** What a slice is filled up to. The rest is left free because AWS calls its own rule for numbers approximate. */
export const SLICE_LIMIT_BYTES = 400_000;

const COLLECTION_BYTES = 3;
const ELEMENT_BYTES = 1;

/** Never less than what AWS takes: a byte for two digits, one more, one for an odd exponent, one for a sign. */
export function numberBytes(text: string): number {
  return Math.ceil(text.length / 2) + 2;
}

export function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8Bytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return sum(value.SS, utf8Bytes);
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  if (value.BS !== undefined) return sum(value.BS, (bytes) => bytes.byteLength);
  if (value.L !== undefined) return COLLECTION_BYTES + sum(value.L, (one) => ELEMENT_BYTES + valueBytes(one));
  if (value.M !== undefined) return COLLECTION_BYTES + Object.keys(value.M).length * ELEMENT_BYTES + itemBytes(value.M);
  return 1;
}

/** The bytes of an item (or of a map's names and values): each attribute's name and value. */
export function itemBytes(item: TableItem): number {
  return sum(Object.entries(item), ([name, value]) => utf8Bytes(name) + valueBytes(value));
}

const MOVIE_NAMES_BYTES = 'movie_id'.length + 'title'.length + 'year'.length + 'actor'.length + 'director'.length;
/** One for its place in the list, the map itself, one for each of five attributes, their names, a year of four digits. */
const MOVIE_FIXED_BYTES = ELEMENT_BYTES + COLLECTION_BYTES + 5 * ELEMENT_BYTES + MOVIE_NAMES_BYTES + 4;

/** What one movie adds to its slice; the same as measuring its attribute value, without making it. */
export function movieBytes({ movie_id, title, actor, director }: Movie): number {
  return MOVIE_FIXED_BYTES + utf8Bytes(movie_id) + utf8Bytes(title) + utf8Bytes(actor) + utf8Bytes(director);
}

function sum<T>(list: readonly T[], bytesOf: (one: T) => number): number {
  let total = 0;
  for (const one of list) total += bytesOf(one);
  return total;
}
