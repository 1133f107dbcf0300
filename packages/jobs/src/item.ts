// Converts our types to DynamoDB's attribute values and back. Written by hand, because it runs for every movie.
import type { AttributeValue, TableItem } from '@movie-load/aws';
import {
  type ItemKey,
  type JobPlan,
  type Movie,
  MovieLoadError,
  numbersOf,
  type Range,
  UsageError,
} from '@movie-load/schema';
import { z } from 'zod';

/** A movie as DynamoDB stores it. */
export function movieToValue({ movie_id, title, year, actor, director }: Movie): AttributeValue {
  return {
    M: {
      movie_id: { S: movie_id },
      title: { S: title },
      year: { N: String(year) },
      actor: { S: actor },
      director: { S: director },
    },
  };
}

/** Reads a stored movie. Throws `MovieLoadError` `bad_item` when a field is missing: the item was changed by hand. */
export function movieFromValue(value: AttributeValue): Movie {
  const { movie_id, title, year, actor, director } = value.M ?? {};
  if (
    movie_id?.S === undefined ||
    title?.S === undefined ||
    year?.N === undefined ||
    actor?.S === undefined ||
    director?.S === undefined
  ) {
    throw new MovieLoadError(
      'bad_item',
      'A stored movie does not have all five fields: the item was changed by hand.',
      {
        details: { movie: value.M },
      },
    );
  }
  return { movie_id: movie_id.S, title: title.S, year: Number(year.N), actor: actor.S, director: director.S };
}

export function planToValue(plan: JobPlan): AttributeValue {
  const fields: TableItem = {};
  for (const [name, value] of Object.entries(plan)) {
    fields[name] = typeof value === 'string' ? { S: value } : { N: String(value) };
  }
  return { M: fields };
}

/** A number set. DynamoDB refuses duplicates and empty sets. */
export const numberSet = (numbers: Iterable<number>): AttributeValue => ({ NS: Array.from(new Set(numbers), String) });

export const parseNumberSet = (value: AttributeValue | undefined): ReadonlySet<number> =>
  new Set(value?.NS?.map(Number));

/**
 * The size of the set of a ledger or node, which counts at most `max` messages or children. Throws `bad_item` for more,
 * which only another program writes.
 */
export function boundedSetSize(value: AttributeValue | undefined, max: number, { job_id, part }: ItemKey): number {
  const size = value?.NS?.length ?? 0;
  if (size <= max) return size;
  throw new MovieLoadError(
    'bad_item',
    `The item ${job_id} ${part} has ${size} numbers in its set, but at most ${max} are valid.`,
  );
}

/** The numbers of a range that are missing in a set. The set counts from the range's first number. */
export const missingFrom = ({ first, count }: Range, counted: ReadonlySet<unknown>): number[] => [
  ...numbersOf({ first, count }).filter((number) => !counted.has(number - first)),
];

/** An attribute value as plain JavaScript, to be parsed by a schema. */
export function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.NS !== undefined) return parseNumberSet(value);
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.M !== undefined) return plainItem(value.M);
  if (value.BOOL !== undefined) return value.BOOL;
  return null;
}

export function plainItem(item: TableItem): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

/** Parses an item by its schema; `what` names it in the error. Throws `MovieLoadError` `bad_item`. */
export function parseItem<Item>(schema: z.ZodType<Item>, item: TableItem, what: string): Item {
  const parsed = schema.safeParse(plainItem(item));
  if (parsed.success) return parsed.data;
  throw new MovieLoadError('bad_item', `The ${what} ${item.job_id?.S} is invalid: it was changed by hand.`, {
    cause: parsed.error,
  });
}

/** Expression attribute names, because many names are reserved words: `{ '#status': 'status' }`. */
export const expressionNames = (...attributes: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(attributes.map((name) => [`#${name}`, name]));

const keySchema = z.record(z.string(), z.union([z.strictObject({ S: z.string() }), z.strictObject({ N: z.string() })]));

/** Encodes the key at which a page begins, as one word. */
export const keyToToken = (key: TableItem): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** Decodes the result of `keyToToken`. Throws `UsageError` for any other text. */
export function keyFromToken(token: string): TableItem {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return { ...keySchema.parse(key) } as TableItem;
  } catch (cause) {
    throw new UsageError('That is not a position in the list of jobs: take `next` of the page before.', { cause });
  }
}
