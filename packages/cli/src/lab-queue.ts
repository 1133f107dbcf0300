// Calls to SQS on the learner's own queue: for the subcommands of `lab`, and for the page (through `up`).
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { type AwsClients, type LoadedAwsSettings, openQueue } from '@movie-load/aws';
import { awsCliLine, isFifo, newQueueAttributes, sqsArguments } from '@movie-load/operations/aws-cli';
import type { LabQueueRequest, LabQueueResponse } from '@movie-load/operations/lab';
import { UsageError } from '@movie-load/schema';
import { quoted } from './format.ts';

const QUEUE_NAME = /^[A-Za-z0-9_-]{1,75}(?:\.fifo)?$/;

/** Throws `UsageError` for an invalid name and for the names of the pipeline's own queues. */
export function labQueueName(name: string, settings: LoadedAwsSettings): string {
  if (!QUEUE_NAME.test(name)) throw new UsageError(`${quoted(name)} is not a valid queue name.`);
  if (name !== settings.queue && name !== settings.dlq) return name;
  throw new UsageError(`${name} belongs to the pipeline. Work on a queue of your own: \`lab create\` makes one.`);
}

export type LabQueueResult = Omit<LabQueueResponse, 'aws_cli' | 'refused'>;

export interface LabQueueCall {
  /** The equivalent line of the AWS CLI. */
  readonly aws_cli: string;
  /** Makes the call. Rejects as the SDK does. */
  run(): Promise<LabQueueResult>;
}

export interface LabQueueOptions {
  readonly settings: LoadedAwsSettings;
  readonly clients: AwsClients;
}

/**
 * Prepares one call to SQS. Throws `UsageError` if the queue is missing or belongs to the pipeline.
 *
 * @example const { run, aws_cli } = await labQueueCall({ action: 'status', queue: 'lab.fifo' }, { settings, clients });
 */
export async function labQueueCall(request: LabQueueRequest, options: LabQueueOptions): Promise<LabQueueCall> {
  const { settings, clients } = options;
  const name = labQueueName(request.queue, settings);
  const url = request.action === 'create' ? '' : await queueUrl(name, clients);
  const endpoint = settings.endpoints?.sqs ?? settings.endpoint;
  return {
    aws_cli: awsCliLine(endpoint, sqsArguments(request, url)),
    run: () => runCall(request, url, clients),
  };
}

async function queueUrl(name: string, clients: AwsClients): Promise<string> {
  const { url } = await openQueue(clients, name).catch((cause: unknown) => {
    throw Error.isError(cause) && 'code' in cause && cause.code === 'queue_missing'
      ? new UsageError(`There is no queue ${name}. \`lab create --queue ${name}\` makes it.`, { cause })
      : cause;
  });
  return url;
}

async function runCall(request: LabQueueRequest, QueueUrl: string, { sqs }: AwsClients): Promise<LabQueueResult> {
  switch (request.action) {
    case 'create': {
      const command = new CreateQueueCommand({ QueueName: request.queue, Attributes: newQueueAttributes(request) });
      return { created: { queue_url: (await sqs.send(command)).QueueUrl ?? '' } };
    }
    case 'status': {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      return { status: statusOf((await sqs.send(command)).Attributes) };
    }
    case 'remove':
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      return {};
    case 'send': {
      const { body: MessageBody, group: MessageGroupId, deduplication_id: MessageDeduplicationId } = request;
      const fifo = isFifo(request.queue) ? { MessageGroupId, MessageDeduplicationId } : {};
      const { MessageId, SequenceNumber } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...fifo }));
      return { sent: { message_id: MessageId ?? '', sequence_number: SequenceNumber ?? null } };
    }
    case 'receive': {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: request.max,
        WaitTimeSeconds: request.wait,
        ...(request.visibility === undefined ? {} : { VisibilityTimeout: request.visibility }),
        MessageSystemAttributeNames: ['All'],
      });
      return { messages: ((await sqs.send(command)).Messages ?? []).map(toLabMessage) };
    }
    case 'extend':
    case 'release': {
      const VisibilityTimeout = request.action === 'extend' ? request.visibility : 0;
      const { receipt_handle: ReceiptHandle } = request;
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
      return {};
    }
    case 'delete':
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: request.receipt_handle }));
      return {};
  }
}

function statusOf(attributes: Readonly<Record<string, string>> = {}) {
  const count = (suffix: string): number => Number(attributes[`ApproximateNumberOfMessages${suffix}`] ?? 0);
  return { waiting: count(''), in_flight: count('NotVisible'), delayed: count('Delayed') };
}

export type LabMessage = ReturnType<typeof toLabMessage>;

const toLabMessage = ({ MessageId, ReceiptHandle, Body, Attributes = {} }: Message) => ({
  message_id: MessageId ?? '',
  group: Attributes.MessageGroupId ?? null,
  receives: Number(Attributes.ApproximateReceiveCount ?? 0),
  body: Body ?? '',
  receipt_handle: ReceiptHandle ?? '',
});
