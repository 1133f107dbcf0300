// Errors about access: no credentials, or credentials that are not accepted.
import { MovieLoadError, urlWithoutSecrets } from '@movie-load/schema';
import { describeError, errorName } from './errors.ts';
import { touchesAws } from './service-config.ts';
import { type AwsService, endpointOf, type LoadedAwsSettings } from './settings.ts';

const DATA_SERVICES: readonly AwsService[] = ['sqs', 'dynamodb', 's3'];

/**
 * The endpoint for messages: `http://127.0.0.1:4566`, or `AWS us-east-1`. Where the services have different endpoints,
 * `sqs at http://127.0.0.1:4566, dynamodb at AWS us-east-1, …`.
 */
export function endpointName(settings: LoadedAwsSettings): string {
  const nameOf = (service: AwsService) => {
    const endpoint = endpointOf(settings, service);
    return endpoint === undefined ? `AWS ${settings.region}` : urlWithoutSecrets(endpoint);
  };
  const names = new Set(DATA_SERVICES.map(nameOf));
  if (names.size === 1) return nameOf('sqs');
  return DATA_SERVICES.map((service) => `${service} at ${nameOf(service)}`).join(', ');
}

/** The SDK found no source of credentials, or the source (a profile, a sign-in, a metadata service) returned none. */
const NO_CREDENTIALS_ERRORS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const REJECTED_CREDENTIALS_ERRORS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

/** True when the SDK found no credentials: no request was sent to AWS. */
export const isMissingCredentials = (error: unknown): boolean => NO_CREDENTIALS_ERRORS.has(errorName(error));

/** The error as a sentence about credentials, `MovieLoadError` `no_credentials`; undefined for any other error. */
export function credentialsError(error: unknown, settings: LoadedAwsSettings): MovieLoadError | undefined {
  if (!NO_CREDENTIALS_ERRORS.has(errorName(error)) && !REJECTED_CREDENTIALS_ERRORS.has(errorName(error)))
    return undefined;
  const summary = `${endpointName(settings)} gave no access (${describeError(error)}).`;
  return new MovieLoadError('no_credentials', `${summary} ${nextStep(error, settings)}`, { cause: error });
}

function nextStep(error: unknown, settings: LoadedAwsSettings): string {
  if (!touchesAws(settings)) {
    return 'An endpoint that is not AWS gets test keys. If it needs your keys, allow that with MOVIE_LOAD_TRUST_ENDPOINT=true.';
  }
  const { missingProfile } = settings;
  if (missingProfile !== undefined) {
    return `AWS_PROFILE names the profile "${missingProfile}", which is in neither ~/.aws/config nor ~/.aws/credentials: \`aws configure list-profiles\` shows those that are.`;
  }
  const check = '`aws sts get-caller-identity` shows whether it works';
  if (!NO_CREDENTIALS_ERRORS.has(errorName(error)))
    return `The credentials are expired or unknown there: renew them (\`aws sso login\`). ${check}.`;
  return `Set the credentials that the AWS CLI uses (AWS_PROFILE, after \`aws sso login\` where it needs that, or key variables), or give the machine a role: ${check}. For an emulator set AWS_ENDPOINT_URL.`;
}
