// The producer's process from its start to its end: sends one job, or accepts jobs over HTTP until a signal ends it.
import { hostname } from 'node:os';
import { createClients, loadParsedAwsSettings, systemClock, systemRandom, toolPolicy } from '@movie-load/aws';
import { planOf } from '@movie-load/queue/request';
import { EXIT } from '@movie-load/schema';
import { exitCodeOf, listen, type ServiceContext, startReporter } from '@movie-load/service';
import { createMetrics } from '@movie-load/service/metrics';
import { dryRunText } from './dry-run.ts';
import { awaitQueue, findQueue } from './find-queue.ts';
import { createProducerApp, type ProducerHttp } from './http.ts';
import { createJobRegistry, type JobRegistry } from './job-registry.ts';
import { METRIC_ROWS } from './metrics.ts';
import type { ProducerSettings } from './settings.ts';
import { createProducerSpans } from './spans.ts';
import { createQueueWatch } from './watched-queue.ts';

/**
 * Resolves with the exit code. With `--once`: when the job is sent or has failed. As a service: when the signal has
 * aborted and no job is being sent any more.
 */
export async function produce(context: ServiceContext<ProducerSettings>): Promise<number> {
  const { settings, log, instance, signal, defer, sink } = context;
  if (settings['--dry-run']) {
    const plan = planOf({ ...settings, nonce: settings.nonce ?? systemRandom.uuid() });
    process.stdout.write(dryRunText(plan, settings['--json']));
    return EXIT.ok;
  }

  const aws = await loadParsedAwsSettings(settings);
  const clients = createClients(aws);
  defer(() => clients.destroy());
  const watch = createQueueWatch();
  const lookup = { clients, settings: aws, watch, signal };
  const ports = { clock: systemClock, random: systemRandom, log, signal };
  const queue = settings.once ? findQueue(lookup, toolPolicy()) : awaitQueue(lookup, ports);
  // Each job gets the rejection when it awaits the queue. Before that, it must not count as unhandled.
  queue.catch(() => undefined);
  const registry = createJobRegistry({ queue: () => queue, ...ports, spans: sink && createProducerSpans(sink) });

  let port: number | undefined;
  const read = () => ({ ...registry.totals, http_port: port });
  const reporter = startReporter({ service: 'producer', instance, counters: clients.counters, read });
  defer(reporter.stop);

  if (settings.once) return sendOne(context, registry);
  return serve(context, { registry, watch, report: reporter.current }, (listeningOn) => {
    port = listeningOn;
  });
}

async function sendOne({ settings, signal }: ServiceContext<ProducerSettings>, registry: JobRegistry): Promise<number> {
  const plan = planOf({ ...settings, nonce: settings.nonce ?? systemRandom.uuid() });
  const { job, done } = registry.start(plan);
  const { error } = await done;
  // Also printed if the job was not sent completely, because `resume` needs its plan.
  if (settings['--json']) process.stdout.write(`${JSON.stringify(job)}\n`);
  if (error === undefined) return EXIT.ok;
  return signal.aborted ? EXIT.interrupted : exitCodeOf(error);
}

async function serve(
  { settings, log, signal, defer }: ServiceContext<ProducerSettings>,
  { registry, watch, report }: Pick<ProducerHttp, 'registry' | 'watch' | 'report'>,
  onListening: (port: number) => void,
): Promise<number> {
  const serverNames = { host: settings.HTTP_HOST, names: settings.HTTP_NAMES };
  const metrics = createMetrics(METRIC_ROWS, report);
  const app = createProducerApp({
    registry,
    watch,
    metrics,
    report,
    random: systemRandom,
    log,
    signal,
    serverNames,
    groups: settings.groups,
  });
  const server = await listen(app, { host: settings.HTTP_HOST, port: settings.HTTP_PORT ?? 0 });
  defer(server.close);
  onListening(server.port);
  log.info({ host: settings.HTTP_HOST, port: server.port }, 'taking jobs');
  // A restarted container has the same host name, so it sends the same job again, which completes it.
  if (settings.movies > 0) registry.start(planOf({ ...settings, nonce: settings.nonce ?? hostNonce() }));
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  await registry.idle();
  return EXIT.ok;
}

/** The host name as a nonce: each character that is not allowed in a nonce becomes `-`, and the length is cut to 64. */
export function hostNonce(name: string = hostname()): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64) || 'producer';
}
