// A simulated process's clients: the SDK's `send`, answered by the simulated services.
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDbSender, S3Sender, SqsSender } from '@movie-load/aws';
import type { SimClient } from '../engine/network.ts';

/** What the adapters of packages/aws take. */
export interface Clients {
  readonly sqs: SqsSender;
  readonly poll: SqsSender;
  readonly dynamodb: DynamoDbSender;
  readonly s3: S3Sender;
}

/**
 * The adapters know their clients by `send` alone, whose type in the SDK has an overload for each of hundreds of commands.
 * The services answer every command that their engines know; any other is refused.
 */
export function clientsOf(clients: Readonly<Record<keyof Clients, SimClient>>): Clients {
  const all: unknown = clients;
  return all as Clients;
}

/** The client of long polls as sqs-consumer takes it: it calls `send`, with receives alone. */
export function pollClientOf(client: SimClient): SQSClient {
  const poll: unknown = client;
  return poll as SQSClient;
}
