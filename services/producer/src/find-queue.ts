// Resolves the queue's URL: once for a single job, again and again for a service whose AWS may come up after it.
import {
  type AwsClients,
  type AwsSettings,
  type Clock,
  describeError,
  fullJitter,
  noAccess,
  type OpenQueue,
  openQueue,
  type Random,
} from '@movie-load/aws';
import { MovieLoadError, shownUrl } from '@movie-load/schema';
import type { Logger } from '@movie-load/service';
import type { QueueWatch } from './watched-queue.ts';

export interface FindQueueOptions {
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
  readonly watch: QueueWatch;
  readonly signal: AbortSignal;
}

/** Throws `MovieLoadError`: `queue_missing`, `no_credentials`, or `aws_unreachable` with what was tried and what to do. */
export async function findQueue({ clients, settings, watch, signal }: FindQueueOptions): Promise<OpenQueue> {
  try {
    const queue = watch.watched(await watch.watch(() => openQueue(clients, settings.queue, { signal })));
    return queue;
  } catch (error) {
    if (signal.aborted || error instanceof MovieLoadError) throw error;
    const access = noAccess(error, settings);
    if (access !== undefined) throw access;
    const where = settings.endpoint === undefined ? `AWS in ${settings.region}` : shownUrl(settings.endpoint);
    throw new MovieLoadError(
      'aws_unreachable',
      `Cannot look up the queue ${settings.queue} at ${where}: ${describeError(error)}. ` +
        (settings.endpoint === undefined
          ? 'Check the network and AWS_REGION, or set AWS_ENDPOINT_URL for an emulator.'
          : 'Is it running? AWS_ENDPOINT_URL says where it is.'),
      { cause: error },
    );
  }
}

export interface AwaitQueueOptions extends FindQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const BASE_MS = 500;
const CAP_MS = 10_000;

/** Tries until the queue is there or the signal aborts. */
export async function awaitQueue(options: AwaitQueueOptions): Promise<OpenQueue> {
  const { clock, random, log, signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await findQueue(options);
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = fullJitter(random, attempt, BASE_MS, CAP_MS);
      log.warn({ attempt, wait_ms: Math.round(waitMs) }, describeError(error));
      await clock.sleep(waitMs, signal);
    }
  }
}
