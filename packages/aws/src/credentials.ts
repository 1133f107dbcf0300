// The credentials that sign calls: the SDK's own chain for AWS, and test keys for an endpoint that is not AWS.
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { handlerOptions } from './handler-options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The time limit for all sources together: programs (`credential_process`), STS, SSO and metadata services. */
const CREDENTIALS_LIMIT_MS = 20_000;

/** AWS's key ids begin with these letters: `AKIA…` for permanent keys, `ASIA…` for temporary ones. */
const AWS_KEY_ID = /^(AKIA|ASIA)/i;
const TEST_KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Credentials that every emulator accepts, and the region that is used with them. */
export const EMULATOR_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
  AWS_REGION: 'us-east-1',
} as const;

/**
 * Emulators do not check keys, but the SDK cannot sign a request without them. The environment's keys are used only
 * when AWS did not issue them: for LocalStack, the key id may be an account's number. A session token is never used,
 * because it always comes from AWS. Returns a new object each time, because the SDK writes the source of the keys into
 * it.
 */
export function keysForCustomEndpoint(env: Environment): { accessKeyId: string; secretAccessKey: string } {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey || AWS_KEY_ID.test(accessKeyId)) return { ...TEST_KEYS };
  return { accessKeyId, secretAccessKey };
}

export interface ChainOptions {
  /** For STS, SSO and sign-in, which the chain itself calls. */
  readonly requestHandler: ReturnType<typeof handlerOptions>;
  /** True: these are called at AWS itself, whatever endpoints are configured. */
  readonly ignoreConfiguredEndpointUrls: boolean;
}

/**
 * The SDK's chain for a client's `credentialDefaultProvider`: created once for all clients of a process, so that a role
 * is assumed once, and with a time limit.
 */
export function createCredentialChain(options: () => ChainOptions) {
  let chain: AwsCredentialIdentityProvider | undefined;
  return (input: object): AwsCredentialIdentityProvider => {
    // With a profile and key variables set, the SDK uses the profile and prints ten lines about it into our log.
    chain ??= withTimeLimit(defaultProvider({ ...input, clientConfig: options(), logger: SILENT }));
    return chain;
  };
}

const silent = () => undefined;
const SILENT = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

function withTimeLimit(provider: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider {
  return async (properties) => {
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const text = `No credentials within ${CREDENTIALS_LIMIT_MS / 1000} s`;
    const timer = setTimeout(
      () => reject(Object.assign(new Error(text), { name: 'CredentialsProviderError' })),
      CREDENTIALS_LIMIT_MS,
    );
    try {
      return await Promise.race([provider(properties), timeout]);
    } finally {
      clearTimeout(timer);
    }
  };
}
