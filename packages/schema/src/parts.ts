import { assertInvariant } from './invariant.ts';
import { MIN_PART_MOVIES } from './part-size.ts';
import type { JobPlan } from './plan.ts';
import { moviesOfGroup, type Range, shapeOf } from './shape.ts';

/**
 * The parts of a job's object: consecutive groups, as few as are sure to fill 5 MiB. Parts count from 0, S3's from 1.
 * The last part has the remaining groups.
 */
export interface ObjectParts {
  readonly parts: number;
  /** Message groups of each part but the last. */
  readonly groupsPerPart: number;
}

/**
 * Pure arithmetic on the plan. An object of one part is written with one `PutObject`.
 *
 * @param minPartMovies the minimum number of movies of each part but the last; the simulation, whose S3 has a smaller
 * minimum, passes a smaller number
 */
export function partsOf(plan: JobPlan, minPartMovies: number = MIN_PART_MOVIES): ObjectParts {
  const { groups } = shapeOf(plan);
  const groupsPerPart = Math.ceil(minPartMovies / (plan.group_size * plan.movies_per_message));
  return { parts: Math.ceil(groups / groupsPerPart), groupsPerPart };
}

/** The groups whose movies a part has. */
export function groupsOfPart(plan: JobPlan, { parts, groupsPerPart }: ObjectParts, part: number): Range {
  assertInvariant(part >= 0 && part < parts, () => `part ${part} of an object of ${parts} parts`);
  const first = part * groupsPerPart;
  return { first, count: Math.min(groupsPerPart, shapeOf(plan).groups - first) };
}

/** The movie indexes of a part. */
export function moviesOfPart(plan: JobPlan, parts: ObjectParts, part: number): Range {
  const groups = groupsOfPart(plan, parts, part);
  const shape = shapeOf(plan);
  const { first } = moviesOfGroup(plan, shape, groups.first);
  const last = moviesOfGroup(plan, shape, groups.first + groups.count - 1);
  return { first, count: last.first + last.count - first };
}
