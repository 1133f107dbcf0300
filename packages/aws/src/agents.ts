// How connections are made: to AWS through the user's proxy, to other endpoints directly; and which certificate
// authorities TLS trusts.
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { UsageError } from '@movie-load/schema';
import { isAwsUrl } from './hosts.ts';
import { type AwsService, endpointOf, type LoadedAwsSettings } from './settings.ts';

const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;

export interface AgentOptions {
  readonly keepAlive: true;
  readonly maxSockets: number;
  /**
   * Node reads the proxy and its exceptions from these variables; without them the agent uses no proxy, whatever the
   * environment has.
   */
  readonly proxyEnv?: Readonly<Record<string, string>>;
  /** For a proxy that accepts the connection and stays silent: nothing else would ever close that connection. */
  readonly timeout?: number;
  readonly ca?: readonly string[];
}

export interface AgentContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly maxSockets: number;
  readonly timeoutMs: number;
}

/**
 * Options for the `node:http` and `node:https` agents of a service. Throws `UsageError` when the CA bundle cannot be
 * read.
 */
export function agentOptions(
  settings: LoadedAwsSettings,
  service: AwsService,
  { env, maxSockets, timeoutMs }: AgentContext,
): AgentOptions {
  const endpoint = endpointOf(settings, service);
  const isAws = endpoint === undefined || isAwsUrl(endpoint);
  const usesTls = endpoint === undefined || endpoint.startsWith('https:');
  return {
    keepAlive: true,
    maxSockets,
    ...(isAws ? { proxyEnv: proxyVariables(env), timeout: timeoutMs } : {}),
    ...(settings.caBundle !== undefined && usesTls ? { ca: authorities(settings.caBundle) } : {}),
  };
}

function proxyVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(PROXY_VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** The authorities that Node trusts anyway (NODE_EXTRA_CA_CERTS among them) and those of the file. */
function authorities(file: string): string[] {
  try {
    return [...getCACertificates('default'), readFileSync(file, 'utf8')];
  } catch (cause) {
    const reason = Error.isError(cause) && 'code' in cause ? String(cause.code) : String(cause);
    const text = `AWS_CA_BUNDLE (or ca_bundle in the profile) names ${file}, which cannot be read: ${reason}.`;
    throw new UsageError(text, { cause });
  }
}
