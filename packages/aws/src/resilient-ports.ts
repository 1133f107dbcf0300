// Ports whose every call follows a policy. The ports that they wrap make one SDK call per method, once.
import type { ItemKey } from '@movie-load/schema';
import { EntriesFailed } from './errors.ts';
import { batchWithPolicy, type CallPolicy, callWithPolicy, type PolicyCall } from './policy.ts';
import type { ObjectsPort, QueuePort, SingleCallTable, TableItem, TablePort } from './ports.ts';

/** A function that makes one call of a port with the policy. */
const callerWithPolicy =
  (policy: CallPolicy) =>
  <T>(operation: string, options: Omit<PolicyCall, 'operation'>, attempt: () => Promise<T>): Promise<T> =>
    callWithPolicy(policy, { ...options, operation }, attempt);

/** For calls that are useless after a wait for the breaker. */
const WITHOUT_BREAKER_WAIT = { waitsForBreaker: false } as const;

/** @example const table = resilientTable(openTable(clients, settings.table), { clock, random, maxAttempts: Infinity }); */
export function resilientTable(table: SingleCallTable, policy: CallPolicy): TablePort {
  const call = callerWithPolicy(policy);
  const batchWrite = 'dynamodb:BatchWriteItem';
  return {
    name: table.name,
    get: (key, options = {}) => call('dynamodb:GetItem', options, () => table.get(key, options)),
    create: (item, options = {}) => call('dynamodb:PutItem', options, () => table.create(item, options)),
    async putBatch(items, { onWritten, ...options } = {}) {
      let remaining: readonly TableItem[] = items;
      await call(batchWrite, options, async () => {
        const sent = remaining;
        remaining = await table.putBatch(sent, options);
        if (remaining.length < sent.length) onWritten?.(sent.length - remaining.length);
        if (remaining.length > 0) throw new EntriesFailed(batchWrite, remaining.length, sent.length, undefined);
      });
    },
    async deleteBatch(keys, options = {}) {
      let remaining: readonly ItemKey[] = keys;
      await call(batchWrite, options, async () => {
        const sent = remaining;
        remaining = await table.deleteBatch(sent, options);
        if (remaining.length > 0) throw new EntriesFailed(batchWrite, remaining.length, sent.length, undefined);
      });
    },
    update: (request) => call('dynamodb:UpdateItem', request, () => table.update(request)),
    updateIf: (request) => call('dynamodb:UpdateItem', request, () => table.updateIf(request)),
    query: (request) => call('dynamodb:Query', request, () => table.query(request)),
    queryJobs: (request) => call('dynamodb:Query', request, () => table.queryJobs(request)),
  };
}

export function resilientObjects(objects: ObjectsPort, policy: CallPolicy): ObjectsPort {
  const call = callerWithPolicy(policy);
  return {
    bucket: objects.bucket,
    size: (key, options = {}) => call('s3:HeadObject', options, () => objects.size(key, options)),
    get: (key, options = {}) => call('s3:GetObject', options, () => objects.get(key, options)),
    put: (key, body, options = {}) => call('s3:PutObject', options, () => objects.put(key, body, options)),
    delete: (key, options = {}) => call('s3:DeleteObject', options, () => objects.delete(key, options)),
    // The signal ends the retries but not a running attempt, which may succeed: its answer has the upload's id.
    createUpload: (key, options = {}) => call('s3:CreateMultipartUpload', options, () => objects.createUpload(key)),
    uploadPart: (key, id, number, body, options = {}) =>
      call('s3:UploadPart', options, () => objects.uploadPart(key, id, number, body, options)),
    copyPart: (key, id, number, range, options = {}) =>
      call('s3:UploadPartCopy', options, () => objects.copyPart(key, id, number, range, options)),
    listParts: (key, id, options = {}) => call('s3:ListParts', options, () => objects.listParts(key, id, options)),
    completeUpload: (key, id, parts, options = {}) =>
      call('s3:CompleteMultipartUpload', options, () => objects.completeUpload(key, id, parts, options)),
    // The last call of a shutdown, with a short deadline.
    abortUpload: (key, id, options = {}) =>
      call('s3:AbortMultipartUpload', { ...options, ...WITHOUT_BREAKER_WAIT }, () =>
        objects.abortUpload(key, id, options),
      ),
  };
}

/**
 * Batches return only entries that failed permanently or in every attempt. Only sends and deletes wait for the breaker:
 * after a wait, SQS has delivered the messages of a visibility change again, and callers of `receive` and `status` need
 * an answer soon.
 */
export function resilientQueue<Queue extends QueuePort>(queue: Queue, policy: CallPolicy): Queue {
  const call = callerWithPolicy(policy);
  return {
    ...queue,
    send: (messages, options = {}) =>
      batchWithPolicy(policy, { ...options, operation: 'sqs:SendMessageBatch' }, messages, (entries) =>
        queue.send(entries, options),
      ),
    delete: (handles, options = {}) =>
      batchWithPolicy(policy, { ...options, operation: 'sqs:DeleteMessageBatch' }, handles, (entries) =>
        queue.delete(entries, options),
      ),
    changeVisibility: (changes, options = {}) =>
      batchWithPolicy(
        policy,
        { ...options, ...WITHOUT_BREAKER_WAIT, operation: 'sqs:ChangeMessageVisibilityBatch' },
        changes,
        (entries) => queue.changeVisibility(entries, options),
      ),
    // The signal ends the retries but not a running attempt, which may receive messages: its answer has their
    // handles.
    receive: (request) =>
      call('sqs:ReceiveMessage', { ...request, ...WITHOUT_BREAKER_WAIT }, () =>
        queue.receive({ ...request, signal: undefined }),
      ),
    status: (options = {}) =>
      call('sqs:GetQueueAttributes', { ...options, ...WITHOUT_BREAKER_WAIT }, () => queue.status(options)),
  };
}
