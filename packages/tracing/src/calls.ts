// A span for each call of a port, if the work that calls it has a span. It wraps ports that try once, so each attempt
// has a span.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ObjectsPort, QueuePort, SingleCallTable } from '@movie-load/aws';
import { callAttributes } from './names.ts';
import type { SpanSink } from './spans.ts';

/** The span of the running work. */
export interface Around {
  readonly traceId: string;
  readonly spanId: string;
}

export interface CallSpans<Work> {
  /** Runs the work; its calls become children of the span that `aroundOf` returns at that time. */
  run<Result>(work: Work, task: () => Promise<Result>): Promise<Result>;
  current(): Work | undefined;
  queue<Port extends QueuePort>(port: Port): Port;
  table(port: SingleCallTable): SingleCallTable;
  objects(port: ObjectsPort): ObjectsPort;
}

/** @param aroundOf undefined while the work is not sampled: its calls have no spans then */
export function createCallSpans<Work>(sink: SpanSink, aroundOf: (work: Work) => Around | undefined): CallSpans<Work> {
  const storage = new AsyncLocalStorage<Work>();

  async function traced<Result>(operation: string, task: () => Promise<Result>): Promise<Result> {
    const work = storage.getStore();
    const around = work === undefined ? undefined : aroundOf(work);
    if (around === undefined) return task();
    const span = sink.start({
      name: operation,
      kind: 'client',
      traceId: around.traceId,
      parentId: around.spanId,
      attributes: callAttributes(operation),
    });
    try {
      const result = await task();
      span.end();
      return result;
    } catch (error) {
      span.end({ error });
      throw error;
    }
  }

  return {
    run: (work, task) => storage.run(work, task),
    current: () => storage.getStore(),
    queue: (port) => ({
      ...port,
      send: (...args) => traced('sqs:SendMessageBatch', () => port.send(...args)),
      delete: (...args) => traced('sqs:DeleteMessageBatch', () => port.delete(...args)),
      changeVisibility: (...args) => traced('sqs:ChangeMessageVisibilityBatch', () => port.changeVisibility(...args)),
    }),
    table: (port) => ({
      ...port,
      get: (...args) => traced('dynamodb:GetItem', () => port.get(...args)),
      create: (...args) => traced('dynamodb:PutItem', () => port.create(...args)),
      putBatch: (...args) => traced('dynamodb:BatchWriteItem', () => port.putBatch(...args)),
      deleteBatch: (...args) => traced('dynamodb:BatchWriteItem', () => port.deleteBatch(...args)),
      update: (...args) => traced('dynamodb:UpdateItem', () => port.update(...args)),
      updateIf: (...args) => traced('dynamodb:UpdateItem', () => port.updateIf(...args)),
      query: (...args) => traced('dynamodb:Query', () => port.query(...args)),
    }),
    objects: (port) => ({
      ...port,
      put: (...args) => traced('s3:PutObject', () => port.put(...args)),
      delete: (...args) => traced('s3:DeleteObject', () => port.delete(...args)),
      createUpload: (...args) => traced('s3:CreateMultipartUpload', () => port.createUpload(...args)),
      uploadPart: (...args) => traced('s3:UploadPart', () => port.uploadPart(...args)),
      listParts: (...args) => traced('s3:ListParts', () => port.listParts(...args)),
      completeUpload: (...args) => traced('s3:CompleteMultipartUpload', () => port.completeUpload(...args)),
      abortUpload: (...args) => traced('s3:AbortMultipartUpload', () => port.abortUpload(...args)),
    }),
  };
}
