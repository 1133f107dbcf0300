// Waits for AWS at the start: the endpoint may be unreachable, and the credentials of a machine's role may be
// available late.
import {
  type CallPolicy,
  type Clock,
  callWithPolicy,
  classifyForConsumer,
  credentialsError,
  type LoadedAwsSettings,
  type Random,
} from '@movie-load/aws';
import { MovieLoadError } from '@movie-load/schema';
import type { HandlerLog } from './handler.ts';

/** With full jitter these take 6 s on average and 13 s at most, plus the time of the SDK's own searches. */
const ATTEMPTS_WITHOUT_CREDENTIALS = 8;

export interface WaitForAwsOptions {
  readonly aws: LoadedAwsSettings;
  /** The queue that log lines name. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: HandlerLog;
  readonly signal: AbortSignal;
}

/**
 * Waits for an endpoint that is unreachable. Throws if the queue does not exist, because a person must act then.
 * Missing credentials are tried for some seconds, because a machine's role may get them after its programs have
 * started.
 */
export function waitForAws<T>(
  { aws, name, clock, random, log, signal }: WaitForAwsOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  let withoutCredentials = 0;
  const open = async () => {
    try {
      return await attempt();
    } catch (error) {
      const access = credentialsError(error, aws);
      if (access !== undefined) withoutCredentials += 1;
      throw access ?? error;
    }
  };
  const mayHaveThemSoon = (error: unknown) =>
    error instanceof MovieLoadError &&
    error.code === 'no_credentials' &&
    withoutCredentials < ATTEMPTS_WITHOUT_CREDENTIALS;
  const policy: CallPolicy = {
    clock,
    random,
    maxAttempts: Number.POSITIVE_INFINITY,
    classify: (error, previous) => (mayHaveThemSoon(error) ? 'transient' : classifyForConsumer(error, previous)),
    onRetry: ({ error }) => {
      const what = error instanceof MovieLoadError ? error.message : 'the endpoint is unreachable: waiting for it';
      log.warn({ queue: name, err: error }, what);
    },
  };
  return callWithPolicy(policy, { operation: 'sqs:GetQueueUrl', signal }, open);
}
