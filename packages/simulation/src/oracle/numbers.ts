// The number sets of items.
import type { Item } from '../services/dynamodb.ts';

/** Parsed sets by the table's array. Items are never changed, so each is parsed once. */
const setsOf = new WeakMap<readonly string[], ReadonlySet<number>>();
const NOTHING: ReadonlySet<number> = new Set();

export function numbersOf(item: Item | undefined, attribute: string): ReadonlySet<number> {
  const listed = item?.[attribute]?.NS;
  if (listed === undefined) return NOTHING;
  const known = setsOf.get(listed);
  if (known !== undefined) return known;
  const numbers = new Set(listed.map(Number));
  setsOf.set(listed, numbers);
  return numbers;
}
