// Requests to a queue as command lines of the AWS CLI. The page shows them beside its buttons, so this file imports
// only types: its imports would be bundled into the page.
import type { LabQueueRequest } from './lab/queue.ts';

/** @example awsCliLine('http://127.0.0.1:4566', ['list-queues']) // aws --endpoint-url http://127.0.0.1:4566 sqs list-queues */
export function awsCliLine(endpoint: string | undefined, args: readonly string[]): string {
  const endpointOption = endpoint === undefined ? [] : ['--endpoint-url', endpoint];
  return ['aws', ...endpointOption, 'sqs', ...args].map(shellWord).join(' ');
}

/** Quotes a word for a shell. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const isFifo = (queue: string): boolean => queue.endsWith('.fifo');

/** The SQS attributes with which a new queue is created. */
export const newQueueAttributes = ({ queue, visibility }: { readonly queue: string; readonly visibility: number }) => ({
  VisibilityTimeout: String(visibility),
  ...(isFifo(queue) && { FifoQueue: 'true' }),
});

const QUEUE_URL_OPTION = '--queue-url';
const COUNT_ATTRIBUTES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** The arguments after `aws sqs`. `create` does not use the URL. */
export function sqsArguments(request: LabQueueRequest, queueUrl: string): readonly string[] {
  const { action, queue } = request;
  switch (action) {
    case 'create': {
      const attributes = Object.entries(newQueueAttributes(request)).map(([name, value]) => `${name}=${value}`);
      return ['create-queue', '--queue-name', queue, '--attributes', attributes.join(',')];
    }
    case 'status':
      return ['get-queue-attributes', QUEUE_URL_OPTION, queueUrl, '--attribute-names', ...COUNT_ATTRIBUTES];
    case 'remove':
      return ['delete-queue', QUEUE_URL_OPTION, queueUrl];
    case 'send': {
      const { body, group, deduplication_id: id } = request;
      const fifoOptions = isFifo(queue) ? ['--message-group-id', group, '--message-deduplication-id', id] : [];
      return ['send-message', QUEUE_URL_OPTION, queueUrl, '--message-body', body, ...fifoOptions];
    }
    case 'receive': {
      const { max, wait, visibility } = request;
      const options = ['--max-number-of-messages', String(max), '--wait-time-seconds', String(wait)];
      const visibilityOption = visibility === undefined ? [] : ['--visibility-timeout', String(visibility)];
      return [
        'receive-message',
        QUEUE_URL_OPTION,
        queueUrl,
        ...options,
        ...visibilityOption,
        '--attribute-names',
        'All',
      ];
    }
    case 'extend':
    case 'release': {
      const seconds = action === 'extend' ? request.visibility : 0;
      const { receipt_handle } = request;
      const change = ['--receipt-handle', receipt_handle, '--visibility-timeout', String(seconds)];
      return ['change-message-visibility', QUEUE_URL_OPTION, queueUrl, ...change];
    }
    case 'delete':
      return ['delete-message', QUEUE_URL_OPTION, queueUrl, '--receipt-handle', request.receipt_handle];
  }
}
