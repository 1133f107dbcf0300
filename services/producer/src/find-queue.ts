// Resolves the queue's URL: for a single job with a few attempts, for a service until AWS answers.
import {
  type AwsClients,
  type CallPolicy,
  callWithPolicy,
  credentialsError,
  describeError,
  type LoadedAwsSettings,
  type OpenQueue,
  openQueue,
} from '@movie-load/aws';
import { MovieLoadError, urlWithoutSecrets } from '@movie-load/schema';
import type { Logger } from '@movie-load/service';
import type { QueueWatch } from './watched-queue.ts';

export interface FindQueueOptions {
  readonly clients: AwsClients;
  readonly settings: LoadedAwsSettings;
  readonly watch: QueueWatch;
  readonly signal: AbortSignal;
}

const OPERATION = 'sqs:GetQueueUrl';

/**
 * Looks up the queue as often as the policy allows. Throws `MovieLoadError`: `queue_missing`, `no_credentials`, or
 * `aws_unreachable` with the queue, the endpoint and what to do.
 *
 * @example const queue = await findQueue({ clients, settings, watch, signal }, toolPolicy());
 */
export async function findQueue(options: FindQueueOptions, policy: CallPolicy): Promise<OpenQueue> {
  const { settings, signal } = options;
  try {
    return await callWithPolicy(policy, { operation: OPERATION, signal }, () => lookUp(options));
  } catch (error) {
    if (signal.aborted || error instanceof MovieLoadError) throw error;
    throw credentialsError(error, settings) ?? unreachable(settings, error);
  }
}

/** Tries until the queue exists or the signal aborts, on any error: a service may start before its AWS. */
export function awaitQueue(
  options: FindQueueOptions,
  { clock, random, log }: Pick<CallPolicy, 'clock' | 'random'> & { readonly log: Logger },
): Promise<OpenQueue> {
  const policy: CallPolicy = {
    clock,
    random,
    maxAttempts: Number.POSITIVE_INFINITY,
    classify: () => 'transient',
    onRetry: ({ attempt, waitMs, error }) => {
      const { settings } = options;
      const shownError =
        error instanceof MovieLoadError ? error : (credentialsError(error, settings) ?? unreachable(settings, error));
      log.warn({ attempt, wait_ms: Math.round(waitMs) }, shownError.message);
    },
  };
  return callWithPolicy(policy, { operation: OPERATION, signal: options.signal }, () => lookUp(options));
}

async function lookUp({ clients, settings, watch, signal }: FindQueueOptions): Promise<OpenQueue> {
  return watch.watched(await watch.watch(() => openQueue(clients, settings.queue, { signal })));
}

function unreachable({ endpoint, region, queue }: LoadedAwsSettings, error: unknown): MovieLoadError {
  const where = endpoint === undefined ? `AWS in ${region}` : urlWithoutSecrets(endpoint);
  return new MovieLoadError(
    'aws_unreachable',
    `Cannot look up the queue ${queue} at ${where}: ${describeError(error)}. ` +
      (endpoint === undefined
        ? 'Check the network and AWS_REGION, or set AWS_ENDPOINT_URL for an emulator.'
        : 'Is it running? AWS_ENDPOINT_URL says where it is.'),
    { cause: error },
  );
}
