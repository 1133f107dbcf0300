// Reads the object of a lesson's job.
import { objectKey } from '@movie-load/schema';
import type { LessonWorld } from './lesson-world.ts';

/** The number of movies in a job's object; null if there is no object. */
export async function countObjectMovies(world: LessonWorld, jobId: string): Promise<number | null> {
  const object = await world.objects.get(objectKey(jobId));
  if (object === undefined) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  const movies: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return Array.isArray(movies) ? movies.length : null;
}
