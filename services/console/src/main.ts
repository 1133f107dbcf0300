// The console service: the page, its API and its event stream.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { loadParsedAwsSettings, resolveBucket, systemClock } from '@movie-load/aws';
import { EXIT } from '@movie-load/schema';
import { type Logger, listen, runService, type ServiceContext, startReporter } from '@movie-load/service';
import type { Hono } from 'hono';
import { createConsoleApp } from './app.ts';
import { DIST, isBuilt } from './build.ts';
import { createParts, type Parts } from './parts.ts';
import { createTraceReceiver, TRACES_PATH } from './routes/traces.ts';
import { type ConsoleSettings, consoleEnvironment, HELP } from './settings.ts';
import { loadPage } from './static-files.ts';
import { Watch } from './watch.ts';

await runService({ service: 'console', schema: consoleEnvironment, help: HELP, shutdownLimitMs: () => 4000 }, serve);

async function serve(context: ServiceContext<ConsoleSettings>): Promise<number> {
  const { settings, log, instance, signal, defer } = context;
  const parts = createParts(context, await resolveBucket(await loadParsedAwsSettings(settings), { signal }));
  let listeningOn: number | undefined;
  const read = () => ({ http_port: listeningOn });
  defer(startReporter({ service: 'console', instance, counters: parts.clients.counters, read }).stop);
  if (!isBuilt()) await build(log);
  const page = loadPage(DIST);
  const watch = new Watch({
    sources: parts.sources,
    clock: systemClock,
    everyMs: settings.POLL_MS,
    page: page.build,
    onError: (err) => log.warn({ err }, 'reading AWS or a consumer failed: trying again'),
  });
  const app = createConsoleApp({
    log,
    parts,
    watch,
    page,
    signal,
    port: () => listeningOn ?? settings.HTTP_PORT,
    hosts: settings.CONSOLE_HOSTS,
  });
  const server = await listen(withTraces(app, parts, context), { host: settings.HTTP_HOST, port: settings.HTTP_PORT });
  listeningOn = server.port;
  defer(() => server.close());
  log.info({ port: server.port, url: `http://127.0.0.1:${server.port}` }, 'serving the page');
  if (!signal.aborted) await once(signal, 'abort');
  return EXIT.ok;
}

/** Traces have their own route beside the page: programs send them, and they are larger than requests of the page. */
function withTraces(app: Hono, { traces }: Parts, { settings, log }: ServiceContext<ConsoleSettings>) {
  if (traces === undefined) return app;
  const receiver = createTraceReceiver({ traces, own: { host: settings.HTTP_HOST, names: settings.HTTP_NAMES }, log });
  const fetch: Hono['fetch'] = (request, ...rest) =>
    new URL(request.url).pathname === TRACES_PATH ? receiver.fetch(request, ...rest) : app.fetch(request, ...rest);
  return { fetch };
}

/** Builds in its own process: Vite needs more memory than this service has. */
async function build(log: Logger): Promise<void> {
  log.info('building the page (once, some two seconds)');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'build.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) log.error('the page could not be built; `npm run file -- services/console/src/build.ts` says why');
}
