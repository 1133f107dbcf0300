import fc from 'fast-check';
import { type JobPlan, MAX_MOVIES, type Movie, planJob } from '../src/index.ts';

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

/** Any plan that a consumer has to accept: groups and fan-outs of every size. */
export const anyPlan: fc.Arbitrary<JobPlan> = fc
  .record({
    plan: plannedJob,
    group_size: fc.integer({ min: 1, max: 200 }),
    fan_out: fc.integer({ min: 2, max: 256 }),
  })
  .map(({ plan, group_size, fan_out }) => ({ ...plan, group_size, fan_out }));

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
