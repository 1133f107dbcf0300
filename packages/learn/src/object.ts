// The contents of the bucket at the end of a lesson.
import { objectKey } from '@movie-load/schema';
import type { LessonWorld } from './lesson-world.ts';

/** The movies of a job's object; null without an object. */
export async function objectMovies(world: LessonWorld, jobId: string): Promise<number | null> {
  const object = await world.objects.get(objectKey(jobId));
  if (object === undefined) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  const movies: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return Array.isArray(movies) ? movies.length : null;
}
