// `movie-load lab send`, `receive`, `extend`, `release` and `delete`: each makes one call to SQS.
import { isFifo } from '@movie-load/operations/aws-cli';
import { MAX_VISIBILITY, MAX_WAIT } from '@movie-load/operations/lab';
import { awsOption, defineCommand, jsonOption } from '../../command.ts';
import { printable } from '../../format.ts';
import type { LabMessage } from '../../lab-queue.ts';
import { wholeNumber } from '../../options.ts';
import { callLabQueue, type LabOptions, queueOption } from './call.ts';

const COMMON = [queueOption, jsonOption, awsOption];

export const messageCommands = [
  defineCommand('send <text>', {
    about: 'Send a message.',
    options: [
      ...COMMON,
      ['--group <name>', 'message group (FIFO queues only)', 'a'],
      ['--id <word>', 'deduplication id (FIFO queues only; default: a new one for each send)'],
    ],
    examples: ['npm run movie-load -- lab send hello --group a', 'npm run movie-load -- lab send hello --id once'],
    run: send,
  }),
  defineCommand('receive', {
    about: 'Receive messages: they are hidden from other receivers until their visibility timeout ends.',
    options: [
      ...COMMON,
      ['--max <n>', 'maximum number of messages, 1 to 10', '1'],
      ['--visibility <seconds>', "visibility timeout of the received messages (default: the queue's own)"],
      ['--wait <seconds>', 'how long to wait for messages, 0 to 20', '0'],
    ],
    examples: ['npm run movie-load -- lab receive', 'npm run movie-load -- lab receive --max 10 --visibility 5'],
    run: receive,
  }),
  defineCommand('extend <handle> <seconds>', {
    about: 'Hide a message for longer: this number of seconds from now.',
    options: COMMON,
    examples: [
      'npm run movie-load -- lab extend AQEB… 60',
      'npm run movie-load -- lab extend AQEB… 60 --queue standard',
    ],
    run: extend,
  }),
  defineCommand('release <handle>', {
    about: 'Make a message visible at once: its visibility timeout becomes 0.',
    options: COMMON,
    examples: ['npm run movie-load -- lab release AQEB…', 'npm run movie-load -- lab release AQEB… --json'],
    run: release,
  }),
  defineCommand('delete <handle>', {
    about: 'Delete a message: it is never delivered again.',
    options: COMMON,
    examples: ['npm run movie-load -- lab delete AQEB…', 'npm run movie-load -- lab delete AQEB… --json'],
    run: remove,
  }),
];

interface SendOptions extends LabOptions {
  readonly group: string;
  readonly id?: string;
}

function send(body: string, options: SendOptions): Promise<number> {
  const { queue, group, id = crypto.randomUUID() } = options;
  return callLabQueue(
    options,
    { action: 'send', queue, body, group, deduplication_id: id },
    {
      json: ({ sent = { message_id: '', sequence_number: null } }) => sent,
      text: ({ message_id, sequence_number }) =>
        `sent: message id ${message_id}${sequence_number === null ? '' : `, sequence number ${sequence_number}`}`,
    },
  );
}

interface ReceiveOptions extends LabOptions {
  readonly max: string;
  readonly visibility?: string;
  readonly wait: string;
}

const MAX_MESSAGES = 10;

function receive(options: ReceiveOptions): Promise<number> {
  const max = wholeNumber('--max', options.max, 1, MAX_MESSAGES);
  const wait = wholeNumber('--wait', options.wait, 0, MAX_WAIT);
  const { queue, visibility: text } = options;
  const visibility = text === undefined ? undefined : wholeNumber('--visibility', text, 0, MAX_VISIBILITY);
  return callLabQueue(
    options,
    { action: 'receive', queue, max, wait, visibility },
    {
      json: ({ messages = [] }) => ({ messages }),
      text: ({ messages }) =>
        messages.length === 0 ? 'No message can be received now.' : messages.map(messageText).join('\n'),
    },
  );
}

function messageText({ message_id, group, receives, body, receipt_handle }: LabMessage): string {
  const groupText = group === null ? '' : `group ${printable(group)}, `;
  return `${printable(body, 200)}\n  ${groupText}receive ${receives}, message id ${message_id}\n  receipt handle ${receipt_handle}`;
}

function extend(receipt_handle: string, seconds: string, options: LabOptions): Promise<number> {
  const visibility = wholeNumber('The seconds', seconds, 1, MAX_VISIBILITY);
  return callLabQueue(
    options,
    { action: 'extend', queue: options.queue, receipt_handle, visibility },
    { json: () => ({ hidden_seconds: visibility }), text: () => `Hidden for ${visibility} s from now.` },
  );
}

function release(receipt_handle: string, options: LabOptions): Promise<number> {
  return callLabQueue(
    options,
    { action: 'release', queue: options.queue, receipt_handle },
    { json: () => ({ hidden_seconds: 0 }), text: () => 'Released: it can be received at once.' },
  );
}

const DELETED = 'Deleted: it is never delivered again.';
/** SQS reports success also for an older receipt handle, and may delete nothing then. */
const DELETED_FROM_STANDARD =
  'Deleted, if this is the receipt handle of its last receive: on a standard queue SQS accepts an older one and may delete nothing.';

function remove(receipt_handle: string, options: LabOptions): Promise<number> {
  return callLabQueue(
    options,
    { action: 'delete', queue: options.queue, receipt_handle },
    { json: () => ({ deleted: true }), text: () => (isFifo(options.queue) ? DELETED : DELETED_FROM_STANDARD) },
  );
}
