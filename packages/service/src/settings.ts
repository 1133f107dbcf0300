// Settings of a service: read once at start from the environment, all problems reported together, secrets never
// printed.
import { UsageError } from '@movie-load/schema';
import { z } from 'zod';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The type of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A whole number from `min` to `max`, written as decimal digits.
 *
 * @example z.object({ POLLERS: wholeNumber(1, 64).default(4) })
 */
export function wholeNumber(min: number, max: number) {
  const requirement = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, { error: ({ input }) => `${requirement}, not ${quote(input)}`, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: ({ input }) => `${requirement}, not ${String(input)}` });
}

/** A comma-separated list; unset means empty. */
export const list = z
  .string()
  .max(4096)
  .optional()
  .transform((text) => (text ?? '').split(',').flatMap((part) => part.trim() || []));

/** A name of this server as in a `Host` header: lower case, with or without a port. */
const host = z.string().regex(/^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/, {
  error: ({ input }) =>
    `takes names as clients call this server by, without http:// and path, e.g. console.example.com or 127.0.0.1:8080; not ${quote(input)}`,
});

/** A comma-separated list of such names, in any case. */
export const hosts = list.transform((names) => names.map((name) => name.toLowerCase())).pipe(z.array(host));

/**
 * The settings of every service. Spread its shape into a service's own schema.
 *
 * @example z.object({ ...serviceEnvironment.shape, ...awsEnvironment.shape, POLLERS: wholeNumber(1, 64).default(4) })
 */
export const serviceEnvironment = z.object({
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: ({ input }) => `must be one of ${LOG_LEVELS.join(', ')}, not ${quote(input)}` })
    .default('info'),
  /** The address that the HTTP server listens on. Default: only this machine. */
  HTTP_HOST: z.string().max(255).default('127.0.0.1'),
  /** 0 means any free port; unset means no HTTP server. */
  HTTP_PORT: wholeNumber(0, 65535).optional(),
  /** Further names of the HTTP server, e.g. of its container. */
  HTTP_NAMES: hosts,
  /**
   * OpenTelemetry's own variables: whether and where traces are exported. OpenTelemetry itself reads these and
   * others.
   */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
});

/** Thrown when settings are wrong; the message has a line for each problem. Exit code 2. */
class SettingsError extends UsageError {
  /** One sentence for each wrong setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      problems.length === 1
        ? `A setting is wrong: ${problems[0]}`
        : `${problems.length} settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads settings from the environment; an empty variable counts as unset.
 * Throws `SettingsError` with all problems at once.
 *
 * @example const { POLLERS } = readSettings(z.object({ POLLERS: wholeNumber(1, 64).default(4) }));
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  env: Environment = process.env,
): z.output<Schema> {
  const setVariables = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(setVariables);
  if (parsed.success) return parsed.data;
  throw new SettingsError(parsed.error.issues.map(describeIssue));
}

/** The names of the settings that a schema reads, without options (`--name`). */
export function settingNames(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape).filter((name) => !name.startsWith('--'));
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodType ? settingNames(schema.in) : [];
}

function describeIssue({ path, message, code }: z.core.$ZodIssue): string {
  const name = path.map(String).join('.') || 'environment';
  // Every variable that is set is a text, so a wrong type means that it is not set.
  return code === 'invalid_type' ? `${name} is not set` : `${name} ${message}`;
}

/** A value for an error message: short, on one line, without control characters that a terminal would act on. */
const quote = (value: unknown): string => JSON.stringify(String(value).slice(0, 40));
