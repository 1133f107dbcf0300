// The endpoint that a command uses: an emulator (AWS_ENDPOINT_URL), or AWS itself with --aws.
import {
  type AwsClients,
  type AwsSettings,
  awsEnvironment,
  callerAccount,
  createClients,
  credentialsError,
  describeError,
  endpointName,
  errorName,
  isMissing,
  isMissingCredentials,
  type LoadedAwsSettings,
  openResilientQueue,
  resolveBucket,
  toolPolicy,
  touchesAws,
} from '@movie-load/aws';
import { MovieLoadError, misspeltSettings, UsageError } from '@movie-load/schema';
import type { EndpointOptions } from './command.ts';
import { readAwsSettings } from './processes/environment.ts';

const MOVIE_LOAD_SETTINGS = Object.keys(awsEnvironment.shape).filter((name) => name.startsWith('MOVIE_LOAD_'));

/**
 * Settings from the environment, for commands that do not use the bucket. Throws `UsageError` if they are invalid, or if
 * their endpoint is AWS and `--aws` is missing.
 */
export async function endpointSettings({ aws = false }: EndpointOptions): Promise<LoadedAwsSettings> {
  const settings = await readAwsSettings(process.env);
  for (const { name, meant } of misspeltSettings(MOVIE_LOAD_SETTINGS, process.env)) {
    process.stderr.write(`movie-load: ${name} is not a setting, and is ignored: did you mean ${meant}?\n`);
  }
  const isAws = touchesAws(settings);
  if (aws && !isAws) {
    process.stderr.write(
      `movie-load: the environment names an endpoint that is not AWS, and --aws does not change that: ${endpointName(settings)}\n`,
    );
  }
  if (!isAws || aws) return settings;
  throw new UsageError(awsNotAllowedText(settings));
}

/** The same settings with the bucket's name and owner, which may need a call on AWS. */
export async function withBucket(settings: LoadedAwsSettings, signal?: AbortSignal): Promise<AwsSettings> {
  return await resolveBucket(settings, { signal }).catch((error: unknown) => {
    throw explainError(error, settings);
  });
}

function awsNotAllowedText(settings: LoadedAwsSettings): string {
  const orUseAws = 'or add --aws to use AWS itself.';
  if (settings.endpoint !== undefined || settings.endpoints !== undefined) {
    return `The environment points to AWS: ${endpointName(settings)}. Correct AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>, ${orUseAws}`;
  }
  if (process.env.AWS_ENDPOINT_URL) {
    return `AWS_ENDPOINT_URL is ignored, because AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true (there or in the profile). Set it to false, ${orUseAws}`;
  }
  return `AWS_ENDPOINT_URL is not set. Paste what \`movie-load up\` prints (export AWS_ENDPOINT_URL=http://127.0.0.1:4566 …), ${orUseAws}`;
}

/**
 * Prints on standard error what will be changed on AWS: endpoint, account, queue. Prints nothing for emulators. An STS
 * that refuses or is unreachable, as in many VPCs, does not stop the command; missing credentials do.
 */
export async function announceChanges(settings: LoadedAwsSettings): Promise<void> {
  if (!touchesAws(settings)) return;
  const account = await callerAccount(settings).catch((error: unknown) => {
    if (isMissingCredentials(error)) throw explainError(error, settings);
    return `unknown (STS: ${describeError(error)})`;
  });
  process.stderr.write(`movie-load: ${endpointName(settings)}, account ${account}, queue ${settings.queue}\n`);
}

/**
 * Runs `work` with clients for the endpoint, then closes them. Errors of the network and of AWS become one sentence.
 *
 * @example await withClients(settings, (clients) => provision(clients, settings));
 */
export async function withClients<T>(
  settings: LoadedAwsSettings,
  work: (clients: AwsClients) => Promise<T>,
): Promise<T> {
  const clients = createClients(settings);
  try {
    return await work(clients);
  } catch (error) {
    throw explainError(error, settings);
  } finally {
    clients.destroy();
  }
}

/**
 * Throws a one-sentence error if the endpoint cannot be reached or the queue is missing. On AWS it prints endpoint,
 * account and queue first.
 */
export async function requireQueue(settings: LoadedAwsSettings): Promise<void> {
  await announceChanges(settings);
  await withClients(settings, (clients) => openResilientQueue(clients, settings.queue, toolPolicy()));
}

const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ECONNRESET',
  'TimeoutError',
]);
const PROXY_CODES = new Set(['ERR_PROXY_TUNNEL', 'ERR_PROXY_INVALID_CONFIG']);
const EMULATOR_ADVICE = 'Start the embedded AWS with `movie-load up`, or correct AWS_ENDPOINT_URL.';
const AWS_ADVICE = 'Check the network, AWS_REGION, and HTTPS_PROXY where AWS is behind a proxy.';

/** Turns an error of the SDK into a `MovieLoadError` that says what to do; returns other errors unchanged. */
export function explainError(error: unknown, settings: LoadedAwsSettings): unknown {
  if (error instanceof MovieLoadError || !Error.isError(error)) return error;
  const name = networkCode(error) ?? errorName(error);
  const endpoint = endpointName(settings);
  if (UNREACHABLE_CODES.has(name)) {
    const text = `Nothing answers at ${endpoint} (${name}). ${touchesAws(settings) ? AWS_ADVICE : EMULATOR_ADVICE}`;
    return new MovieLoadError('endpoint_unreachable', text, { cause: error });
  }
  if (PROXY_CODES.has(name)) {
    const text = `The proxy of HTTPS_PROXY did not let a call to ${endpoint} through (${name}). Correct it, or except the host in NO_PROXY.`;
    return new MovieLoadError('endpoint_unreachable', text, { cause: error });
  }
  const access = credentialsError(error, settings);
  if (access !== undefined) return access;
  if (isMissing(error))
    return new MovieLoadError('resource_missing', `${endpoint}: ${error.message}`, { cause: error });
  // An error without a response is an error of this program or of this machine.
  if (!('$metadata' in error || '$response' in error)) return error;
  if (error instanceof SyntaxError) {
    const text = `${endpoint} does not answer as AWS does: perhaps another program listens there. Correct AWS_ENDPOINT_URL.`;
    return new MovieLoadError('aws_refused', text, { cause: error });
  }
  return new MovieLoadError('aws_refused', `${endpoint} refused: ${describeError(error)}`, { cause: error });
}

/** Node's code of a network error, e.g. ECONNREFUSED; for a host with several addresses, that of the first address. */
function networkCode(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('errors' in error && Array.isArray(error.errors) && Error.isError(error.errors[0]))
    return networkCode(error.errors[0]);
  return undefined;
}
