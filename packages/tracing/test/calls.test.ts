import { describe, expect, it } from '@jest/globals';
import type { ObjectsPort, QueuePort, SingleCallTable } from '@movie-load/aws';
import { recordSpans } from '@movie-load/testing';
import { createCallSpans, type ParentSpan } from '@movie-load/tracing';

const PARENT: ParentSpan = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

const refuse = () => Promise.reject(new TypeError('not for this test'));
const table = (more: Partial<SingleCallTable>): SingleCallTable => ({
  name: 'table',
  get: refuse,
  create: refuse,
  putBatch: refuse,
  deleteBatch: refuse,
  update: refuse,
  updateIf: refuse,
  query: refuse,
  queryJobs: refuse,
  ...more,
});

describe('the calls of a port', () => {
  it('pass their arguments on unchanged, and have a span only where work runs', async () => {
    const seen: unknown[] = [];
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<ParentSpan>(sink, (parent) => parent);
    const send: QueuePort['send'] = async (...args) => {
      seen.push(...args);
      return [];
    };
    const queue = calls.queue({
      name: 'q',
      send,
      receive: refuse,
      delete: refuse,
      changeVisibility: refuse,
      status: refuse,
    });
    const messages = [{ body: '{}', groupId: 'g', deduplicationId: 'd' }];
    const options = { maxAttempts: 3 };
    await queue.send(messages, options);
    expect(spans).toEqual([]);
    await calls.run(PARENT, () => queue.send(messages, options));
    expect(seen.map((one, index) => one === [messages, options][index % 2])).toEqual([true, true, true, true]);
    expect(spans).toMatchObject([
      { name: 'sqs:SendMessageBatch', kind: 'client', traceId: PARENT.traceId, parentId: PARENT.spanId },
    ]);
  });

  it('end their span when they fail, and throw the error', async () => {
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<ParentSpan>(sink, (parent) => parent);
    const port = calls.table(table({}));
    await expect(
      calls.run(PARENT, () => port.update({ key: { job_id: 'j', part: 'p' }, update: '', names: {}, values: {} })),
    ).rejects.toThrow(TypeError);
    expect(spans).toMatchObject([{ name: 'dynamodb:UpdateItem', outcome: { error: expect.any(TypeError) } }]);
  });

  it('have spans with the names of their operations', async () => {
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<ParentSpan>(sink, (parent) => parent);
    const calledWith: unknown[][] = [];
    /** A port whose every method answers with its own name. */
    const port = <Port extends object>(...names: readonly (keyof Port & string)[]) =>
      Object.fromEntries(
        names.map((name) => [
          name,
          async (...args: unknown[]) => {
            calledWith.push(args);
            return name;
          },
        ]),
      ) as unknown as Port;
    const ports = {
      ...calls.queue(port<QueuePort>('send', 'receive', 'delete', 'changeVisibility', 'status')),
      ...calls.table(
        port<SingleCallTable>('get', 'create', 'putBatch', 'deleteBatch', 'update', 'updateIf', 'query', 'queryJobs'),
      ),
    };
    const objects = calls.objects(
      port<ObjectsPort>(
        'put',
        'delete',
        'createUpload',
        'uploadPart',
        'listParts',
        'completeUpload',
        'abortUpload',
        'get',
        'size',
        'copyPart',
      ),
    );
    /** As many arguments as `uploadPart` and `copyPart` have. */
    const anyArguments = ['one', { two: 2 }, 3, [4], { anyArguments: 5 }];
    const named = async (all: object) => {
      const names: Record<string, string | undefined> = {};
      for (const [name, call] of Object.entries(all) as [string, (...args: unknown[]) => Promise<unknown>][]) {
        const before = spans.length;
        expect(await calls.run(PARENT, () => call(...anyArguments))).toBe(name);
        expect(calledWith.at(-1)).toEqual(anyArguments);
        names[name] = spans[before]?.name;
        expect(spans.length - before).toBe(names[name] === undefined ? 0 : 1);
      }
      return names;
    };
    // Long polls, a queue's status, pages of jobs, and reads and copies of objects have no spans.
    expect(await named(ports)).toStrictEqual({
      send: 'sqs:SendMessageBatch',
      receive: undefined,
      changeVisibility: 'sqs:ChangeMessageVisibilityBatch',
      delete: 'sqs:DeleteMessageBatch',
      status: undefined,
      get: 'dynamodb:GetItem',
      create: 'dynamodb:PutItem',
      putBatch: 'dynamodb:BatchWriteItem',
      deleteBatch: 'dynamodb:BatchWriteItem',
      update: 'dynamodb:UpdateItem',
      updateIf: 'dynamodb:UpdateItem',
      query: 'dynamodb:Query',
      queryJobs: undefined,
    });
    expect(await named(objects)).toStrictEqual({
      put: 's3:PutObject',
      delete: 's3:DeleteObject',
      createUpload: 's3:CreateMultipartUpload',
      uploadPart: 's3:UploadPart',
      listParts: 's3:ListParts',
      completeUpload: 's3:CompleteMultipartUpload',
      abortUpload: 's3:AbortMultipartUpload',
      get: undefined,
      size: undefined,
      copyPart: undefined,
    });
    const attributes = new Map(spans.map((span) => [span.name, span.attributes]));
    expect(attributes.get('dynamodb:Query')).toEqual({
      'rpc.system.name': 'aws-api',
      'rpc.method': 'dynamodb/Query',
      'db.system.name': 'aws.dynamodb',
      'db.operation.name': 'Query',
    });
    expect(attributes.get('s3:PutObject')).toEqual({ 'rpc.system.name': 'aws-api', 'rpc.method': 's3/PutObject' });
    expect(spans.every(({ outcome }) => outcome !== undefined && outcome.error === undefined)).toBe(true);
  });

  it('are made without a span where no work runs; `current` returns the running work', async () => {
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<{ readonly parent: ParentSpan }>(sink, ({ parent }) => parent);
    const port = calls.table(table({ get: async () => undefined }));
    const get = () => port.get({ job_id: 'j', part: 'p' });
    await get();
    expect([spans, calls.current()]).toEqual([[], undefined]);
    const work = { parent: PARENT };
    expect(await calls.run(work, async () => calls.current())).toBe(work);
    await calls.run(work, get);
    expect(spans).toMatchObject([{ traceId: PARENT.traceId, parentId: PARENT.spanId }]);
  });

  it('have no span where the work is not sampled', async () => {
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<ParentSpan>(sink, () => undefined);
    const port = calls.table(table({ get: async () => undefined }));
    await calls.run(PARENT, () => port.get({ job_id: 'j', part: 'p' }));
    expect(spans).toEqual([]);
  });
});
