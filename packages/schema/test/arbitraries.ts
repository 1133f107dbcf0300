import fc from 'fast-check';
import {
  type JobPlan,
  MAX_FAN_OUT,
  MAX_GROUP_MOVIES,
  MAX_MOVIES,
  MIN_PART_MOVIES,
  type Movie,
  planJob,
} from '../src/index.ts';

const nonce = fc.string({ unit: fc.constantFrom(...'abcXYZ019._-'), minLength: 1, maxLength: 64 });

/** Plans as a producer makes them, small and huge sizes alike. */
export const plannedJob: fc.Arbitrary<JobPlan> = fc
  .record({
    nonce,
    movies: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: MAX_MOVIES })),
    movies_per_message: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })),
    seed: fc.nat(),
    generator: fc.constant(1),
  })
  .map(planJob);

/** Messages that make the smallest and the largest group that a large plan of version 2 may have. */
const groupSizes = ({ movies_per_message: movies }: JobPlan) =>
  [Math.ceil(MIN_PART_MOVIES / MAX_FAN_OUT / movies), Math.floor(MAX_GROUP_MOVIES / movies)] as const;

/** Any plan that a consumer has to accept: versions, groups and fan-outs of every size. */
export const anyPlan: fc.Arbitrary<JobPlan> = fc
  .record({
    plan: plannedJob,
    version: fc.constantFrom(1, 2),
    group_size: fc.integer({ min: 1, max: 200 }),
    fan_out: fc.integer({ min: 2, max: 256 }),
  })
  .map(({ plan, version, group_size, fan_out }) => {
    const [least, most] = version === 1 ? [1, 200] : groupSizes(plan);
    return { ...plan, version: version as 1 | 2, fan_out, group_size: Math.min(Math.max(group_size, least), most) };
  });

/** The same, small enough to walk through message by message. */
export const smallPlan: fc.Arbitrary<JobPlan> = anyPlan.map((plan) => ({ ...plan, movies: (plan.movies % 2000) + 1 }));

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((value) => value.isWellFormed() && !/[\p{Cc}\ufffe\uffff]/u.test(value));

export const movie: fc.Arbitrary<Movie> = fc.record({
  movie_id: fc.uuid(),
  title: text,
  year: fc.integer({ min: 1900, max: 2025 }),
  actor: text,
  director: text,
});
