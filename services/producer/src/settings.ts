// The producer's settings: from its options and its environment; options take precedence.
import { awsEnvironment } from '@movie-load/aws';
import { CONFIRM_ABOVE_MOVIES, nonceSchema } from '@movie-load/queue/request';
import { MAX_MOVIES, MAX_MOVIES_PER_MESSAGE, MAX_SEED, WANTED_GROUPS } from '@movie-load/schema';
import { serviceEnvironment, wholeNumber } from '@movie-load/service';
import { z } from 'zod';

export const HELP = `Sends jobs of generated movies to the queue (MOVIE_LOAD_QUEUE). docs/settings.md explains the environment variables.

  --movies <n>                    send one job of n movies, then end (1 to ${MAX_MOVIES.toLocaleString('en-US')})
  --movies-per-message <n|auto>   movies in a message; auto: 325, which always fit into 64 KB (default 1)
  --seed <n>                      the same seed gives the same movies (default: from the nonce)
  --groups <n>                    the approximate number of message groups, 1 to ${WANTED_GROUPS} (default: about ${WANTED_GROUPS})
  --nonce <word>                  name of the job (default: random). The same name and numbers again are the same job:
                                  they send it again, and so complete a job that was sent in part
  --dry-run                       print the plan, what it takes and its AWS list price; send nothing
  --json                          the job that was sent, or the plan of --dry-run, as one line of JSON on standard output
  --yes                           accept more than ${CONFIRM_ABOVE_MOVIES.toLocaleString('en-US')} movies
  --once                          end after the job of MOVIES, also when HTTP_PORT is set
  --help                          this text

Without --movies and with HTTP_PORT it is a service: it sends a job of MOVIES movies first (none when MOVIES is 0 or
unset), then accepts more by POST /jobs {"movies": 1000}.
`;

const moviesPerMessage = z.union([z.literal('auto'), wholeNumber(1, MAX_MOVIES_PER_MESSAGE)], {
  error: ({ input }) => `must be auto or a whole number from 1 to ${MAX_MOVIES_PER_MESSAGE}, not "${short(input)}"`,
});

/** Options have their own names next to the variables, so that an error names an option as the person wrote it. */
export const producerSettings = z
  .object({
    ...serviceEnvironment.shape,
    ...awsEnvironment.shape,
    /** 0: the service starts without a job. */
    MOVIES: wholeNumber(0, MAX_MOVIES).default(0),
    MOVIES_PER_MESSAGE: moviesPerMessage.default(1),
    SEED: wholeNumber(0, MAX_SEED).optional(),
    /** The approximate number of message groups of a job. Unset: the plan's choice. */
    MESSAGE_GROUPS: wholeNumber(1, WANTED_GROUPS).optional(),
    '--movies': wholeNumber(1, MAX_MOVIES).optional(),
    '--movies-per-message': moviesPerMessage.optional(),
    '--seed': wholeNumber(0, MAX_SEED).optional(),
    '--groups': wholeNumber(1, WANTED_GROUPS).optional(),
    '--nonce': nonceSchema.optional(),
    '--once': z.stringbool().default(false),
    '--dry-run': z.stringbool().default(false),
    '--json': z.stringbool().default(false),
    '--yes': z.stringbool().default(false),
  })
  .transform((input) => ({
    ...input,
    movies: input['--movies'] ?? input.MOVIES,
    movies_per_message: input['--movies-per-message'] ?? input.MOVIES_PER_MESSAGE,
    seed: input['--seed'] ?? input.SEED,
    groups: input['--groups'] ?? input.MESSAGE_GROUPS,
    nonce: input['--nonce'],
    /** Sends one job and ends. */
    once: input['--once'] || input['--movies'] !== undefined || input.HTTP_PORT === undefined,
  }))
  .superRefine(({ movies, once, HTTP_PORT, ...input }, context) => {
    const name = input['--movies'] === undefined ? 'MOVIES' : '--movies';
    const problem = (message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (movies === 0 && (once || input['--dry-run']))
      problem('must be given: how many movies to send, e.g. --movies 1000');
    if (movies > CONFIRM_ABOVE_MOVIES && !input['--yes'] && !input['--dry-run']) {
      problem(`asks for ${movies.toLocaleString('en-US')} movies. Look at the price with --dry-run, then add --yes`);
    }
  });
export type ProducerSettings = z.output<typeof producerSettings>;

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
/** For `parseArgs`. */
export const OPTIONS = {
  movies: text,
  'movies-per-message': text,
  seed: text,
  groups: text,
  nonce: text,
  once: flag,
  'dry-run': flag,
  json: flag,
  yes: flag,
};

const short = (value: unknown): string => String(value).slice(0, 40);
