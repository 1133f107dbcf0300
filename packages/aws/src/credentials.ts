// Who signs: the SDK's own chain towards AWS, and test keys towards an endpoint that is not AWS.
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { handlerOptions } from './handler-options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Programs (`credential_process`), STS, SSO and metadata services together. */
const CREDENTIALS_LIMIT_MS = 20_000;

/** Keys that AWS gives out begin so: `AKIA…` for good, `ASIA…` for a while. */
const KEY_OF_AWS = /^(AKIA|ASIA)/i;
const TEST_KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Credentials that every emulator takes, and the region that everything is made in there. */
export const EMULATOR_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
  AWS_REGION: 'us-east-1',
} as const;

/**
 * Emulators check no keys, but the SDK signs nothing without. Those of the environment are taken only when AWS did not
 * issue them (LocalStack reads an account's number there), and never a session token: that is always AWS's. An object of
 * its own each time: the SDK notes in it where the keys come from.
 */
export function keysForOwnEndpoint(env: Environment): { accessKeyId: string; secretAccessKey: string } {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey || KEY_OF_AWS.test(accessKeyId)) return { ...TEST_KEYS };
  return { accessKeyId, secretAccessKey };
}

export interface ChainOptions {
  /** For STS, SSO and sign-in, which the chain asks itself. */
  readonly requestHandler: ReturnType<typeof handlerOptions>;
  /** Ask them at AWS itself, whatever endpoints are configured. */
  readonly ignoreConfiguredEndpointUrls: boolean;
}

/**
 * The SDK's chain for a client's `credentialDefaultProvider`: made once for all clients of a process, so that a role is
 * assumed once, and with a time limit.
 */
export function createCredentialChain(options: () => ChainOptions) {
  let chain: AwsCredentialIdentityProvider | undefined;
  return (input: object): AwsCredentialIdentityProvider => {
    // With a profile and key variables set, the SDK takes the profile and prints ten lines about it into our log.
    chain ??= withTimeLimit(defaultProvider({ ...input, clientConfig: options(), logger: SILENT }));
    return chain;
  };
}

const silent = () => undefined;
const SILENT = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

function withTimeLimit(provider: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider {
  return async (properties) => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const text = `No credentials within ${CREDENTIALS_LIMIT_MS / 1000} s`;
    const timer = setTimeout(
      () => reject(Object.assign(new Error(text), { name: 'CredentialsProviderError' })),
      CREDENTIALS_LIMIT_MS,
    );
    try {
      return await Promise.race([provider(properties), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
