// A span for each call of a port, if the work that calls it has a span. It wraps ports that try once, so each attempt
// has a span. Receives, a queue's status, pages of jobs, and reads and copies of objects have none.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ObjectsPort, QueuePort, SingleCallTable } from '@movie-load/aws';
import { callAttributes } from './names.ts';
import type { SpanSink } from './spans.ts';

/** The span whose children the calls become. */
export interface ParentSpan {
  readonly traceId: string;
  readonly spanId: string;
}

export interface CallSpans<Work> {
  /** Runs the work. Each of its calls becomes a child of the span that `parentSpanOf` returns when the call begins. */
  run<Result>(work: Work, task: () => Promise<Result>): Promise<Result>;
  current(): Work | undefined;
  queue<Port extends QueuePort>(port: Port): Port;
  table(port: SingleCallTable): SingleCallTable;
  objects(port: ObjectsPort): ObjectsPort;
}

/** @param parentSpanOf returns undefined when the work is not sampled: then its calls have no spans */
export function createCallSpans<Work>(
  sink: SpanSink,
  parentSpanOf: (work: Work) => ParentSpan | undefined,
): CallSpans<Work> {
  const storage = new AsyncLocalStorage<Work>();

  async function withSpan<Result>(operation: string, task: () => Promise<Result>): Promise<Result> {
    const work = storage.getStore();
    const parent = work === undefined ? undefined : parentSpanOf(work);
    if (parent === undefined) return task();
    const span = sink.start({
      name: operation,
      kind: 'client',
      traceId: parent.traceId,
      parentId: parent.spanId,
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
      send: (...args) => withSpan('sqs:SendMessageBatch', () => port.send(...args)),
      delete: (...args) => withSpan('sqs:DeleteMessageBatch', () => port.delete(...args)),
      changeVisibility: (...args) => withSpan('sqs:ChangeMessageVisibilityBatch', () => port.changeVisibility(...args)),
    }),
    table: (port) => ({
      ...port,
      get: (...args) => withSpan('dynamodb:GetItem', () => port.get(...args)),
      create: (...args) => withSpan('dynamodb:PutItem', () => port.create(...args)),
      putBatch: (...args) => withSpan('dynamodb:BatchWriteItem', () => port.putBatch(...args)),
      deleteBatch: (...args) => withSpan('dynamodb:BatchWriteItem', () => port.deleteBatch(...args)),
      update: (...args) => withSpan('dynamodb:UpdateItem', () => port.update(...args)),
      updateIf: (...args) => withSpan('dynamodb:UpdateItem', () => port.updateIf(...args)),
      query: (...args) => withSpan('dynamodb:Query', () => port.query(...args)),
    }),
    objects: (port) => ({
      ...port,
      put: (...args) => withSpan('s3:PutObject', () => port.put(...args)),
      delete: (...args) => withSpan('s3:DeleteObject', () => port.delete(...args)),
      createUpload: (...args) => withSpan('s3:CreateMultipartUpload', () => port.createUpload(...args)),
      uploadPart: (...args) => withSpan('s3:UploadPart', () => port.uploadPart(...args)),
      listParts: (...args) => withSpan('s3:ListParts', () => port.listParts(...args)),
      completeUpload: (...args) => withSpan('s3:CompleteMultipartUpload', () => port.completeUpload(...args)),
      abortUpload: (...args) => withSpan('s3:AbortMultipartUpload', () => port.abortUpload(...args)),
    }),
  };
}
