// The policy of commands and pages: a person waits for the answer, so it gives up after a few attempts.
import type { AwsClients } from './clients.ts';
import { type CallPolicy, callWithPolicy } from './policy.ts';
import type { CallOptions } from './ports.ts';
import { type OpenQueue, openQueue, type QueueClients } from './queue.ts';
import { resilientQueue } from './resilient-ports.ts';
import { systemClock, systemRandom } from './system.ts';

const DEFAULT_MAX_ATTEMPTS = 4;

/**
 * Four attempts a call, or the number in `AWS_MAX_ATTEMPTS`, which the SDK and the AWS CLI read as well.
 *
 * @example const table = resilientTable(openTable(clients, settings.table), toolPolicy());
 */
export function toolPolicy(env: Readonly<Record<string, string | undefined>> = process.env): CallPolicy {
  const configured = Number(env.AWS_MAX_ATTEMPTS);
  const maxAttempts = Number.isInteger(configured) && configured >= 1 ? configured : DEFAULT_MAX_ATTEMPTS;
  return { clock: systemClock, random: systemRandom, maxAttempts };
}

/** Finds a queue by its name; the look-up and every call of the queue follow the policy. Throws as `openQueue` does. */
export async function openResilientQueue(
  clients: QueueClients,
  name: string,
  policy: CallPolicy,
  options: CallOptions = {},
): Promise<OpenQueue> {
  const call = { ...options, operation: 'sqs:GetQueueUrl' };
  return resilientQueue(await callWithPolicy(policy, call, () => openQueue(clients, name, options)), policy);
}

interface Client {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/**
 * A client whose every call follows the policy, for calls that no port offers: creating, listing and emptying
 * resources.
 */
export function resilientClient<Type extends Client>(client: Type, policy: CallPolicy): Type {
  const send = (command: never, options?: { readonly abortSignal?: AbortSignal }) =>
    callWithPolicy(policy, { operation: 'aws:call', signal: options?.abortSignal }, () =>
      client.send(command, options),
    );
  return Object.create(client, { send: { value: send } });
}

/** The clients of a command: see `resilientClient`. */
export const toolClients = <Type extends Pick<AwsClients, 'sqs' | 'dynamodb' | 's3'>>(
  clients: Type,
  policy: CallPolicy = toolPolicy(),
): Type => ({
  ...clients,
  sqs: resilientClient(clients.sqs, policy),
  dynamodb: resilientClient(clients.dynamodb, policy),
  s3: resilientClient(clients.s3, policy),
});
