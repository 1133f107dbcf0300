// What services and this program use to talk to the embedded AWS: nothing of anybody's account gets there.
import { type AwsClients, type AwsSettings, awsSettingsFrom, createClients } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import { ZodError } from 'zod';

/** Credentials that every emulator takes, and the region that everything is made in. */
export const EMBEDDED = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' } as const;

const NOT_INHERITED = [
  'AWS_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_DEFAULT_REGION',
  'HTTP_PORT',
  'HTTP_HOST',
  'MOVIES',
  'MOVIES_PER_MESSAGE',
  'SEED',
];

/** This process's environment, pointed at the embedded AWS, with `extra` on top. */
export function embeddedEnvironment(endpoint: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of NOT_INHERITED) delete env[name];
  return { ...env, ...EMBEDDED, AWS_ENDPOINT_URL: endpoint, ...extra };
}

/** The same for this process itself. Throws `UsageError` when a name in the environment is none. */
export const embeddedSettings = (endpoint: string): AwsSettings => readAwsSettings(embeddedEnvironment(endpoint));

/** Endpoint and names of an environment. Throws `UsageError` with all that is wrong. */
export function readAwsSettings(env: NodeJS.ProcessEnv): AwsSettings {
  try {
    return awsSettingsFrom(env);
  } catch (cause) {
    if (!(cause instanceof ZodError)) throw cause;
    const problems = cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new UsageError(`The environment is not right: ${problems.join('; ')}.`, { cause });
  }
}

/** Clients for this process itself. They never look for anybody's credentials. */
export const embeddedClients = (settings: AwsSettings): AwsClients => createClients(settings, { env: {} });
