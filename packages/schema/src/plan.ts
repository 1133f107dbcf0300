// The plan of a job: its schema, the job's id that follows from it, and its token for `movie-load resume --plan`.
import { v5 as uuidV5 } from 'uuid';
import { z } from 'zod';
import { MovieLoadError } from './errors.ts';
import { MIN_PART_MOVIES } from './part-size.ts';

export const MAX_MOVIES = 100_000_000;
export const MAX_MOVIES_PER_MESSAGE = 5000;
export const MAX_GROUP_SIZE = 200;
export const MAX_FAN_OUT = 256;
export const MAX_SEED = 2 ** 32 - 1;
/** The largest number of movies of a message group, in plans of version 2. */
export const MAX_GROUP_MOVIES = 65_536;
export const PLAN_VERSION = 2;
/** Jobs of these versions are stored, completed and read; `planJob` creates plans of the last one. */
const KNOWN_VERSIONS = [1, PLAN_VERSION] as const;

/** Jobs with more movies a message than this count as packed: few, large messages. */
export const PACKED_ABOVE = 32;
const BATCH_MESSAGES = 10;
/** The approximate number of groups of a small job; a `PlanRequest` may ask for fewer. */
export const WANTED_GROUPS = 64;

/** The name space of movie-load's job ids (itself a version-4 UUID, made once). */
const JOB_NAMESPACE = '6b1c8f0e-51f7-4c57-9e0e-3e6c9a4d7b21';

/**
 * Eight values that determine the shape of a job by pure arithmetic (see `shapeOf`). Every message carries them, and
 * the job's id is made from them, so another plan is another job.
 */
const planFieldsSchema = z.strictObject({
  version: z.literal(KNOWN_VERSIONS),
  /** Distinguishes two jobs with the same other values. */
  nonce: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  movies: z.int().min(1).max(MAX_MOVIES),
  movies_per_message: z.int().min(1).max(MAX_MOVIES_PER_MESSAGE),
  /** The most messages of a message group. */
  group_size: z.int().min(1).max(MAX_GROUP_SIZE),
  /** The most children of a node of the completion tree. */
  fan_out: z.int().min(2).max(MAX_FAN_OUT),
  seed: z.int().min(0).max(MAX_SEED),
  /** Version of the movie generator. */
  generator: z.int().min(1).max(1_000_000),
});
export type JobPlan = Readonly<z.infer<typeof planFieldsSchema>>;

/**
 * Since version 2 the nodes above the ledgers are the parts of the object. So no group may be far larger than a part,
 * and 256 groups, the most that a node has, must fill a part. Plans of version 1 have no nodes for parts.
 */
function fitsIntoParts({ version, movies, movies_per_message, group_size }: JobPlan): boolean {
  if (version === 1) return true;
  const groupMovies = group_size * movies_per_message;
  const isSmallEnough = Math.min(movies, groupMovies) <= MAX_GROUP_MOVIES;
  return isSmallEnough && (movies <= MIN_PART_MOVIES || MAX_FAN_OUT * groupMovies >= MIN_PART_MOVIES);
}

export const jobPlanSchema = planFieldsSchema.refine(fitsIntoParts, {
  path: ['group_size'],
  error:
    `must make groups of at most ${MAX_GROUP_MOVIES} movies, ` +
    `and ${MAX_FAN_OUT} groups must have at least ${MIN_PART_MOVIES} movies`,
});

export const jobIdSchema = z.uuid({ version: 'v5' }).length(36);

type PlanTuple = [number, string, number, number, number, number, number, number];

function planToTuple(plan: JobPlan): PlanTuple {
  const { version, nonce, movies, movies_per_message, group_size, fan_out, seed, generator } = plan;
  return [version, nonce, movies, movies_per_message, group_size, fan_out, seed, generator];
}

const MAX_CACHED_IDS = 256;
const cachedIds = new Map<string, string>();

/**
 * The job's id: the name-based UUID (version 5, RFC 9562) over the plan's JSON array. The ids of the last plans are
 * cached, because every message of a job needs the same id.
 */
export function jobIdOf(plan: JobPlan): string {
  const name = JSON.stringify(planToTuple(plan));
  const cached = cachedIds.get(name);
  if (cached !== undefined) return cached;
  const id = uuidV5(name, JOB_NAMESPACE);
  if (cachedIds.size >= MAX_CACHED_IDS) cachedIds.clear();
  cachedIds.set(name, id);
  return id;
}

/** The values that a producer chooses; the rest of a plan follows from them. */
export interface PlanRequest {
  /**
   * The approximate number of message groups, 1 to 64. Default: 64. A large job has more, because a group has at most
   * 200 messages.
   */
  readonly groups?: number | undefined;
  readonly nonce: string;
  readonly movies: number;
  readonly movies_per_message: number;
  readonly seed: number;
  readonly generator: number;
}

/**
 * Chooses the group size: small jobs get parallelism (about 64 groups), large ones few ledgers (200 messages each, and
 * 65,536 movies at most). The size is a multiple of 10, so that batches are full, except for packed jobs of few or very
 * large messages and when the request names the number of groups.
 *
 * @example planJob({ nonce: 'a', movies: 1000, movies_per_message: 1, seed: 7, generator: 1 }).group_size // 20
 */
export function planJob({ groups, ...request }: PlanRequest): JobPlan {
  const messages = Math.ceil(request.movies / request.movies_per_message);
  const messagesPerGroup = Math.ceil(messages / (groups ?? WANTED_GROUPS));
  const isSmallPackedJob = request.movies_per_message > PACKED_ABOVE && messages < WANTED_GROUPS * BATCH_MESSAGES;
  const wholeBatches = Math.ceil(Math.min(messagesPerGroup, MAX_GROUP_SIZE) / BATCH_MESSAGES) * BATCH_MESSAGES;
  // At most 65,536 movies a group.
  const maxMessagesByMovies = Math.floor(MAX_GROUP_MOVIES / request.movies_per_message);
  return jobPlanSchema.parse({
    version: PLAN_VERSION,
    ...request,
    group_size: Math.min(
      groups !== undefined ? messagesPerGroup : isSmallPackedJob ? Math.max(1, messagesPerGroup) : wholeBatches,
      maxMessagesByMovies,
      MAX_GROUP_SIZE,
    ),
    fan_out: MAX_FAN_OUT,
  });
}

/** A plan as one word that a person can copy: `resume --plan` takes it. */
export function planToToken(plan: JobPlan): string {
  return Buffer.from(JSON.stringify(planToTuple(plan))).toString('base64url');
}

/** Decodes a token of `planToToken`. Throws `MovieLoadError` `plan_token` for any other text. */
export function planFromToken(token: string): JobPlan {
  try {
    const tuple: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(tuple) || tuple.length !== 8) throw new TypeError('not a plan of eight values');
    const [version, nonce, movies, movies_per_message, group_size, fan_out, seed, generator] = tuple;
    return jobPlanSchema.parse({ version, nonce, movies, movies_per_message, group_size, fan_out, seed, generator });
  } catch (cause) {
    throw new MovieLoadError('plan_token', 'That is not a plan token. Copy the whole token that `produce` printed.', {
      cause,
    });
  }
}
