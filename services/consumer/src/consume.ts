// The consumer's process from its start to its end: waits for AWS, serves HTTP, receives, reports, drains.
import {
  type AwsClients,
  type AwsSettings,
  abortable,
  createClients,
  createCounters,
  loadParsedAwsSettings,
  type OpenQueue,
  openObjects,
  openQueue,
  openTable,
  resolveBucket,
  serverAheadMs,
  systemClock,
  systemRandom,
} from '@movie-load/aws';
import { EXIT } from '@movie-load/schema';
import { type ServiceContext, startReporter } from '@movie-load/service';
import { type Consumer, createConsumer } from './consumer.ts';
import { createConsumerCounters } from './counters.ts';
import { currentCounts } from './current-counts.ts';
import { drain } from './drain.ts';
import type { Pollers } from './poller.ts';
import { startReceiving } from './receiving.ts';
import { serveHttp } from './serve.ts';
import type { ConsumerSettings } from './settings.ts';
import { createConsumerSpans } from './spans.ts';
import { waitForAws } from './wait-for-aws.ts';

const SYSTEM = { clock: systemClock, random: systemRandom };
/** One attempt a call, because `waitForAws` repeats it. */
const SINGLE_ATTEMPT = { ...SYSTEM, maxAttempts: 1 };
const uptimeMs = () => performance.now();

/** The parts of the consumer that exist so far: it has no clients before AWS has answered. */
interface Running {
  clients?: AwsClients;
  consumer?: Consumer;
  pollers?: Pollers;
}

/** Resolves with the exit code when the signal aborts or the process cannot continue; then nothing is in flight. */
export async function consume(context: ServiceContext<ConsumerSettings>): Promise<number> {
  const { settings, log, instance, signal, defer, sink } = context;
  if (process.env.LEASE_SECONDS)
    log.warn('LEASE_SECONDS has no meaning any more: objects are written in parts, without a lease');
  const loaded = await loadParsedAwsSettings(settings);
  const calls = createCounters();
  const counters = createConsumerCounters();
  const running: Running = {};
  let port: number | undefined;
  const reporter = startReporter({
    service: 'consumer',
    instance,
    counters: calls,
    read: () => {
      const time = { now: systemClock.now(), uptimeMs: uptimeMs() };
      return { ...currentCounts(counters, running, time), http_port: port };
    },
  });
  defer(reporter.stop);
  const server = await serveHttp({ settings, log, signal, running, report: reporter.current });
  defer(() => server?.close());
  port = server?.port;

  const drainMs = settings.DRAIN_SECONDS * 1000;
  const ended = new AbortController();
  const fatalExit = Promise.withResolvers<number>();
  try {
    const waitOptions = { aws: loaded, name: loaded.queue, ...SYSTEM, log, signal };
    const aws = await waitForAws(waitOptions, () => resolveBucket(loaded, { policy: SINGLE_ATTEMPT, signal }));
    const clients = createClients(aws, { counters: calls });
    running.clients = clients;
    defer(() => clients.destroy());
    const open = (name: string) => waitForAws({ ...waitOptions, name }, () => openQueue(clients, name, { signal }));
    const [queue, dlq] = await Promise.all([open(aws.queue), open(aws.dlq)]);
    const consumer = createConsumer({
      ...tracedPorts({ clients, aws, queue, dlq, sink }),
      ...SYSTEM,
      instance,
      settings: {
        visibilitySeconds: settings.VISIBILITY_SECONDS,
        drainMs,
        retentionDays: aws.retentionDays,
      },
      log,
      counters,
      exit: (code, err) => {
        log.fatal({ err }, 'AWS refused a request as malformed, or the handler failed: this is a bug');
        fatalExit.resolve(code);
      },
      ...(server ? { onStored: server.stored } : {}),
      queueAheadMs: () => serverAheadMs(clients.queueTime, systemClock.now()),
      onCompleted: reporter.report,
      signal: ended.signal,
    });
    running.consumer = consumer;
    const { poll: client } = clients;
    running.pollers = startReceiving({ consumer, client, queueUrl: queue.url, settings, ...SYSTEM, uptimeMs, log });
    log.info({ queue: aws.queue, pollers: settings.POLLERS, port: server?.port }, 'receiving');
    return await abortable(fatalExit.promise, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return EXIT.ok;
  } finally {
    await drain({ ...running, drainMs, log });
    ended.abort();
  }
}

interface PortsOptions extends Pick<ServiceContext<ConsumerSettings>, 'sink'> {
  readonly clients: AwsClients;
  readonly aws: AwsSettings;
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
}

/** The ports of the consumer. When traces are exported, their calls have spans. */
function tracedPorts({ clients, aws, queue, dlq, sink }: PortsOptions) {
  const table = openTable(clients, aws.table);
  const objects = openObjects(clients, aws.bucket);
  if (sink === undefined) return { queue, dlq, table, objects };
  const spans = createConsumerSpans(sink, aws.queue);
  return {
    queue: spans.queue(queue),
    dlq: spans.queue(dlq),
    table: spans.table(table),
    objects: spans.objects(objects),
    spans,
  };
}
