// One JSON line per event on stderr. Lines are written synchronously, so that none is lost when the process ends.
// JSON escapes texts from outside, so that a line cannot be forged. Credentials are removed.
import { hideCredentials, REMOVED, secretsOf } from '@movie-load/schema';
import { traceIdOf } from '@movie-load/tracing';
import pino, { type DestinationStream, type Logger } from 'pino';
import { serializeError } from './serialize-error.ts';
import type { LogLevel } from './settings.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly service: string;
  /** The unique name of this process, see `instanceName`. */
  readonly instance: string;
  readonly level?: LogLevel;
  /** Lines about a job carry the id of its trace as `trace_id`. */
  readonly hasTraces?: boolean;
  /** Default: stderr. Tests read the lines by another destination. */
  readonly destination?: DestinationStream;
  /** Texts that must never be printed. Default: the secrets of the environment. */
  readonly secrets?: readonly string[];
}

const SECRET_KEYS = [
  'secretAccessKey',
  'accessKeyId',
  'sessionToken',
  'credentials',
  'password',
  'authorization',
  'Authorization',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ACCESS_KEY_ID',
];

const withTraceId = (facts: Record<string, unknown>) =>
  typeof facts.job_id === 'string' ? { ...facts, trace_id: traceIdOf(facts.job_id) } : facts;

/**
 * The logger of a service. Use the same keys everywhere: `job_id`, `group`, `message_id`, `attempt`; errors as `err`.
 *
 * @example log.warn({ job_id, group, message_id, attempt, err }, 'not stored, will be tried again');
 */
export function createLogger(options: LoggerOptions): Logger {
  const { service, instance, level = 'info', secrets = secretsOf(process.env) } = options;
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  const escaped = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  return pino(
    {
      level,
      base: { service, instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), ...(options.hasTraces ? { log: withTraceId } : {}) },
      serializers: { err: serializeError },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: REMOVED },
    },
    { write: (line: string) => destination.write(hideCredentials(line, escaped)) },
  );
}
