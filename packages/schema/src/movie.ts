import { z } from 'zod';
import { storableText } from './text.ts';

/** The most bytes of a title, actor or director in UTF-8, so that every valid movie can be stored. */
export const TEXT_LIMIT_BYTES = 1024;

/** One movie, in messages, in the table and in the object. Its keys are always written in the order of this schema. */
export const movieSchema = z.strictObject({
  movie_id: z.uuid(),
  title: storableText(TEXT_LIMIT_BYTES),
  year: z.int().min(1870).max(2200),
  actor: storableText(TEXT_LIMIT_BYTES),
  director: storableText(TEXT_LIMIT_BYTES),
});
export type Movie = Readonly<z.infer<typeof movieSchema>>;

/**
 * A movie as one line of JSON with a fixed key order: DynamoDB's maps have none, and the object's bytes must not
 * vary.
 */
export function movieToJson({ movie_id, title, year, actor, director }: Movie): string {
  return JSON.stringify({ movie_id, title, year, actor, director });
}
