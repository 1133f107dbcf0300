// Empties a queue.
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import type { SqsSender } from './clients.ts';
import type { CallOptions } from './ports.ts';
import { sdkOptions } from './queue.ts';
import { resilientClient, toolPolicy } from './tool-policy.ts';

/** Deletes every message of a queue for good; AWS takes up to a minute, and refuses a second purge within it. */
export async function purgeQueue(sqs: SqsSender, queueUrl: string, options: CallOptions = {}): Promise<void> {
  await resilientClient(sqs, toolPolicy()).send(new PurgeQueueCommand({ QueueUrl: queueUrl }), sdkOptions(options));
}
