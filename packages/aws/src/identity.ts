// The account of the credentials.
import { handlerOptions } from './handler-options.ts';
import { createServiceConfigs } from './service-config.ts';
import type { LoadedAwsSettings } from './settings.ts';

const LIMIT_MS = 3000;

/** The account's number. One attempt and 3 s: it is only shown to people. Throws the SDK's errors. */
export async function callerAccount(settings: LoadedAwsSettings): Promise<string> {
  // Imported on demand: only commands that change something on AWS need it.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { env } = process;
  const sts = new STSClient({
    ...createServiceConfigs(settings, env)('sts'),
    maxAttempts: 1,
    requestHandler: handlerOptions(settings, 'sts', { requestTimeoutMs: LIMIT_MS, maxSockets: 1 }, env),
  });
  try {
    const { Account = 'unknown' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  } finally {
    sts.destroy();
  }
}
