// A simulated process's clients: the SDK's `send`, answered by the simulated services.
import { Readable } from 'node:stream';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDbSender, S3Sender, ServerTime, SqsSender } from '@movie-load/aws';
import type { SimClient } from '../engine/network.ts';

/** The clients for the adapters of packages/aws. */
export interface Clients {
  readonly sqs: SqsSender;
  readonly poll: SqsSender;
  readonly dynamodb: DynamoDbSender;
  readonly s3: S3Sender;
  /** SQS's clock, by the dates of its answers. */
  readonly queueTime?: ServerTime | undefined;
}

/**
 * The adapters use only `send` of their clients, whose type in the SDK has an overload for each of hundreds of
 * commands. The services answer the commands of their engines, and refuse any other.
 */
export function clientsOf(clients: Readonly<Record<Exclude<keyof Clients, 'queueTime'>, SimClient>>): Clients {
  const all: unknown = { ...clients, s3: withBufferedBody(clients.s3) };
  return all as Clients;
}

/** Reads a streamed body completely before the simulated network sends it. */
const withBufferedBody = (client: SimClient): SimClient => ({
  async send(command, options) {
    const { input } = command;
    if (!('Body' in input) || !(input.Body instanceof Readable)) return client.send(command, options);
    const chunks: Uint8Array[] = [];
    for await (const chunk of input.Body) chunks.push(chunk);
    const { constructor: Command } = command;
    return client.send(Reflect.construct(Command, [{ ...input, Body: Buffer.concat(chunks) }]), options);
  },
});

/** The client for sqs-consumer's long polls. It sends only receives. */
export function pollClientOf(client: SimClient): SQSClient {
  const poll: unknown = client;
  return poll as SQSClient;
}
