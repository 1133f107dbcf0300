// Loads the lessons. Images contain neither the lessons nor the embedded AWS that they run on; the checkout has both.
import { MovieLoadError } from '@movie-load/schema';

/** Throws `MovieLoadError` `lessons_missing` when they are not installed. */
export async function loadLessons() {
  try {
    return await import('@movie-load/learn');
  } catch (cause) {
    if (!(Error.isError(cause) && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause;
    throw new MovieLoadError(
      'lessons_missing',
      'The lessons are not in this image. Run them from a checkout: npm run movie-load -- learn.',
      { cause },
    );
  }
}
