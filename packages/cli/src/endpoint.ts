// Which AWS a command talks to: an emulator by AWS_ENDPOINT_URL, or AWS itself when that is asked for.
import { type AwsClients, type AwsSettings, createClients, describeError, errorName } from '@movie-load/aws';
import { MovieLoadError, UsageError } from '@movie-load/schema';
import type { EndpointOptions } from './commands/endpoint-option.ts';
import { readAwsSettings } from './processes/environment.ts';

/** Settings from the environment. Throws `UsageError` when they make no sense, or mean AWS without `--aws`. */
export function endpointSettings({ aws = false }: EndpointOptions): AwsSettings {
  const settings = readAwsSettings(process.env);
  if (settings.endpoint !== undefined || aws) return settings;
  throw new UsageError(
    'AWS_ENDPOINT_URL is not set. Paste what `movie-load up` prints (export AWS_ENDPOINT_URL=http://127.0.0.1:4566 …), or add --aws to talk to AWS itself.',
  );
}

/** `http://127.0.0.1:4566`, or `AWS us-east-1`. */
export const endpointName = ({ endpoint, region }: AwsSettings): string => endpoint ?? `AWS ${region}`;

/** Says on standard error what will be changed on AWS, before it is: endpoint, account, queue. Silent on emulators. */
export async function announceChanges(settings: AwsSettings): Promise<void> {
  if (settings.endpoint !== undefined) return;
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ region: settings.region });
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    process.stderr.write(`movie-load: ${endpointName(settings)}, account ${Account}, queue ${settings.queue}\n`);
  } catch (error) {
    throw explained(error, settings);
  } finally {
    sts.destroy();
  }
}

/**
 * Runs with clients for the endpoint and closes them. What the network or AWS refuses becomes one sentence.
 *
 * @example await withClients(settings, (clients) => provision(clients, settings));
 */
export async function withClients<T>(settings: AwsSettings, work: (clients: AwsClients) => Promise<T>): Promise<T> {
  const clients = createClients(settings);
  try {
    return await work(clients);
  } catch (error) {
    throw explained(error, settings);
  } finally {
    clients.destroy();
  }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ECONNRESET',
  'TimeoutError',
]);
const NO_CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

/** An error of the SDK as one that a person can act on; our own errors as they are. */
export function explained(error: unknown, settings: AwsSettings): unknown {
  if (error instanceof MovieLoadError || !Error.isError(error)) return error;
  const name = codeOf(error) ?? errorName(error);
  const where = endpointName(settings);
  if (UNREACHABLE.has(name)) {
    const text = `Nobody answers at ${where} (${name}). Start the embedded AWS with \`movie-load up\`, or correct AWS_ENDPOINT_URL.`;
    return new MovieLoadError('endpoint_unreachable', text, { cause: error });
  }
  if (NO_CREDENTIALS.has(name)) {
    const text = `${where} gave no access (${describeError(error)}). Set the credentials that the AWS CLI uses, and try \`aws sts get-caller-identity\`.`;
    return new MovieLoadError('no_credentials', text, { cause: error });
  }
  return new MovieLoadError('aws_refused', `${where} refused: ${describeError(error)}`, { cause: error });
}

/** Node's code of what failed below HTTP; for a host with several addresses it stands in the first of its errors. */
function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('errors' in error && Array.isArray(error.errors) && Error.isError(error.errors[0]))
    return codeOf(error.errors[0]);
  return undefined;
}
