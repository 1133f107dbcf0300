// Table, bucket and queue behind their breakers: every call is noted, and waits while its dependency counts as failing.
import {
  type CallOptions,
  classifyError,
  isAbort,
  type ObjectsPort,
  type QueuePort,
  type TablePort,
} from '@movie-load/aws';
import type { Breaker } from './breaker.ts';

/** Makes one call through the breaker. A call that cannot be aborted does not wait. */
async function through<T>(breaker: Breaker, { signal }: CallOptions, call: () => Promise<T>): Promise<T> {
  if (breaker.open && signal) await breaker.whenClosed(signal);
  return noted(breaker, { signal }, call);
}

/** Makes one call and tells the breaker how it went: our own aborts and bugs say nothing about the dependency. */
async function noted<T>(breaker: Breaker, { signal }: CallOptions, call: () => Promise<T>): Promise<T> {
  try {
    const result = await call();
    breaker.succeeded();
    return result;
  } catch (error) {
    if (!signal?.aborted && !isAbort(error) && classifyError(error) === 'transient') breaker.failed(error);
    throw error;
  }
}

export function guardTable(table: TablePort, breaker: Breaker): TablePort {
  return {
    name: table.name,
    get: (key, options = {}) => through(breaker, options, () => table.get(key, options)),
    create: (item, options = {}) => through(breaker, options, () => table.create(item, options)),
    putBatch: (items, options = {}) => through(breaker, options, () => table.putBatch(items, options)),
    update: (request) => through(breaker, request, () => table.update(request)),
    query: (request) => through(breaker, request, () => table.query(request)),
    queryJobs: (request) => through(breaker, request, () => table.queryJobs(request)),
  };
}

export function guardObjects(objects: ObjectsPort, breaker: Breaker): ObjectsPort {
  return {
    bucket: objects.bucket,
    size: (key, options = {}) => through(breaker, options, () => objects.size(key, options)),
    get: (key, options = {}) => through(breaker, options, () => objects.get(key, options)),
    put: (key, body, options = {}) => through(breaker, options, () => objects.put(key, body, options)),
    createUpload: (key, options = {}) => through(breaker, options, () => objects.createUpload(key, options)),
    uploadPart: (key, id, number, body, options = {}) =>
      through(breaker, options, () => objects.uploadPart(key, id, number, body, options)),
    completeUpload: (key, id, parts, options = {}) =>
      through(breaker, options, () => objects.completeUpload(key, id, parts, options)),
    abortUpload: (key, id, options = {}) => noted(breaker, options, () => objects.abortUpload(key, id, options)),
  };
}

/** Heartbeats and releases never wait: a message that they come too late for is delivered again. */
export function guardQueue(queue: QueuePort, breaker: Breaker): QueuePort {
  return {
    name: queue.name,
    send: (messages, options = {}) => through(breaker, options, () => queue.send(messages, options)),
    receive: (request) => noted(breaker, request, () => queue.receive(request)),
    delete: (handles, options = {}) => through(breaker, options, () => queue.delete(handles, options)),
    changeVisibility: (changes, options = {}) =>
      noted(breaker, options, () => queue.changeVisibility(changes, options)),
    status: (options = {}) => noted(breaker, options, () => queue.status(options)),
  };
}
