// The size of whole items by DynamoDB's rules, to compare with the store's estimate, which counts movies alone.
import type { AttributeValue, TableItem } from '@movie-load/aws';
import { utf8Bytes } from '@movie-load/schema';

/** DynamoDB refuses larger items. */
export const MAX_ITEM_BYTES = 400 * 1024;

const COLLECTION_BYTES = 3;
const ELEMENT_BYTES = 1;

/** At least what DynamoDB counts for a number that is not negative: a byte for two digits, and at most two more. */
function numberBytes(text: string): number {
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

function sum<T>(list: readonly T[], bytesOf: (one: T) => number): number {
  let total = 0;
  for (const one of list) total += bytesOf(one);
  return total;
}
