// The HTTP server of a consumer, if HTTP_PORT is set. Before the queue has answered, it is alive and not ready.
import type { ServiceReport } from '@movie-load/schema';
import { type Logger, listen, type RunningServer } from '@movie-load/service';
import type { Consumer } from './consumer.ts';
import type { ConsumerMetrics } from './metrics.ts';
import type { Pollers } from './poller.ts';
import type { ConsumerSettings } from './settings.ts';

export interface ServeOptions {
  readonly settings: Pick<ConsumerSettings, 'HTTP_HOST' | 'HTTP_NAMES' | 'HTTP_PORT'>;
  readonly log: Logger;
  /** Aborted when the process ends: it is not ready from then on. */
  readonly signal: AbortSignal;
  /** The report of the process so far. */
  readonly report: () => ServiceReport;
  /** Its properties are set when the queue has been found. */
  readonly running: { readonly consumer?: Consumer; readonly pollers?: Pollers };
}

/** Undefined when no port is set: then the HTTP libraries are not loaded. */
export async function serveHttp(
  options: ServeOptions,
): Promise<(RunningServer & { readonly stored: ConsumerMetrics['stored'] }) | undefined> {
  const { settings, log, signal, running, report } = options;
  if (settings.HTTP_PORT === undefined) return undefined;
  const [{ createHttp }, { createConsumerMetrics }, { livenessOf }] = await Promise.all([
    import('./http.ts'),
    import('./metrics.ts'),
    import('./liveness.ts'),
  ]);
  const breakers = () => Object.values(running.consumer?.breakers ?? {});
  const metrics = createConsumerMetrics(report);
  const app = createHttp({
    log,
    metrics,
    serverNames: { host: settings.HTTP_HOST, names: settings.HTTP_NAMES },
    live: () => ({
      ...livenessOf({
        now: performance.now(),
        pollerStatuses: running.pollers?.statuses ?? [],
        lastReceive: running.pollers?.lastReceive,
        heartbeatOverdueMs: running.consumer?.handler.heartbeatOverdueMs() ?? 0,
        isPaused: signal.aborted || breakers().some(({ open }) => open),
      }),
    }),
    ready: () => {
      const failing = breakers().flatMap(({ dependency, open }) => (open ? [dependency] : []));
      // A consumer without S3 is ready, because it still stores messages.
      const receiving = running.pollers !== undefined && !signal.aborted;
      return { ok: receiving && !failing.some((dependency) => dependency !== 's3'), receiving, failing };
    },
  });
  const server = await listen(app, { host: settings.HTTP_HOST, port: settings.HTTP_PORT });
  return { ...server, stored: metrics.stored };
}
