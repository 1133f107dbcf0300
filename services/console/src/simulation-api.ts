// The protocol between the console's server and the page's view Simulation. The page imports only the types;
// requests are parsed here.
import type { SabotageRow } from '@movie-load/simulation/recording';
import { z } from 'zod';

const MAX_SEED = 999_999_999;
/** Larger jobs have too many events to step through. */
export const MAX_PLAYED_MOVIES = 100;
/** `consumer-1.1|dynamodb:UpdateItem|3 lost_answer`: the process, the operation, which of its calls, and the fault. */
const PLACED_FAULT =
  /^[\w.-]+\|(?:sqs|dynamodb|s3):\w+\|\d+ (?:crash_before_effect|crash_after_effect|lost_answer|stall)$/;
const wholeNumber = (max: number, min = 0) => z.int().min(min).max(max);

/** The body of `POST /api/simulation/play` and `…/shortest`. */
export const playSchema = z
  .strictObject({
    seed: wholeNumber(MAX_SEED).nullable(),
    sabotage: z.string().min(1).max(200).nullable(),
    /** The size of one small job; null: the jobs of the seed. */
    movies: wholeNumber(MAX_PLAYED_MOVIES, 1).nullable(),
    /** The seed's own faults, none, or the ids of some of them. */
    faults: z.union([z.enum(['all', 'none']), z.array(z.string().max(200)).max(1000)]),
    /** Ids of faults that the person has added. */
    placed: z.array(z.string().max(200).regex(PLACED_FAULT)).max(12),
  })
  .refine(({ seed, sabotage }) => seed !== null || sabotage !== null, {
    path: ['seed'],
    error: 'choose a seed or a sabotage; a sabotage alone runs the first seed that notices it',
  });
export type Play = z.infer<typeof playSchema>;

export type * from '@movie-load/simulation/recording';

/** Response of `GET /api/simulation`. */
export interface SimulationOffer {
  /** Null where the simulation is not installed, as in the image. */
  readonly sabotages: readonly SabotageRow[] | null;
  /** The largest `movies` of a request. */
  readonly most_movies: number;
}
