// The configuration of one service's SDK client: its endpoint, its credentials, and which of the user's variables
// apply. A custom endpoint is one that the user gives and that is not AWS, for example an emulator.

import { createCredentialChain, keysForCustomEndpoint } from './credentials.ts';
import { type HandlerLimits, handlerOptions } from './handler-options.ts';
import { AWS_SERVICES, type AwsService, endpointOf, isAtAws, type LoadedAwsSettings } from './settings.ts';
import { Sha256 } from './sha256.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CREDENTIALS_REQUEST: HandlerLimits = { requestTimeoutMs: 5000, maxSockets: 4 };

/** True when one of the services that hold data is AWS itself: calls cost money there, and need credentials. */
export const touchesAws = (settings: LoadedAwsSettings): boolean =>
  (['sqs', 'dynamodb', 's3'] as const).some((service) => isAtAws(settings, service));

/**
 * Configures the clients of a process; all of them share one chain of credentials.
 *
 * @example const configOf = createServiceConfigs(settings, process.env); new SQSClient(configOf('sqs'));
 */
export function createServiceConfigs(settings: LoadedAwsSettings, env: Environment) {
  const { trustsEndpoint = false } = settings;
  const hasCustomEndpoint = AWS_SERVICES.some((service) => !isAtAws(settings, service));
  const chain = createCredentialChain(() => ({
    requestHandler: handlerOptions(
      { ...settings, endpoint: undefined, endpoints: {} },
      'sts',
      CREDENTIALS_REQUEST,
      env,
    ),
    // The calls that assume a role or sign in send secrets: they go only to AWS, even when AWS_ENDPOINT_URL or
    // AWS_ENDPOINT_URL_STS names another endpoint.
    ignoreConfiguredEndpointUrls: hasCustomEndpoint && !trustsEndpoint,
  }));
  return (service: AwsService) => {
    const endpoint = endpointOf(settings, service);
    const common = {
      sha256: Sha256,
      // This project's call policy repeats calls: AWS_RETRY_MODE and AWS_DEFAULTS_MODE must not add repetitions.
      retryMode: 'standard',
      defaultsMode: 'legacy',
      // Explicit, because otherwise an SQS client sends to the host of the queue URL, which may not resolve.
      ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
    } as const;
    if (isAtAws(settings, service)) return { ...common, region: settings.region, credentialDefaultProvider: chain };
    return {
      ...common,
      ...CUSTOM_ENDPOINT_OPTIONS,
      ...checksums(env),
      region: settings.region.replace(/^fips-|-fips$/, ''),
      ...(trustsEndpoint ? { credentialDefaultProvider: chain } : { credentials: keysForCustomEndpoint(env) }),
    };
  };
}

/** The SDK would otherwise read each of these from the environment and the profile, where they are meant for AWS. */
const CUSTOM_ENDPOINT_OPTIONS = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  authSchemePreference: [] as string[],
  accountIdEndpointMode: 'disabled',
  disableClockSkewCorrection: false,
  disableS3ExpressSessionAuth: false,
  disableMultiregionAccessPoints: false,
  useArnRegion: false,
} as const;

/** The one variable that applies at a custom endpoint too: some vendors' S3 refuses the SDK's checksums. */
function checksums({
  AWS_REQUEST_CHECKSUM_CALCULATION: request,
  AWS_RESPONSE_CHECKSUM_VALIDATION: response,
}: Environment) {
  return {
    requestChecksumCalculation: checksumMode(request),
    responseChecksumValidation: checksumMode(response),
  };
}

const checksumMode = (value: string | undefined) =>
  value?.toUpperCase() === 'WHEN_REQUIRED' ? ('WHEN_REQUIRED' as const) : ('WHEN_SUPPORTED' as const);
