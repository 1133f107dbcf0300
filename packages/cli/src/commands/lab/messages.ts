// `movie-load lab send`, `receive`, `extend`, `release` and `delete`: each is one call of SQS.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { awsOption, examples, exitWith, jsonOption } from '../../command.ts';
import { shown } from '../../format.ts';
import { wholeNumber } from '../../options.ts';
import { callLabQueue, type LabOptions, queueOption } from './lab-queue.ts';

const LONGEST_VISIBILITY = 43_200;

export function addMessageCommands(lab: Command): void {
  const add = (words: string, about: string) =>
    lab
      .command(words)
      .description(about)
      .option(...queueOption)
      .option(...jsonOption)
      .option(...awsOption);
  add('send <text>', 'Send a message.')
    .option('--group <name>', 'message group, of a FIFO queue', 'a')
    .option('--id <word>', 'deduplication id, of a FIFO queue; a new one for each send when it is left out')
    .addHelpText(
      ...examples('npm run movie-load -- lab send hello --group a', 'npm run movie-load -- lab send hello --id once'),
    )
    .action(exitWith(send));
  add('receive', 'Receive messages: they are hidden from other receivers until their visibility timeout ends.')
    .option('--max <n>', 'how many at most, 1 to 10', '1')
    .option('--visibility <seconds>', "hide them for this time; the queue's own when it is left out")
    .option('--wait <seconds>', 'wait for messages, 0 to 20', '0')
    .addHelpText(
      ...examples('npm run movie-load -- lab receive', 'npm run movie-load -- lab receive --max 10 --visibility 5'),
    )
    .action(exitWith(receive));
  add('extend <handle> <seconds>', 'Hide a message for longer: this number of seconds from now.')
    .addHelpText(
      ...examples(
        'npm run movie-load -- lab extend AQEB… 60',
        'npm run movie-load -- lab extend AQEB… 60 --queue standard',
      ),
    )
    .action(exitWith(extend));
  add('release <handle>', 'Make a message visible at once: its visibility timeout becomes 0.')
    .addHelpText(
      ...examples('npm run movie-load -- lab release AQEB…', 'npm run movie-load -- lab release AQEB… --json'),
    )
    .action(exitWith(release));
  add('delete <handle>', 'Delete a message: it never comes again.')
    .addHelpText(...examples('npm run movie-load -- lab delete AQEB…', 'npm run movie-load -- lab delete AQEB… --json'))
    .action(exitWith(remove));
}

interface SendOptions extends LabOptions {
  readonly group: string;
  readonly id?: string;
}

function send(MessageBody: string, options: SendOptions): Promise<number> {
  const isFifo = options.queue.endsWith('.fifo');
  const id = options.id ?? crypto.randomUUID();
  const fifo = isFifo ? { MessageGroupId: options.group, MessageDeduplicationId: id } : {};
  return callLabQueue(options, {
    cli: [
      'send-message',
      '--message-body',
      MessageBody,
      ...(isFifo ? ['--message-group-id', options.group, '--message-deduplication-id', id] : []),
    ],
    async run(sqs, QueueUrl) {
      const { MessageId, SequenceNumber } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...fifo }));
      return { message_id: MessageId ?? '', sequence_number: SequenceNumber ?? null };
    },
    text: ({ message_id, sequence_number }) =>
      `sent: message id ${message_id}${sequence_number === null ? '' : `, sequence number ${sequence_number}`}`,
  });
}

interface ReceiveOptions extends LabOptions {
  readonly max: string;
  readonly visibility?: string;
  readonly wait: string;
}

const TEN = 10;
const LONGEST_WAIT = 20;

function receive(options: ReceiveOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, TEN);
  const wait = wholeNumber('--wait', options.wait, 0, LONGEST_WAIT);
  const { visibility: text } = options;
  const visibility = text === undefined ? undefined : wholeNumber('--visibility', text, 0, LONGEST_VISIBILITY);
  return callLabQueue(options, {
    cli: [
      'receive-message',
      ...['--max-number-of-messages', String(max), '--wait-time-seconds', String(wait)],
      ...(visibility === undefined ? [] : ['--visibility-timeout', String(visibility)]),
      ...['--attribute-names', 'All'],
    ],
    async run(sqs, QueueUrl) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: wait,
        ...(visibility === undefined ? {} : { VisibilityTimeout: visibility }),
        MessageSystemAttributeNames: ['All'],
      });
      const { Messages = [] } = await sqs.send(command);
      return { messages: Messages.map(jsonOf) };
    },
    text: ({ messages }) =>
      messages.length === 0 ? 'No message can be received now.' : messages.map(textOf).join('\n'),
  });
}

const jsonOf = ({ MessageId, ReceiptHandle, Body, Attributes = {} }: Message) => ({
  message_id: MessageId ?? '',
  group: Attributes.MessageGroupId ?? null,
  receives: Number(Attributes.ApproximateReceiveCount ?? 0),
  body: Body ?? '',
  receipt_handle: ReceiptHandle ?? '',
});

function textOf({ message_id, group, receives, body, receipt_handle }: ReturnType<typeof jsonOf>): string {
  const of = group === null ? '' : `group ${shown(group)}, `;
  return `${shown(body, 200)}\n  ${of}receive ${receives}, message id ${message_id}\n  receipt handle ${receipt_handle}`;
}

function extend(handle: string, seconds: string, options: LabOptions): Promise<number> {
  return hide(handle, wholeNumber('The seconds', seconds, 1, LONGEST_VISIBILITY), options);
}

const release = (handle: string, options: LabOptions): Promise<number> => hide(handle, 0, options);

function hide(ReceiptHandle: string, seconds: number, options: LabOptions): Promise<number> {
  return callLabQueue(options, {
    cli: ['change-message-visibility', '--receipt-handle', ReceiptHandle, '--visibility-timeout', String(seconds)],
    async run(sqs, QueueUrl) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }));
      return { hidden_seconds: seconds };
    },
    text: () => (seconds === 0 ? 'Released: it can be received at once.' : `Hidden for ${seconds} s from now.`),
  });
}

function remove(ReceiptHandle: string, options: LabOptions): Promise<number> {
  return callLabQueue(options, {
    cli: ['delete-message', '--receipt-handle', ReceiptHandle],
    async run(sqs, QueueUrl) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return { deleted: true };
    },
    text: () => 'Deleted: it never comes again.',
  });
}
