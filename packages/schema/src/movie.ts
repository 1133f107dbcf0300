import { z } from 'zod';
import { storableText } from './text.ts';

/** Title, actor and director have at most this number of bytes in UTF-8: nothing valid is too big to store. */
export const TEXT_LIMIT_BYTES = 1024;

/** One movie, on every wire and in the object. The key order here is the order in which it is always written. */
export const movieSchema = z.strictObject({
  movie_id: z.uuid(),
  title: storableText(TEXT_LIMIT_BYTES),
  year: z.int().min(1870).max(2200),
  actor: storableText(TEXT_LIMIT_BYTES),
  director: storableText(TEXT_LIMIT_BYTES),
});
export type Movie = Readonly<z.infer<typeof movieSchema>>;

/** A movie as one line of JSON with a fixed key order: DynamoDB's maps have none, and the object's bytes must not vary. */
export function movieToJson({ movie_id, title, year, actor, director }: Movie): string {
  return JSON.stringify({ movie_id, title, year, actor, director });
}
