// Ports whose every call follows a policy. What they take makes one SDK call per method and tries it once.
import type { ItemKey } from '@movie-load/schema';
import { EntriesFailed } from './errors.ts';
import { batchWithPolicy, type CallPolicy, callWithPolicy } from './policy.ts';
import type { CallOptions, ObjectsPort, QueuePort, SingleCallTable, TableItem, TablePort } from './ports.ts';

/** @example const table = resilientTable(openTable(clients, settings.table), { clock, random, maxAttempts: Infinity }); */
export function resilientTable(table: SingleCallTable, policy: CallPolicy): TablePort {
  return {
    name: table.name,
    get: (key, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 'dynamodb:GetItem' }, () => table.get(key, options)),
    create: (item, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 'dynamodb:PutItem' }, () => table.create(item, options)),
    async putBatch(items, { onWritten, ...options } = {}) {
      const operation = 'dynamodb:BatchWriteItem';
      let left: readonly TableItem[] = items;
      await callWithPolicy(policy, { ...options, operation }, async () => {
        const sent = left;
        left = await table.putBatch(sent, options);
        if (left.length < sent.length) onWritten?.(sent.length - left.length);
        if (left.length > 0) throw new EntriesFailed(operation, left.length, sent.length, undefined);
      });
    },
    async deleteBatch(keys, options = {}) {
      const operation = 'dynamodb:BatchWriteItem';
      let left: readonly ItemKey[] = keys;
      await callWithPolicy(policy, { ...options, operation }, async () => {
        const sent = left;
        left = await table.deleteBatch(sent, options);
        if (left.length > 0) throw new EntriesFailed(operation, left.length, sent.length, undefined);
      });
    },
    update: (request) =>
      callWithPolicy(policy, { ...limits(request), operation: 'dynamodb:UpdateItem' }, () => table.update(request)),
    updateIf: (request) =>
      callWithPolicy(policy, { ...limits(request), operation: 'dynamodb:UpdateItem' }, () => table.updateIf(request)),
    query: (request) =>
      callWithPolicy(policy, { ...limits(request), operation: 'dynamodb:Query' }, () => table.query(request)),
    queryJobs: (request) =>
      callWithPolicy(policy, { ...limits(request), operation: 'dynamodb:Query' }, () => table.queryJobs(request)),
  };
}

/** Of a request that carries more than its limits. */
const limits = ({ signal, maxAttempts, failsFast }: CallOptions) => ({ signal, maxAttempts, failsFast });

export function resilientObjects(objects: ObjectsPort, policy: CallPolicy): ObjectsPort {
  return {
    bucket: objects.bucket,
    size: (key, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:HeadObject' }, () => objects.size(key, options)),
    get: (key, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:GetObject' }, () => objects.get(key, options)),
    put: (key, body, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:PutObject' }, () => objects.put(key, body, options)),
    delete: (key, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:DeleteObject' }, () => objects.delete(key, options)),
    // The signal ends the attempts, but none that is on its way: it may succeed, and its answer has the upload's id.
    createUpload: (key, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:CreateMultipartUpload' }, () => objects.createUpload(key)),
    uploadPart: (key, id, number, body, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:UploadPart' }, () =>
        objects.uploadPart(key, id, number, body, options),
      ),
    copyPart: (key, id, number, range, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:UploadPartCopy' }, () =>
        objects.copyPart(key, id, number, range, options),
      ),
    listParts: (key, id, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:ListParts' }, () => objects.listParts(key, id, options)),
    completeUpload: (key, id, parts, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:CompleteMultipartUpload' }, () =>
        objects.completeUpload(key, id, parts, options),
      ),
    // The last call on the way out, with a short deadline: it does not wait for the breaker.
    abortUpload: (key, id, options = {}) =>
      callWithPolicy(policy, { ...options, operation: 's3:AbortMultipartUpload', waitsForBreaker: false }, () =>
        objects.abortUpload(key, id, options),
      ),
  };
}

/**
 * Batches return only what failed for good or in every attempt. Receives and changes of visibility never wait for the
 * breaker: a message that they come too late for is delivered again.
 */
export function resilientQueue<Queue extends QueuePort>(queue: Queue, policy: CallPolicy): Queue {
  return {
    ...queue,
    send: (messages, options = {}) =>
      batchWithPolicy(policy, { ...options, operation: 'sqs:SendMessageBatch' }, messages, (some) =>
        queue.send(some, options),
      ),
    delete: (handles, options = {}) =>
      batchWithPolicy(policy, { ...options, operation: 'sqs:DeleteMessageBatch' }, handles, (some) =>
        queue.delete(some, options),
      ),
    changeVisibility: (changes, options = {}) =>
      batchWithPolicy(
        policy,
        { ...options, operation: 'sqs:ChangeMessageVisibilityBatch', waitsForBreaker: false },
        changes,
        (some) => queue.changeVisibility(some, options),
      ),
    // The signal ends the attempts, but none that is on its way: it may have taken messages, and its answer has their handles.
    receive: (request) =>
      callWithPolicy(policy, { ...limits(request), operation: 'sqs:ReceiveMessage', waitsForBreaker: false }, () =>
        queue.receive({ ...request, signal: undefined }),
      ),
    status: (options = {}) =>
      callWithPolicy(policy, { ...options, operation: 'sqs:GetQueueAttributes', waitsForBreaker: false }, () =>
        queue.status(options),
      ),
  };
}
