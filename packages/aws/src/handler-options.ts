// How the SDK's HTTP handler of one service connects, and how long it waits.
import { agentOptions } from './agents.ts';
import type { AwsService, LoadedAwsSettings } from './settings.ts';

export interface HandlerLimits {
  readonly requestTimeoutMs: number;
  readonly maxSockets: number;
}

const CONNECT_TIMEOUT_MS = 3000;

/**
 * The options of a client's HTTP handler: nothing waits for ever. Throws `UsageError` when the CA bundle cannot be
 * read.
 */
export function handlerOptions(
  settings: LoadedAwsSettings,
  service: AwsService,
  limits: HandlerLimits,
  env: Readonly<Record<string, string | undefined>>,
) {
  const { requestTimeoutMs: requestTimeout, maxSockets } = limits;
  const agent = agentOptions(settings, service, { env, maxSockets, timeoutMs: requestTimeout });
  const { ca, ...agentWithoutCa } = agent;
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout,
    // Without this, the SDK only logs a warning about a request that exceeds its time, and the request continues to
    // hang.
    throwOnRequestTimeout: true,
    // For an answer that stops half-way: `requestTimeout` covers only the time until the first bytes.
    socketTimeout: requestTimeout,
    httpAgent: agentWithoutCa,
    httpsAgent: ca === undefined ? agentWithoutCa : { ...agentWithoutCa, ca: [...ca] },
  };
}
