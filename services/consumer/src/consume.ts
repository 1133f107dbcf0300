// What the consumer's process does from its start to its end: finds its AWS, serves HTTP, receives, reports, drains.
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
import { EXIT, type ServiceContext, startReporter } from '@movie-load/service';
import { type Consumer, createConsumer } from './consumer.ts';
import { type ConsumerCounters, countsOf, createConsumerCounters } from './counters.ts';
import { drain } from './drain.ts';
import { createGate } from './gate.ts';
import { type Pollers, startPollers } from './poller.ts';
import { serveHttp } from './serve.ts';
import type { ConsumerSettings } from './settings.ts';
import { createConsumerSpans } from './spans.ts';
import { whenThere } from './when-there.ts';

/** Characters of message bodies in the process at once. One receive may bring ten messages of a MiB: it runs alone. */
const BUDGET_CHARACTERS = 2 * 1024 * 1024;
/** `whenThere` tries again. */
const ONCE = { clock: systemClock, random: systemRandom, maxAttempts: 1 };

/** What the consumer has by now: it has no clients before it has found its AWS. */
interface Running {
  clients?: AwsClients;
  consumer?: Consumer;
  pollers?: Pollers;
}

/** Resolves with the exit code when the process is told to end, or cannot go on; then nothing is in flight. */
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
    read: () => ({ ...countsNow(counters, running), http_port: port }),
  });
  defer(reporter.stop);
  const server = await serveHttp({ settings, log, signal, running, report: reporter.current });
  defer(() => server?.close());
  port = server?.port;

  const ended = new AbortController();
  const broken = Promise.withResolvers<number>();
  try {
    const waiting = { aws: loaded, name: loaded.queue, clock: systemClock, random: systemRandom, log, signal };
    const aws = await whenThere(waiting, () => resolveBucket(loaded, { policy: ONCE, signal }));
    const clients = createClients(aws, { counters: calls });
    running.clients = clients;
    defer(() => clients.destroy());
    const open = (name: string) => whenThere({ ...waiting, name }, () => openQueue(clients, name, { signal }));
    const [queue, dlq] = await Promise.all([open(aws.queue), open(aws.dlq)]);
    const consumer = createConsumer({
      ...tracedPorts({ clients, aws, queue, dlq, sink }),
      clock: systemClock,
      random: systemRandom,
      instance,
      settings: {
        visibilitySeconds: settings.VISIBILITY_SECONDS,
        drainMs: settings.DRAIN_SECONDS * 1000,
        retentionDays: aws.retentionDays,
      },
      log,
      counters,
      exit: (code, err) => {
        log.fatal({ err }, 'AWS refused a request as malformed, or the handler failed: this is a bug');
        broken.resolve(code);
      },
      ...(server ? { onStored: server.stored } : {}),
      queueAheadMs: () => serverAheadMs(clients.queueTime, systemClock.now()),
      onCompleted: reporter.report,
      signal: ended.signal,
    });
    running.consumer = consumer;
    running.pollers = startReceiving({ consumer, client: clients.poll, queueUrl: queue.url, settings, log });
    log.info({ queue: aws.queue, pollers: settings.POLLERS, port: server?.port }, 'receiving');
    return await abortable(broken.promise, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return EXIT.ok;
  } finally {
    await drain({ ...running, drainMs: settings.DRAIN_SECONDS * 1000, log });
    ended.abort();
  }
}

function countsNow(counters: ConsumerCounters, running: Running) {
  return {
    ...countsOf(counters),
    oldest_message_seconds: oldestMessageSeconds(counters, running),
    breakers_open: breakersOpen(running.consumer),
  };
}

interface PortsOptions extends Pick<ServiceContext<ConsumerSettings>, 'sink'> {
  readonly clients: AwsClients;
  readonly aws: AwsSettings;
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
}

/** The ports of the consumer; where traces have a receiver, their calls have spans. */
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

interface ReceiveOptions extends Pick<ServiceContext<ConsumerSettings>, 'settings' | 'log'> {
  readonly consumer: Consumer;
  readonly client: AwsClients['poll'];
  readonly queueUrl: string;
}

function startReceiving({ consumer, client, queueUrl, settings, log }: ReceiveOptions): Pollers {
  const { sqs, dynamodb } = consumer.breakers;
  return startPollers({
    client,
    queueUrl,
    count: settings.POLLERS,
    visibilitySeconds: settings.VISIBILITY_SECONDS,
    waitSeconds: settings.WAIT_SECONDS,
    handler: consumer.handler,
    gate: createGate({
      pollers: settings.POLLERS,
      budgetCharacters: BUDGET_CHARACTERS,
      breakers: [sqs, dynamodb],
    }),
    breaker: sqs,
    clock: systemClock,
    random: systemRandom,
    uptimeMs: () => performance.now(),
    log,
  });
}

function oldestMessageSeconds({ unfinished }: ConsumerCounters, { clients, pollers }: Running): number {
  const now = systemClock.now();
  const uptimeMs = pollers?.lastReceive;
  const lastReceive = uptimeMs === undefined ? undefined : now - (performance.now() - uptimeMs);
  return unfinished.oldestSeconds({ lastReceive, queueNow: clients?.queueTime.now() ?? now });
}

/** 1 while a breaker is open, by dependency; empty until the queue has been found. */
function breakersOpen(consumer: Consumer | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(consumer?.breakers ?? {}).map(([name, { open }]) => [name, open ? 1 : 0]));
}
