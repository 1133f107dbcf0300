// Reads jobs and queues for the Docker tests, through the endpoint that is published on this machine.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { type AwsClients, type AwsSettings, awsSettingsFrom, createClients, openTable } from '@movie-load/aws';
import { type JobPlan, jobKey, ledgerKey, objectKey, shapeOf } from '@movie-load/schema';
import { eventually, REPEATED_CALLS } from '@movie-load/testing';
import { expectedObject, sha256 } from '../../support/world.ts';

export interface View {
  readonly settings: AwsSettings;
  readonly clients: AwsClients;
}

/** Clients for an endpoint, with test credentials. Call `clients.destroy()` at the end. */
export function viewOf(endpoint: string): View {
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: endpoint });
  return { settings, clients: createClients(settings, { ...REPEATED_CALLS, env: {} }) };
}

/** The job's status, undefined before its first message is stored. */
export async function statusOf({ clients, settings }: View, jobId: string): Promise<string | undefined> {
  const item = await openTable(clients, settings.table).get(jobKey(jobId));
  return item?.status?.S;
}

export const untilComplete = (view: View, jobId: string) =>
  eventually(`job ${jobId} is COMPLETE`, async () => (await statusOf(view, jobId)) === 'COMPLETE');

/** The number of counted messages of a job, from its ledgers. */
export async function countedMessages({ clients, settings }: View, jobId: string, plan: JobPlan): Promise<number> {
  const table = openTable(clients, settings.table);
  const groups = Array.from({ length: shapeOf(plan).groups }, (_, group) => group);
  const ledgers = await Promise.all(groups.map((group) => table.get(ledgerKey(jobId, group))));
  return ledgers.reduce((sum, ledger) => sum + (ledger?.stored?.NS?.length ?? 0), 0);
}

/** The hash and length of the stored object. */
export async function objectOf({ clients, settings }: View, jobId: string) {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: settings.bucket, Key: objectKey(jobId) }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  return { sha256: sha256(bytes), bytes: bytes.byteLength };
}

/** The hash and length of the expected object, from the generator. */
export function generated(plan: JobPlan) {
  const bytes = expectedObject(plan);
  return { sha256: sha256(bytes), bytes: bytes.byteLength };
}

/** The numbers of messages of a queue: waiting, in flight and delayed. */
export async function queueOf({ clients }: View, QueueName: string) {
  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

export const EMPTY = { waiting: 0, inFlight: 0, delayed: 0 };
