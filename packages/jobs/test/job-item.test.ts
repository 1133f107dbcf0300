// The job's item: created once, by the first caller that succeeds, and changed only on its conditions.
import { describe, expect, test } from '@jest/globals';
import type { TableItem } from '@movie-load/aws';
import { createJobCreator, parseJobItem, recordUpload, setComplete, setObjectBytes } from '../src/job-item.ts';
import { errorNamed, fakeWorld, itemOf, runningJob } from './fake-context.ts';
import { batchOf, never, newPlan, STARTED_ON } from './support.ts';

describe('a job’s item', () => {
  const batch = batchOf(newPlan(20), [0]);

  /** A table whose calls of `create` end when the test ends them. */
  function start() {
    const created: {
      readonly item: TableItem;
      readonly signal: AbortSignal | undefined;
      readonly end: PromiseWithResolvers<TableItem | undefined>;
    }[] = [];
    const { context } = fakeWorld({
      create(item, options) {
        const end = Promise.withResolvers<TableItem | undefined>();
        created.push({ item, signal: options?.signal, end });
        return end.promise;
      },
    });
    return { created, creator: createJobCreator(context) };
  }
  const turn = () => new Promise(setImmediate);

  test('is created with the job of the batch and the caller’s signal', async () => {
    const { created, creator } = start();
    const signal = never();
    const ensured = creator.ensure(batch, signal);
    created[0]?.end.resolve(undefined);
    await ensured;
    expect(created[0]?.signal).toBe(signal);
    expect(parseJobItem(created[0]?.item)).toEqual({
      job_id: batch.job_id,
      kind: 'job',
      plan: batch.plan,
      status: 'RUNNING',
      started_on: STARTED_ON,
      done: new Set(),
    });
  });

  test('is created once for concurrent callers, whether it existed before or not', async () => {
    for (const existing of [undefined, itemOf(runningJob())]) {
      const { created, creator } = start();
      const all = [1, 2, 3].map(() => creator.ensure(batch, never()));
      await turn();
      expect(created).toHaveLength(1);
      created[0]?.end.resolve(existing);
      expect(await Promise.all(all)).toEqual(['exists', 'exists', 'exists']);
      await creator.ensure(batch, never());
      expect(created).toHaveLength(1);
    }
  });

  test('of a deleted job is not created, and each caller asks again', async () => {
    const { created, creator } = start();
    for (const time of [0, 1]) {
      const ensured = creator.ensure(batch, never());
      await turn();
      created[time]?.end.resolve({ ...itemOf(runningJob()), deleted_on: { S: STARTED_ON } });
      expect(await ensured).toBe('deleted');
    }
    expect(parseJobItem({ deleted_on: { S: STARTED_ON } })).toBeUndefined();
  });

  test('is created by the next waiting caller if the first one’s call fails; the first gets the error', async () => {
    const { created, creator } = start();
    const [first, second] = [creator.ensure(batch, never()), creator.ensure(batch, never())];
    first.catch(() => {});
    await turn();
    created[0]?.end.reject(errorNamed('ThrottlingException'));
    await expect(first).rejects.toThrow('ThrottlingException');
    await turn();
    expect(created).toHaveLength(2);
    created[1]?.end.resolve(undefined);
    await second;
  });

  test('is not awaited by a caller whose signal aborts', async () => {
    const { created, creator } = start();
    const first = creator.ensure(batch, never());
    const stop = new AbortController();
    const second = creator.ensure(batch, stop.signal);
    await turn();
    stop.abort(new Error('SIGTERM'));
    await expect(second).rejects.toThrow('SIGTERM');
    created[0]?.end.resolve(undefined);
    await first;
  });

  test('is created again after it was forgotten, and after a thousand other jobs', async () => {
    const created: string[] = [];
    const { context } = fakeWorld({
      async create(item) {
        created.push(item.job_id?.S ?? '');
        return undefined;
      },
    });
    const creator = createJobCreator(context);
    const ensure = (job_id: string) => creator.ensure({ ...batch, job_id }, never());
    await ensure('a');
    creator.forget('a');
    await ensure('a');
    expect(created).toEqual(['a', 'a']);
    for (let job = 1; job < 1000; job += 1) await ensure(`job ${job}`);
    await ensure('a');
    expect(created).toHaveLength(1001);
    await ensure('one more');
    await ensure('a');
    expect(created.slice(1001)).toEqual(['one more', 'a']);
  });

  test('is a bad item when it has no plan', () => {
    const { plan, ...rest } = itemOf(runningJob());
    expect(() => parseJobItem(rest)).toThrow(expect.objectContaining({ code: 'bad_item' }));
    expect(plan).toBeDefined();
  });
});

describe('the job’s item', () => {
  /** A table that records the requests. */
  function start(after: TableItem | undefined) {
    const requests: Record<string, unknown>[] = [];
    const remember =
      <T>(answer: T) =>
      async (request: object) => {
        requests.push({ ...request });
        return answer;
      };
    const world = fakeWorld({ update: remember(after), updateIf: remember({ applied: true, item: after }) });
    return { ...world, requests };
  }
  const { signal } = new AbortController();
  const NOW = '2026-11-25T00:00:00.000Z';

  test('records an upload only while the job is RUNNING, and only if it has none or the lost one', async () => {
    const { context, requests } = start({});
    await recordUpload(context, 'j', { id: 'new', lost: undefined }, signal);
    await recordUpload(context, 'j', { id: 'new', lost: 'old' }, signal);
    expect(requests).toMatchObject([
      {
        key: { job_id: 'j', part: 'job' },
        update: 'SET #upload = :id, #on = :now REMOVE #bytes',
        condition: '#status = :running AND attribute_not_exists(#upload)',
        names: { '#status': 'status', '#upload': 'upload_id', '#bytes': 'object_bytes', '#on': 'upload_on' },
        values: { ':id': { S: 'new' }, ':now': { S: NOW }, ':running': { S: 'RUNNING' } },
        signal,
      },
      { condition: '#status = :running AND #upload = :lost', values: { ':lost': { S: 'old' } } },
    ]);
    expect(requests[0]?.values).not.toHaveProperty(':lost');
  });

  test('records the object’s size only of the current upload', async () => {
    const { context, requests } = start({});
    await setObjectBytes(context, 'j', { id: 'u', bytes: 7 }, signal);
    expect(requests).toMatchObject([
      {
        update: 'SET #bytes = :bytes',
        condition: '#status = :running AND #upload = :id',
        values: { ':bytes': { N: '7' }, ':running': { S: 'RUNNING' }, ':id': { S: 'u' } },
        signal,
      },
    ]);
  });

  test('becomes COMPLETE once, with the object, and without the upload', async () => {
    const { context, requests } = start({});
    expect(await setComplete(context, 'j', { key: 'j.json', bytes: 7 }, signal)).toEqual({ applied: true, item: {} });
    expect(requests).toMatchObject([
      {
        update: expect.stringMatching(/REMOVE #upload, #on$/),
        condition: '#status = :running',
        values: { ':complete': { S: 'COMPLETE' }, ':now': { S: NOW }, ':key': { S: 'j.json' }, ':bytes': { N: '7' } },
        touchesIndex: true,
        signal,
      },
    ]);
  });
});
