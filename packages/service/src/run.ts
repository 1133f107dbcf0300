// Runs the main function of a service: settings, log, signals, crashes, exit code.

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ParseArgsOptionsConfig } from 'node:util';
import { EXIT, hideCredentials, misspeltSettings, secretsOf, UsageError } from '@movie-load/schema';
import { loadSpans, type SpanSink, tracesAreWanted } from '@movie-load/tracing';
import type { z } from 'zod';
import { readArguments, withOptions } from './arguments.ts';
import { endOnUncaught, logFailure } from './failures.ts';
import { createLogger, type Logger } from './logger.ts';
import { readSettings, serviceEnvironment, settingNames } from './settings.ts';
import { listenForShutdown } from './shutdown.ts';

export interface ServiceContext<Settings> {
  readonly settings: Settings;
  readonly log: Logger;
  /** See `instanceName`. */
  readonly instance: string;
  /** Aborted with a `Shutdown` by SIGTERM, SIGINT, SIGHUP, or when the parent process has ended. */
  readonly signal: AbortSignal;
  /** Exports spans; undefined unless OpenTelemetry's variables name a receiver. */
  readonly sink?: SpanSink | undefined;
  /** Registers a function that runs when main has ended, successfully or not; the last one runs first. */
  defer(cleanUp: () => unknown): void;
}

export interface ServiceDefinition<Schema extends z.ZodType> {
  readonly service: 'producer' | 'consumer' | 'console';
  /** The service's settings; spread `serviceEnvironment.shape` into it. */
  readonly schema: Schema;
  /** Printed by `--help`. The service does not start then, nor with unknown arguments. */
  readonly help: string;
  /** Options besides the settings, as `--name`. Default: none. */
  readonly options?: ParseArgsOptionsConfig;
  /**
   * Milliseconds that main may take after a signal. Then the process ends with 1, even if a call never returns.
   */
  readonly shutdownLimitMs?: (settings: z.output<Schema>) => number;
}

const DEFAULT_SHUTDOWN_LIMIT_MS = 20_000;
const CLEAN_UP_LIMIT_MS = 3000;
/** The time that a process waits for the receiver of its last spans. */
const LAST_SPANS_LIMIT_MS = 500;

/**
 * Runs a service and ends the process with its exit code: what main returns (see `EXIT`), 2 for wrong settings or
 * options, 70 when AWS refused a request as malformed, 1 for any other error and for an unhandled rejection.
 *
 * @example
 * await runService({ service: 'consumer', schema, help }, async ({ settings, log, signal, defer }) => {
 *   defer(reporter.stop);
 *   await consumeUntil(signal);
 *   return EXIT.ok;
 * });
 */
export async function runService<Schema extends z.ZodType>(
  { service, schema, help, options = {}, shutdownLimitMs }: ServiceDefinition<Schema>,
  main: (context: ServiceContext<z.output<Schema>>) => Promise<number>,
): Promise<never> {
  const instance = instanceName();
  const cleanUps: (() => unknown)[] = [];
  let log: Logger;
  let settings: z.output<Schema>;
  let misspelt: ReturnType<typeof misspeltSettings> = [];
  try {
    const values = readArguments({ help, options });
    const environment = withOptions(process.env, values);
    misspelt = misspeltSettings(settingNames(schema), environment);
    settings = readSettings(schema, environment);
    const level = serviceEnvironment.shape.LOG_LEVEL.parse(environment.LOG_LEVEL || undefined);
    log = createLogger({ service, instance, level, hasTraces: tracesAreWanted(process.env) });
    for (const { name, meant } of misspelt) {
      log.warn({ setting: name, meant }, `${name} is not a setting, and is ignored: did you mean ${meant}?`);
    }
  } catch (error) {
    // A missing setting may be set under a misspelt name.
    for (const { name, meant } of misspelt) {
      process.stderr.write(`${service}: ${name} is not a setting, and is ignored: did you mean ${meant}?\n`);
    }
    return exitWithUsageError(service, error);
  }

  endOnUncaught(log);
  const signal = listenForShutdown({ log });
  const limitMs = shutdownLimitMs?.(settings) ?? DEFAULT_SHUTDOWN_LIMIT_MS;
  signal.addEventListener('abort', () => {
    setTimeout(() => {
      log.error({ limit_ms: limitMs }, 'shutting down took too long: ending now');
      process.exit(EXIT.failed);
    }, limitMs).unref();
  });

  let code: number;
  try {
    const sink = await openSink({ service, instance, log });
    // Closed last, so that it gets the spans of all other cleanups.
    if (sink !== undefined) cleanUps.push(() => sink.close(LAST_SPANS_LIMIT_MS));
    code = await main({ settings, log, instance, signal, sink, defer: (cleanUp) => cleanUps.push(cleanUp) });
  } catch (error) {
    code = logFailure(log, error);
  }
  await runCleanUps(cleanUps.reverse(), log);
  return process.exit(code);
}

const openSink = ({ service, instance, log }: { service: string; instance: string; log: Logger }) =>
  loadSpans(process.env, {
    service,
    instance,
    onError: (err) => log.warn({ err }, 'traces are lost: the receiver does not take them'),
  });

/** `<host>-<process id>-<random>`: unique for each start, also of a container, whose process id is always 1. */
function instanceName(): string {
  return `${hostname().slice(0, 128)}-${process.pid}-${randomBytes(2).toString('hex')}`;
}

function exitWithUsageError(service: string, error: unknown): never {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${service}: ${hideCredentials(error.message, secretsOf(process.env))}\n`);
  return process.exit(EXIT.usage);
}

async function runCleanUps(cleanUps: readonly (() => unknown)[], log: Logger): Promise<void> {
  for (const cleanUp of cleanUps) {
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLEAN_UP_LIMIT_MS);
    try {
      await Promise.race([cleanUp(), timeout]);
    } catch (err) {
      log.warn({ err }, 'cleaning up failed');
    } finally {
      clearTimeout(timer);
    }
  }
}
