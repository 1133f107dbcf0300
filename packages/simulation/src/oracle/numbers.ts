// Reads the number sets (`NS`) of DynamoDB items.
import type { Item } from '../services/dynamodb.ts';

/** The parsed sets, by the array in the item. A write replaces the item and its arrays, so each is parsed once. */
const parsedSets = new WeakMap<readonly string[], ReadonlySet<number>>();
const EMPTY: ReadonlySet<number> = new Set();

export function numbersOf(item: Item | undefined, attribute: string): ReadonlySet<number> {
  const listed = item?.[attribute]?.NS;
  if (listed === undefined) return EMPTY;
  const parsed = parsedSets.get(listed);
  if (parsed !== undefined) return parsed;
  const numbers = new Set(listed.map(Number));
  parsedSets.set(listed, numbers);
  return numbers;
}
