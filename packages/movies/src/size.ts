// How large a generated movie can be, computed from the longest words of every list.
import { type Movie, movieToJson, utf8Bytes } from '@movie-load/schema';
import { FIRST_NAMES, LAST_NAMES } from './names.ts';
import { PATTERNS } from './titles.ts';

/** The movie with the most bytes of JSON that this generator version can make. */
export function largestMovie(): Movie {
  const name = `${longest(FIRST_NAMES)} ${longest(LAST_NAMES)}`;
  const titles = PATTERNS.map((slots) =>
    slots.map((slot) => (typeof slot === 'string' ? slot : longest(slot))).join(''),
  );
  return {
    movie_id: '00000000-0000-4000-8000-000000000000',
    title: longest(titles),
    year: 2025,
    actor: name,
    director: name,
  };
}

/** Bytes of the largest movie as JSON. */
export function largestMovieBytes(): number {
  return utf8Bytes(movieToJson(largestMovie()));
}

/** The text with the most bytes in JSON. */
function longest(texts: readonly string[]): string {
  const bytes = (text: string) => utf8Bytes(JSON.stringify(text));
  return texts.reduce((best, text) => (bytes(text) > bytes(best) ? text : best), '');
}
