// The consumer's settings, read once from the environment. docs/settings.md explains them.
import { awsEnvironment } from '@movie-load/aws';
import { CONSUMER_DEFAULTS } from '@movie-load/schema';
import { serviceEnvironment, wholeNumber } from '@movie-load/service';
import { z } from 'zod';

export const HELP = `Receives movies from the queue (MOVIE_LOAD_QUEUE), stores them, and completes jobs, until SIGTERM or Ctrl-C.

It takes no options. Settings are environment variables: AWS_ENDPOINT_URL, MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ,
MOVIE_LOAD_TABLE, MOVIE_LOAD_BUCKET, POLLERS, VISIBILITY_SECONDS, WAIT_SECONDS, DRAIN_SECONDS, HTTP_HOST, HTTP_PORT,
LOG_LEVEL. docs/settings.md explains them. \`npm run movie-load -- consume\` runs it.
`;

export const consumerEnvironment = z.object({
  ...serviceEnvironment.shape,
  ...awsEnvironment.shape,
  /** Receives processed concurrently. Each has at most ten messages. */
  POLLERS: wholeNumber(1, 64).default(CONSUMER_DEFAULTS.POLLERS),
  /** Sent with each receive and each heartbeat; a heartbeat is sent after each third of it. */
  VISIBILITY_SECONDS: wholeNumber(1, 43_200).default(CONSUMER_DEFAULTS.VISIBILITY_SECONDS),
  /** How long a receive waits for messages; SQS's longest is 20. */
  WAIT_SECONDS: wholeNumber(1, 20).default(20),
  /** The longest time from SIGTERM to the end of the work. */
  DRAIN_SECONDS: wholeNumber(1, 3600).default(CONSUMER_DEFAULTS.DRAIN_SECONDS),
});
export type ConsumerSettings = z.infer<typeof consumerEnvironment>;

/** The time after the drain for the last report and for closing connections. */
const CLOSING_MS = 1500;

/** How long the process may take to end after its signal. */
export const shutdownLimitMs = ({ DRAIN_SECONDS }: Pick<ConsumerSettings, 'DRAIN_SECONDS'>): number =>
  DRAIN_SECONDS * 1000 + CLOSING_MS;
