// Actions on a queue as lines of the AWS CLI for a shell. Imports no code, because the page shows the lines at its
// buttons.
import type { LabQueueRequest } from './lab/queue.ts';

/** @example awsCliLine('http://127.0.0.1:4566', ['list-queues']) // aws --endpoint-url http://127.0.0.1:4566 sqs list-queues */
export function awsCliLine(endpoint: string | undefined, words: readonly string[]): string {
  const where = endpoint === undefined ? [] : ['--endpoint-url', endpoint];
  return ['aws', ...where, 'sqs', ...words].map(shellWord).join(' ');
}

/** Quotes a word for a shell. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const isFifo = (queue: string): boolean => queue.endsWith('.fifo');

/** The attributes of a new queue. */
export const attributesOf = ({ queue, visibility }: { readonly queue: string; readonly visibility: number }) => ({
  VisibilityTimeout: String(visibility),
  ...(isFifo(queue) && { FifoQueue: 'true' }),
});

const ON_QUEUE = '--queue-url';
const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** The words after `sqs`. Creating a queue needs no URL. */
export function labQueueWords(request: LabQueueRequest, queueUrl: string): readonly string[] {
  const { action, queue } = request;
  switch (action) {
    case 'create': {
      const attributes = Object.entries(attributesOf(request)).map(([name, value]) => `${name}=${value}`);
      return ['create-queue', '--queue-name', queue, '--attributes', attributes.join(',')];
    }
    case 'status':
      return ['get-queue-attributes', ON_QUEUE, queueUrl, '--attribute-names', ...COUNTS];
    case 'remove':
      return ['delete-queue', ON_QUEUE, queueUrl];
    case 'send': {
      const { body, group, deduplication_id: id } = request;
      const fifo = isFifo(queue) ? ['--message-group-id', group, '--message-deduplication-id', id] : [];
      return ['send-message', ON_QUEUE, queueUrl, '--message-body', body, ...fifo];
    }
    case 'receive': {
      const { max, wait, visibility } = request;
      const options = ['--max-number-of-messages', String(max), '--wait-time-seconds', String(wait)];
      const hidden = visibility === undefined ? [] : ['--visibility-timeout', String(visibility)];
      return ['receive-message', ON_QUEUE, queueUrl, ...options, ...hidden, '--attribute-names', 'All'];
    }
    case 'extend':
    case 'release': {
      const seconds = action === 'extend' ? request.visibility : 0;
      const { receipt_handle } = request;
      const change = ['--receipt-handle', receipt_handle, '--visibility-timeout', String(seconds)];
      return ['change-message-visibility', ON_QUEUE, queueUrl, ...change];
    }
    case 'delete':
      return ['delete-message', ON_QUEUE, queueUrl, '--receipt-handle', request.receipt_handle];
  }
}
