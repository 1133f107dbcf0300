// An endpoint with the project's resources for one measurement; the endpoint is stopped afterwards.
import {
  type AwsClients,
  type AwsSettings,
  awsSettingsFrom,
  createClients,
  EMULATOR_ENVIRONMENT,
  type OpenQueue,
  openResilientQueue,
  provision,
  type QueuePort,
  systemClock,
  toolPolicy,
} from '@movie-load/aws';
import type { Contender } from './contender.ts';
import { type Endpoint, type EndpointOptions, openEndpoint } from './endpoint.ts';

export interface ProvisionResult {
  readonly endpoint: Endpoint;
  /** The environment of contenders, without settings of a real AWS account. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings: AwsSettings;
  readonly clients: AwsClients;
  readonly queue: OpenQueue;
}

export interface ProvisionedOptions extends EndpointOptions {
  /** Variables like `MOVIE_LOAD_QUEUE` that give the resources other names. */
  readonly names?: Readonly<Record<string, string>>;
}

/** @example const calls = await withEndpoint({}, async ({ queue, endpoint }) => …); */
export async function withEndpoint<T>(
  { names = {}, ...options }: ProvisionedOptions,
  work: (provisioned: ProvisionResult) => Promise<T>,
): Promise<T> {
  const endpoint = await openEndpoint(options);
  const env = { ...EMULATOR_ENVIRONMENT, AWS_ENDPOINT_URL: endpoint.url, ...names };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env: {} });
  try {
    await provision(clients, settings);
    const queue = await openResilientQueue(clients, settings.queue, toolPolicy());
    return await work({ endpoint, env, settings, clients, queue });
  } finally {
    clients.destroy();
    await endpoint.stop();
  }
}

/** Sleeps. Rejects when a contender ends unexpectedly. */
export const sleepOrFail = (contenders: readonly Contender[], ms: number): Promise<void> =>
  Promise.race([systemClock.sleep(ms), ...contenders.map(({ failed }) => failed)]);

export interface UntilEmptyOptions {
  readonly everyMs: number;
  readonly limitMs: number;
  onPoll?(): void;
}

/** Resolves when no message is left. Rejects after the limit, and when a contender ends unexpectedly. */
export async function untilEmpty(
  queue: QueuePort,
  contenders: readonly Contender[],
  { everyMs, limitMs, onPoll }: UntilEmptyOptions,
): Promise<void> {
  const limit = AbortSignal.timeout(limitMs);
  for (let remaining = 1; remaining > 0; ) {
    limit.throwIfAborted();
    await sleepOrFail(contenders, everyMs);
    onPoll?.();
    const { waiting, inFlight, delayed } = await queue.status();
    remaining = waiting + inFlight + delayed;
  }
}
