// Two ways to make a prepared call: through SDK clients, either ours or unmodified ones, and by a bare HTTP client with
// keep-alive. Our consumer compared with our clients shows the cost of its own logic; unmodified clients compared with
// bare HTTP show the cost of the SDK.
import http from 'node:http';
import { BatchWriteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from '@movie-load/aws';
import { z } from 'zod';
import type { PreparedCall } from './prepare.ts';

export interface Transport {
  /** Prepares as much as possible before the measurement starts. */
  prepare?(calls: readonly PreparedCall[]): void;
  /** Receipt handles of up to ten messages. */
  receive(): Promise<string[]>;
  /** Resolves to the consumed write units. */
  write(call: PreparedCall): Promise<number>;
  delete(receiptHandles: readonly string[]): Promise<void>;
}

const receiveInput = (QueueUrl: string) => ({
  QueueUrl,
  MaxNumberOfMessages: 10,
  WaitTimeSeconds: 20,
  VisibilityTimeout: 60,
  MessageAttributeNames: ['All'],
  MessageSystemAttributeNames: [
    'MessageGroupId' as const,
    'MessageDeduplicationId' as const,
    'SequenceNumber' as const,
    'ApproximateReceiveCount' as const,
    'SentTimestamp' as const,
  ],
});

const deleteInput = (QueueUrl: string, handles: readonly string[]) => ({
  QueueUrl,
  Entries: handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
});

export function sdkTransport(
  { poll, sqs, dynamodb }: Pick<AwsClients, 'poll' | 'sqs' | 'dynamodb'>,
  queueUrl: string,
): Transport {
  const input = receiveInput(queueUrl);
  return {
    async receive() {
      const { Messages = [] } = await poll.send(new ReceiveMessageCommand(input));
      return Messages.flatMap(({ ReceiptHandle }) => ReceiptHandle ?? []);
    },
    async write({ operation, input }) {
      // Safe: the inputs were recorded from commands of these classes.
      if (operation === 'UpdateItem') {
        const { ConsumedCapacity } = await dynamodb.send(new UpdateItemCommand(input as never));
        return ConsumedCapacity?.CapacityUnits ?? 0;
      }
      const { ConsumedCapacity = [] } = await dynamodb.send(new BatchWriteItemCommand(input as never));
      return ConsumedCapacity.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    },
    async delete(handles) {
      await sqs.send(new DeleteMessageBatchCommand(deleteInput(queueUrl, handles)));
    },
  };
}

const receivedSchema = z.object({ Messages: z.array(z.object({ ReceiptHandle: z.string() })).default([]) });

const capacitySchema = z.object({ CapacityUnits: z.number() });
const writtenSchema = z.object({ ConsumedCapacity: z.union([capacitySchema, z.array(capacitySchema)]) });

export function httpTransport(endpoint: string, queueUrl: string): Transport {
  const { hostname, port } = new URL(endpoint);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const receiveBody = JSON.stringify(receiveInput(queueUrl));
  const bodies = new Map<PreparedCall, string>();

  const post = (service: string, target: string, body: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amz-target': target,
        'x-amz-date': '20260101T000000Z',
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      };
      const request = http.request({ hostname, port, method: 'POST', path: '/', headers, agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${target}: HTTP ${response.statusCode} ${text.slice(0, 200)}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });

  return {
    prepare(calls) {
      for (const call of calls) bodies.set(call, JSON.stringify(call.input));
    },
    async receive() {
      const responseText = await post('sqs', 'AmazonSQS.ReceiveMessage', receiveBody);
      return receivedSchema.parse(JSON.parse(responseText)).Messages.map(({ ReceiptHandle }) => ReceiptHandle);
    },
    async write(call) {
      const body = bodies.get(call) ?? JSON.stringify(call.input);
      const { ConsumedCapacity } = writtenSchema.parse(
        JSON.parse(await post('dynamodb', `DynamoDB_20120810.${call.operation}`, body)),
      );
      return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    },
    async delete(handles) {
      await post('sqs', 'AmazonSQS.DeleteMessageBatch', JSON.stringify(deleteInput(queueUrl, handles)));
    },
  };
}
