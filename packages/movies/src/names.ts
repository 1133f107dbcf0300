// The names of actors and directors: faker's. A new version of faker may change them, and GENERATOR_VERSION with them.
import { faker } from '@faker-js/faker/locale/en';
import { MovieLoadError } from '@movie-load/schema';

const { first_name, last_name } = faker.definitions.person;

export const FIRST_NAMES: readonly string[] = sorted(first_name.female, first_name.male);
export const LAST_NAMES: readonly string[] = sorted(last_name.generic);

/** Sorted, each once, so that faker's order does not matter. */
function sorted(...lists: readonly (readonly string[] | null | undefined)[]): string[] {
  const names = [...new Set(lists.flatMap((list) => list ?? []))].sort();
  if (names.length === 0) throw new MovieLoadError('no_names', 'This version of @faker-js/faker has no English names.');
  return names;
}
