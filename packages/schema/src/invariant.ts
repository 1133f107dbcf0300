import { MovieLoadError } from './errors.ts';

/**
 * For what must hold if movie-load is right, whatever comes from outside. Throws `MovieLoadError` `invariant`.
 *
 * @param what the rule and the values that break it; asked for only then
 * @example assertInvariant(group < shape.groups, () => `group ${group} of a job of ${shape.groups} groups`);
 */
export function assertInvariant(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new MovieLoadError('invariant', `This is a bug of movie-load, please report it: ${what()}.`);
}
