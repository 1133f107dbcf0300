// The lessons are in the checkout and in no image: the embedded AWS that they run on is not there either.
import { MovieLoadError } from '@movie-load/schema';

/** Throws `MovieLoadError` `lessons_missing` where they are not. */
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
