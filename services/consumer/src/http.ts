// The consumer's HTTP routes: /livez, /readyz, /metrics and /report. All are passive: none of them makes an AWS call.
import { createApp, type Health, health, type Logger, programsOnly, type ServerNames } from '@movie-load/service';
import { serveReport } from '@movie-load/service/metrics';
import type { ConsumerMetrics } from './metrics.ts';

export interface HttpOptions {
  readonly log: Logger;
  /** Whether the process is working. If not, it should be restarted. */
  readonly live: () => Health;
  /** Whether it receives and stores. False while SQS or DynamoDB fails, and while the process starts or ends. */
  readonly ready: () => Health;
  readonly metrics: ConsumerMetrics;
  /** The host names that a request may have in its `Host` header. */
  readonly serverNames: ServerNames;
}

/**
 * @example
 * const app = createHttp({ log, live, ready, metrics, serverNames: { host: '127.0.0.1' } });
 * const { port } = await listen(app, { port: 9464 });
 */
export function createHttp({ log, live, ready, metrics, serverNames }: HttpOptions) {
  const app = createApp({ log, guard: programsOnly(serverNames) });
  app.get('/livez', (c) => health(c, live()));
  app.get('/readyz', (c) => health(c, ready()));
  serveReport(app, metrics, metrics.report);
  return app;
}
