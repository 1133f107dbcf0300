import { describe, expect, it } from '@jest/globals';
import type { QueuePort, SingleCallTable } from '@movie-load/aws';
import { recordSpans } from '@movie-load/testing';
import { type Around, createCallSpans } from '@movie-load/tracing';

const AROUND: Around = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

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
  it('get exactly what they were given, and no span outside of work', async () => {
    const seen: unknown[] = [];
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<Around>(sink, (around) => around);
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
    await calls.run(AROUND, () => queue.send(messages, options));
    expect(seen.map((one, index) => one === [messages, options][index % 2])).toEqual([true, true, true, true]);
    expect(spans).toMatchObject([{ name: 'sqs:SendMessageBatch', kind: 'client', parentId: AROUND.spanId }]);
  });

  it('end their span when they fail, and pass the error on', async () => {
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<Around>(sink, (around) => around);
    const port = calls.table(table({}));
    await expect(
      calls.run(AROUND, () => port.update({ key: { job_id: 'j', part: 'p' }, update: '', names: {}, values: {} })),
    ).rejects.toThrow(TypeError);
    expect(spans).toMatchObject([{ name: 'dynamodb:UpdateItem', outcome: { error: expect.any(TypeError) } }]);
  });

  it('have no span where the work is not sampled', async () => {
    const { sink, spans } = recordSpans();
    const calls = createCallSpans<Around>(sink, () => undefined);
    const port = calls.table(table({ get: async () => undefined }));
    await calls.run(AROUND, () => port.get({ job_id: 'j', part: 'p' }));
    expect(spans).toEqual([]);
  });
});
