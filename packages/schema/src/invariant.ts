import { MovieLoadError } from './errors.ts';

/**
 * Asserts a rule of movie-load itself, which no input can break. Throws `MovieLoadError` `invariant`.
 *
 * @param what describes the rule and the values that break it; called only then
 * @example assertInvariant(group < shape.groups, () => `group ${group} of a job of ${shape.groups} groups`);
 */
export function assertInvariant(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new MovieLoadError('invariant', `This is a bug of movie-load, please report it: ${what()}.`);
}
