// The console's app, assembled as in its service, for an endpoint.
import { awsSettingsFrom, systemClock } from '@movie-load/aws';
import { Hono } from 'hono';
import { type ConsoleAppOptions, createConsoleApp } from '../src/app.ts';
import { createParts, type Parts } from '../src/parts.ts';
import { consoleEnvironment } from '../src/settings.ts';
import type { StaticPage } from '../src/static-files.ts';
import { Watch } from '../src/watch.ts';
import { silent } from './silent-log.ts';

export const HOST = '127.0.0.1:8080';
/** The headers of the page's own changes. */
export const OWN = { host: HOST, origin: `http://${HOST}`, 'content-type': 'application/json' };

export interface TestApp {
  readonly app: Hono;
  readonly parts: Parts;
  readonly signal: AbortSignal;
  /** The same app with other options. */
  withOptions(options: Partial<ConsoleAppOptions>): Hono;
  end(): Promise<void>;
}

export interface TestAppOptions {
  /** The settings in addition to the endpoint, as the service reads them. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly everyMs?: number;
  readonly page?: StaticPage;
}

const NO_PAGE: StaticPage = { build: 'test', routes: new Hono() };

export function startApp(
  endpoint: string,
  { environment = {}, everyMs = 50, page = NO_PAGE }: TestAppOptions = {},
): TestApp {
  const ends: (() => unknown)[] = [];
  const stop = new AbortController();
  const { signal } = stop;
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', ...environment };
  const settings = consoleEnvironment.parse(env);
  const defer = (end: () => unknown) => void ends.push(end);
  const parts = createParts({ settings, instance: 'console-test', signal, defer }, awsSettingsFrom(env));
  const watch = new Watch({ sources: parts.sources, clock: systemClock, everyMs, page: 'test', onError: () => {} });
  const options: ConsoleAppOptions = { log: silent, parts, watch, page, signal, port: () => 8080, hosts: [] };
  return {
    app: createConsoleApp(options),
    parts,
    signal,
    withOptions: (more) => createConsoleApp({ ...options, ...more }),
    async end() {
      stop.abort();
      for (const end of ends.reverse()) await end();
    },
  };
}
