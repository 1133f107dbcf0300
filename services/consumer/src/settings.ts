// The consumer's settings, read once from the environment. What they mean stands in docs/consumer.md.
import { awsEnvironment } from '@movie-load/aws';
import { serviceEnvironment, wholeNumber } from '@movie-load/service';
import { z } from 'zod';

export const consumerEnvironment = z.object({
  ...serviceEnvironment.shape,
  ...awsEnvironment.shape,
  /** Receives that are stored side by side. One process holds at most ten messages for each. */
  POLLERS: wholeNumber(1, 64).default(8),
  /** Sent with each receive and each heartbeat; heartbeats come at a third of it. */
  VISIBILITY_SECONDS: wholeNumber(1, 43_200).default(60),
  /** The assembly's lease on a job; renewed at a third of it. */
  LEASE_SECONDS: wholeNumber(1, 3600).default(60),
  /** From SIGTERM to the end of the process at most. */
  DRAIN_SECONDS: wholeNumber(1, 3600).default(8),
});
export type ConsumerSettings = z.infer<typeof consumerEnvironment>;
