// The account of the credentials.
import { handlerOptions } from './handler-options.ts';
import { createServiceConfigs } from './service-config.ts';
import type { LoadedAwsSettings } from './settings.ts';

const REQUEST_TIMEOUT_MS = 3000;

/** The account's number, from STS, with one attempt of at most 3 s. Throws the SDK's errors. */
export async function callerAccount(settings: LoadedAwsSettings): Promise<string> {
  // Imported on demand, because most processes never call STS.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { env } = process;
  const sts = new STSClient({
    ...createServiceConfigs(settings, env)('sts'),
    maxAttempts: 1,
    requestHandler: handlerOptions(settings, 'sts', { requestTimeoutMs: REQUEST_TIMEOUT_MS, maxSockets: 1 }, env),
  });
  try {
    const { Account = 'unknown' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  } finally {
    sts.destroy();
  }
}
