// The environment variables with which services and this program use the embedded AWS. They contain nothing of the
// user's AWS accounts.
import { devNull } from 'node:os';
import {
  type AwsClients,
  type AwsSettings,
  awsSettingsFrom,
  createClients,
  EMULATOR_ENVIRONMENT,
  type LoadedAwsSettings,
  loadAwsSettings,
} from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import { ZodError } from 'zod';

/** Points to empty profile files, and disables the instance metadata service. */
const NO_PROFILES = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

/** All variables meant for AWS: keys, profiles, endpoints, and any that a later SDK may read. */
const MEANT_FOR_AWS = /^AWS_/i;
/** Settings for other endpoints and other services: a command sets those of the services that it starts. */
const NOT_INHERITED = ['MOVIE_LOAD_TRUST_ENDPOINT', 'HTTP_PORT', 'HTTP_HOST', 'MOVIES', 'MOVIES_PER_MESSAGE', 'SEED'];

/** This process's environment, directed to the embedded AWS, with `extra` added. */
export function embeddedEnvironment(endpoint: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!MEANT_FOR_AWS.test(name) && !NOT_INHERITED.includes(name)) env[name] = value;
  }
  return { ...env, ...NO_PROFILES, ...EMULATOR_ENVIRONMENT, AWS_ENDPOINT_URL: endpoint, ...extra };
}

/** Short, because Ctrl-C has to stop everything within 5 s. */
const DRAIN_SECONDS = '2';
/** The level unless the user sets LOG_LEVEL: the command shows progress from the services' reports, not their log. */
export const QUIET_LOG_LEVEL = 'warn';

/** The environment of a service on the embedded AWS. LOG_LEVEL and DRAIN_SECONDS of this process have precedence. */
export const serviceEnvironment = (endpoint: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
  embeddedEnvironment(endpoint, {
    LOG_LEVEL: process.env.LOG_LEVEL || QUIET_LOG_LEVEL,
    DRAIN_SECONDS: process.env.DRAIN_SECONDS || DRAIN_SECONDS,
    ...extra,
  });

/** This process's own settings for the embedded AWS. Throws `UsageError` for an invalid name in the environment. */
export function embeddedSettings(endpoint: string): AwsSettings {
  try {
    return awsSettingsFrom(embeddedEnvironment(endpoint));
  } catch (error) {
    throw environmentProblem(error);
  }
}

/** Endpoint and names from this process's environment and profile. Throws `UsageError` with all invalid settings. */
export async function readAwsSettings(env: NodeJS.ProcessEnv): Promise<LoadedAwsSettings> {
  try {
    return await loadAwsSettings(env);
  } catch (error) {
    throw environmentProblem(error);
  }
}

function environmentProblem(cause: unknown): unknown {
  if (!(cause instanceof ZodError)) return cause;
  const problems = cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  return new UsageError(`Invalid settings in the environment: ${problems.join('; ')}.`, { cause });
}

/** This process's own clients. They never read the user's credentials. */
export const embeddedClients = (settings: AwsSettings): AwsClients => createClients(settings, { env: {} });
