// The overview: both queues and the consumers, and for each that cannot be reached a sentence that says what to do.
import { type AwsSettings, type Counters, credentialsError, describeError, type OpenQueue } from '@movie-load/aws';
import { type ServiceReport, urlWithoutSecrets } from '@movie-load/schema';
import type { Depth, Overview } from './api.ts';
import type { ConsumersNow } from './consumers.ts';

export interface OverviewOptions {
  readonly settings: AwsSettings;
  readonly counters: Counters;
  readonly queue: () => Promise<OpenQueue>;
  readonly dlq: () => Promise<OpenQueue>;
  readonly readConsumers: () => Promise<ConsumersNow>;
  /** Null when the producer does not report. */
  readonly readProducer: () => Promise<ServiceReport | null>;
  readonly can: Overview['can'];
  readonly now?: () => number;
}

const TIMEOUT_MS = 5000;

export function createOverview(options: OverviewOptions) {
  const { settings, counters, queue, dlq, readConsumers, readProducer, can, now = Date.now } = options;
  const { region, queue: queueName, dlq: dlqName, table, bucket } = settings;
  const where = {
    endpoint: settings.endpoint === undefined ? 'AWS' : urlWithoutSecrets(settings.endpoint),
    region,
    queue: queueName,
    dlq: dlqName,
    table,
    bucket,
  };

  return async function overview(): Promise<Overview> {
    const problems: string[] = [];
    const [queueDepth, dlqDepth, consumers, producer] = await Promise.all([
      depthOf(queue, settings.queue, { settings, problems }),
      depthOf(dlq, settings.dlq, { settings, problems }),
      readConsumers(),
      readProducer(),
    ]);
    const at = now();
    const { latency, totals, movies_per_second } = consumers;
    const { write_units, read_units, redelivered, stored_movies, repeated_movies } = totals;
    return {
      at,
      where,
      can,
      queue: queueDepth,
      dlq: dlqDepth,
      consumers: consumers.views,
      calls: { producer: producer?.calls ?? null, consumer: totals.calls, console: Object.fromEntries(counters.calls) },
      write_units,
      read_units,
      stored_movies,
      repeated_movies,
      latency,
      sample: {
        at,
        movies_per_second,
        waiting: queueDepth?.waiting ?? 0,
        in_flight: queueDepth?.in_flight ?? 0,
        redelivered,
        p50_ms: latency?.p50_ms ?? null,
        p99_ms: latency?.p99_ms ?? null,
      },
      problems: [...problems, ...consumers.problems],
    };
  };
}

async function depthOf(
  open: () => Promise<OpenQueue>,
  name: string,
  { settings, problems }: { readonly settings: AwsSettings; readonly problems: string[] },
): Promise<Depth | null> {
  try {
    const { waiting, inFlight, delayed } = await (await open()).status({ signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { waiting, in_flight: inFlight, delayed };
  } catch (error) {
    const advice = 'Does the endpoint run, and do its queues exist (movie-load setup)?';
    const cause = credentialsError(error, settings)?.message ?? `${describeError(error)} ${advice}`;
    problems.push(`The queue ${name} cannot be read: ${cause}`);
    return null;
  }
}

/** Opens a resource at its first use, and again after a failure. */
export function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
