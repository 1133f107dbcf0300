// What the SDK client of one service is configured with: where it calls, who signs, and which of the user's variables count.

import { createCredentialChain, keysForOwnEndpoint } from './credentials.ts';
import { type HandlerLimits, handlerOptions } from './handler-options.ts';
import { AWS_SERVICES, type AwsService, endpointOf, isAtAws, type LoadedAwsSettings } from './settings.ts';
import { Sha256 } from './sha256.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CREDENTIALS_REQUEST: HandlerLimits = { requestTimeoutMs: 5000, maxSockets: 4 };

/** True when one of the services that hold data is AWS itself: what is done there costs money, and needs credentials. */
export const touchesAws = (settings: LoadedAwsSettings): boolean =>
  (['sqs', 'dynamodb', 's3'] as const).some((service) => isAtAws(settings, service));

/**
 * Configures the clients of a process; all of them share one chain of credentials.
 *
 * @example const configOf = createServiceConfigs(settings, process.env); new SQSClient(configOf('sqs'));
 */
export function createServiceConfigs(settings: LoadedAwsSettings, env: Environment) {
  const { trustsEndpoint = false } = settings;
  const hasOwnEndpoint = AWS_SERVICES.some((service) => !isAtAws(settings, service));
  const chain = createCredentialChain(() => ({
    requestHandler: handlerOptions(
      { ...settings, endpoint: undefined, endpoints: {} },
      'sts',
      CREDENTIALS_REQUEST,
      env,
    ),
    // Roles, SSO and sign-in send what is secret: to AWS, also when AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_STS is another place.
    ignoreConfiguredEndpointUrls: hasOwnEndpoint && !trustsEndpoint,
  }));
  return (service: AwsService) => {
    const endpoint = endpointOf(settings, service);
    const common = {
      sha256: Sha256,
      // Our own policy: AWS_RETRY_MODE and AWS_DEFAULTS_MODE would change it behind its back.
      retryMode: 'standard',
      defaultsMode: 'legacy',
      // Explicit, because an SQS client without it sends to the host of the queue URL, which may resolve nowhere.
      ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
    } as const;
    if (isAtAws(settings, service)) return { ...common, region: settings.region, credentialDefaultProvider: chain };
    return {
      ...common,
      ...OWN_ENDPOINT,
      ...checksums(env),
      region: settings.region.replace(/^fips-|-fips$/, ''),
      ...(trustsEndpoint ? { credentialDefaultProvider: chain } : { credentials: keysForOwnEndpoint(env) }),
    };
  };
}

/** Each of these would otherwise be looked for in the environment and in the profile, where it is meant for AWS. */
const OWN_ENDPOINT = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  authSchemePreference: [] as string[],
  accountIdEndpointMode: 'disabled',
  disableClockSkewCorrection: false,
  disableS3ExpressSessionAuth: false,
  disableMultiregionAccessPoints: false,
  useArnRegion: false,
} as const;

/** The one choice that S3's imitations need: some refuse the checksums that AWS wants. */
function checksums({
  AWS_REQUEST_CHECKSUM_CALCULATION: request,
  AWS_RESPONSE_CHECKSUM_VALIDATION: response,
}: Environment) {
  return {
    requestChecksumCalculation: wanted(request),
    responseChecksumValidation: wanted(response),
  };
}

const wanted = (value: string | undefined) =>
  value?.toUpperCase() === 'WHEN_REQUIRED' ? ('WHEN_REQUIRED' as const) : ('WHEN_SUPPORTED' as const);
