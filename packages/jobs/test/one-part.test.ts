// An object of one part over ports that fail as each test wants: one request, and COMPLETE only after it.
import { describe, expect, test } from '@jest/globals';
import { completeJob, putObject } from '../src/complete.ts';
import {
  applied,
  callsNotAborted,
  errorNamed,
  fakeWorld,
  itemOf,
  refused,
  runningJob,
  s3Unreachable,
  tenMoviesAGroup,
} from './fake-context.ts';
import { batchesOf, never, newPlan } from './support.ts';

describe('an object of one part', () => {
  const plan = newPlan(10, 1, { group_size: 10 });
  const job = { job_id: batchesOf(plan)[0]?.job_id ?? '', plan };

  test('is put in one request that reports progress and emits its size', async () => {
    const sent: unknown[] = [];
    const { context, events } = fakeWorld(
      { query: tenMoviesAGroup },
      {
        put: async (key, body, options) =>
          void sent.push(key, body instanceof Uint8Array && body.length, options?.failsFast),
      },
    );
    let progress = 0;
    const bytes = await putObject(context, job, { signal: never(), onProgress: () => (progress += 1) });
    expect(sent).toEqual([`${job.job_id}.json`, bytes, true]);
    expect(events).toEqual([{ kind: 'part_written', job_id: job.job_id, part: 0, parts: 1, movies: 10, bytes, ms: 0 }]);
    expect(progress).toBe(1);
  });

  test('is streamed when it is larger than the buffer; every call ends with the caller’s signal', async () => {
    const sizes: unknown[] = [];
    const failures = [s3Unreachable()];
    const world = fakeWorld(
      { query: tenMoviesAGroup },
      {
        async put(_, body) {
          const failure = failures.shift();
          if (failure !== undefined) throw failure;
          sizes.push(body instanceof Uint8Array ? 'buffered' : body.bytes);
        },
        size: async () => undefined,
      },
    );
    const { context, events } = world;
    const stop = new AbortController();
    const bytes = await putObject({ ...context, bufferBytes: 100 }, job, { signal: stop.signal });
    expect(sizes).toEqual([bytes]);
    expect(bytes).toBeGreaterThan(100);
    expect(events).toMatchObject([{ kind: 'part_written', bytes }]);
    stop.abort();
    expect(world.signals.length).toBeGreaterThan(3);
    expect(callsNotAborted(world)).toEqual([]);
  });

  test('is put before the job is COMPLETE; when that fails, the job is not COMPLETE', async () => {
    for (const failure of [undefined, errorNamed('AccessDenied')]) {
      const calls: string[] = [];
      const { context } = fakeWorld(
        {
          query: tenMoviesAGroup,
          async updateIf() {
            calls.push('COMPLETE');
            return applied(itemOf(runningJob({ ...job, status: 'COMPLETE' })));
          },
        },
        {
          async put() {
            await new Promise(setImmediate);
            if (failure !== undefined) throw failure;
            calls.push('put');
          },
        },
      );
      const root = itemOf(runningJob({ ...job }));
      const completing = completeJob(context, job, root, { signal: never() });
      if (failure === undefined) expect(await completing).toBe('complete');
      else await expect(completing).rejects.toBe(failure);
      expect(calls).toEqual(failure === undefined ? ['put', 'COMPLETE'] : []);
    }
  });

  test('is reported as completed only by the consumer that sets the job COMPLETE', async () => {
    const complete = itemOf(runningJob({ ...job, status: 'COMPLETE' }));
    for (const [answer, end, kinds] of [
      [applied(complete), 'complete', ['completing', 'part_written', 'completed']],
      [refused(complete), 'complete', ['completing', 'part_written']],
      [refused(undefined), 'no_job', ['completing', 'part_written']],
    ] as const) {
      const { context, events } = fakeWorld(
        { query: tenMoviesAGroup, updateIf: async () => answer },
        { put: async () => undefined },
      );
      expect(await completeJob(context, job, itemOf(runningJob({ ...job })), { signal: never() })).toBe(end);
      expect(events.map(({ kind }) => kind)).toEqual(kinds);
    }
  });

  test('waits outside of its slot while S3 is unreachable; any other failure rejects', async () => {
    const failures = [s3Unreachable(), s3Unreachable()];
    const calls: string[] = [];
    const { context } = fakeWorld(
      { query: tenMoviesAGroup },
      {
        async put() {
          calls.push('put');
          const failure = failures.shift();
          if (failure !== undefined) throw failure;
        },
        async size(_, options) {
          expect(options?.failsFast).not.toBe(true);
          calls.push('size');
          return undefined;
        },
      },
    );
    await putObject(context, job, { signal: never() });
    expect(calls).toEqual(['put', 'size', 'put', 'size', 'put']);
    const refusing = fakeWorld({ query: tenMoviesAGroup }, { put: () => Promise.reject(errorNamed('AccessDenied')) });
    await expect(putObject(refusing.context, job, { signal: never() })).rejects.toThrow('AccessDenied');
  });
});
