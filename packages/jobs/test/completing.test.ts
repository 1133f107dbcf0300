// Completing a job of several parts over ports that fail as each test wants: the job is COMPLETE only with its
// object, and no part is begun after another one failed.
import { describe, expect, test } from '@jest/globals';
import type { ListedPart } from '@movie-load/aws';
import type { JobItem } from '@movie-load/schema';
import { completeJob } from '../src/complete.ts';
import {
  applied,
  callsNotAborted,
  errorNamed,
  fakeWorld,
  itemOf,
  listed,
  refused,
  runningJob,
  s3Unreachable,
  tenMoviesAGroup,
} from './fake-context.ts';
import { never } from './support.ts';

type Answer<T> = T | Error;
const take = <T>(answers: Answer<T>[], otherwise: T): T => {
  const answer = answers.shift() ?? otherwise;
  if (answer instanceof Error) throw answer;
  return answer;
};

/** A job of three parts with the upload `old`; each list of answers is used up in order, then calls succeed. */
function start(more: Partial<JobItem> = {}) {
  const job = runningJob({ upload_id: 'old', ...more });
  const state = { item: { ...job } as JobItem | undefined, size: undefined as number | undefined };
  const answers = {
    lists: [] as Answer<ListedPart[]>[],
    completions: [] as Answer<undefined>[],
    sizeRecords: [] as Answer<ReturnType<typeof applied>>[],
    parts: [] as Answer<undefined>[],
  };
  const calls: string[] = [];
  const world = fakeWorld(
    {
      query: tenMoviesAGroup,
      get: async () => state.item && itemOf(state.item),
      async updateIf({ update, values }) {
        if (update.includes('#status =')) {
          expect(values[':key']?.S).toBe(`${job.job_id}.json`);
          calls.push(`COMPLETE ${values[':bytes']?.N}`);
          return applied(itemOf({ ...job, status: 'COMPLETE' }));
        }
        calls.push(
          update.includes('#upload =') ? `record upload ${values[':id']?.S}` : `record size ${values[':bytes']?.N}`,
        );
        return take(answers.sizeRecords, applied(itemOf(job)));
      },
      update: async () => ({}),
    },
    {
      async listParts(_, id) {
        calls.push(`list ${id}`);
        return take(answers.lists, listed(1, 2, 3));
      },
      async uploadPart(_, id, number, __, options) {
        // The call fails at once while S3 is unreachable, because waiting would hold a slot that other parts need.
        expect(options?.failsFast).toBe(true);
        calls.push(`part ${number} to ${id}`);
        take(answers.parts, undefined);
      },
      async completeUpload(_, id, parts) {
        calls.push(`complete ${id} with ${parts.map(({ etag }) => etag).join()}`);
        take(answers.completions, undefined);
      },
      // Completing the job waits for S3, because no later step would create the upload.
      async createUpload(_, options) {
        calls.push(options?.failsFast ? 'create fast' : 'create');
        return 'new';
      },
      async size(_, options) {
        calls.push(options?.failsFast ? 'size fast' : 'size');
        return state.size;
      },
      async abortUpload(_, id) {
        calls.push(`abort ${id}`);
      },
    },
  );
  const complete = (signal = never()) => completeJob(world.context, job, itemOf(job), { signal });
  return { ...world, job, state, answers, calls, complete };
}

describe('completing an object of several parts', () => {
  test('completes the upload with the parts that S3 lists, records the size before and COMPLETE after', async () => {
    const { complete, calls, events, context, job } = start();
    context.uploads.set(job.job_id, 'old');
    expect(await complete()).toBe('complete');
    expect(calls).toEqual(['list old', 'record size 300', 'complete old with "1","2","3"', 'COMPLETE 300']);
    expect(events).toMatchObject([{ kind: 'completing' }, { kind: 'completed', movies: 60, bytes: 300 }]);
    expect(context.uploads.size).toBe(0);
  });

  test('uploads only the parts that are not listed, then lists again', async () => {
    const { complete, calls, answers } = start();
    answers.lists.push(listed(2));
    await complete();
    expect(calls.slice(0, 4).toSorted()).toEqual(['list old', 'list old', 'part 1 to old', 'part 3 to old']);
    expect(calls.slice(4)).toEqual(['record size 300', 'complete old with "1","2","3"', 'COMPLETE 300']);
  });

  test('lists again after a pause when S3 answers InvalidPart because a part has changed', async () => {
    const { complete, calls, answers, clock } = start();
    answers.completions.push(errorNamed('InvalidPart'));
    const completing = complete();
    await clock.advance(499);
    expect(calls.at(-1)).toMatch(/^complete/);
    await clock.advance(1);
    expect(await completing).toBe('complete');
    expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(2);
  });

  test('sets the job COMPLETE after NoSuchUpload if the object exists', async () => {
    const { complete, calls, answers, clock, state } = start({ object_bytes: 300 });
    answers.completions.push(errorNamed('NoSuchUpload'));
    state.size = 300;
    const completing = complete();
    await clock.advance(1000);
    expect(await completing).toBe('complete');
    expect(calls.slice(-2)).toEqual(['size', 'COMPLETE 300']);
  });

  test('uploads all parts to another upload after NoSuchUpload if there is no object', async () => {
    const { complete, calls, answers, clock } = start({ object_bytes: 300 });
    answers.completions.push(errorNamed('NoSuchUpload'));
    answers.lists.push(listed(1, 2, 3), []);
    const completing = complete();
    await clock.advance(1000);
    expect(await completing).toBe('complete');
    expect(calls.filter((call) => call.startsWith('part')).toSorted()).toEqual([
      'part 1 to new',
      'part 2 to new',
      'part 3 to new',
    ]);
    expect(calls.at(-1)).toBe('COMPLETE 300');
    expect(calls.indexOf('COMPLETE 300')).toBe(calls.length - 1);
  });

  test('continues with the recorded upload when another process has replaced its own', async () => {
    const { complete, calls, answers, job } = start();
    answers.sizeRecords.push(refused(itemOf({ ...job, upload_id: 'other' })));
    expect(await complete()).toBe('complete');
    expect(calls.filter((call) => call.startsWith('complete'))).toEqual(['complete other with "1","2","3"']);
  });

  test('changes nothing when the job is COMPLETE or deleted by the time the size is recorded', async () => {
    const done = start();
    done.answers.sizeRecords.push(refused(itemOf({ ...done.job, status: 'COMPLETE' })));
    expect(await done.complete()).toBe('complete');
    const gone = start();
    gone.answers.sizeRecords.push(refused(undefined));
    expect(await gone.complete()).toBe('no_job');
    for (const { calls } of [done, gone])
      expect(calls.filter((call) => /^complete|^COMPLETE|^create/.test(call))).toEqual([]);
  });

  test('creates an upload if the job has none, and waits for S3 to do so', async () => {
    const { complete, calls } = start({ upload_id: undefined });
    expect(await complete()).toBe('complete');
    expect(calls.slice(0, 2)).toEqual(['create', 'record upload new']);
  });

  test('lists again and continues after a part failed because S3 was unreachable', async () => {
    const { complete, calls, answers } = start();
    answers.lists.push([]);
    answers.parts.push(s3Unreachable());
    expect(await complete()).toBe('complete');
    expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(2);
    expect(calls.at(-1)).toBe('COMPLETE 300');
  });

  test.each(['list', 'part', 'record size', 'complete'])(
    'rejects when %s fails, and leaves the job RUNNING',
    async (step) => {
      const { complete, calls, answers } = start();
      const failure = errorNamed('AccessDenied');
      if (step === 'list') answers.lists.push(failure);
      if (step === 'part') {
        answers.lists.push(listed(1, 2));
        answers.parts.push(failure);
      }
      if (step === 'record size') answers.sizeRecords.push(failure);
      if (step === 'complete') answers.completions.push(failure);
      await expect(complete()).rejects.toBe(failure);
      expect(calls.filter((call) => call.startsWith('COMPLETE'))).toEqual([]);
    },
  );

  test('ends the other part before it rejects when one part fails, and begins no further part', async () => {
    const { job, answers, calls, context } = start();
    answers.lists.push([]);
    const other = Promise.withResolvers<void>();
    let ended = false;
    const objects = {
      ...context.objects,
      async uploadPart(
        _: string,
        __: string,
        number: number,
        ___: unknown,
        call: { signal?: AbortSignal | undefined } = {},
      ) {
        calls.push(`part ${number}`);
        if (number === 1) {
          call.signal?.addEventListener('abort', () => setImmediate(() => other.reject(new Error('aborted'))));
          return other.promise.finally(() => {
            ended = true;
          });
        }
        throw errorNamed('AccessDenied');
      },
    };
    const failing = { ...context, objects } as typeof context;
    await expect(completeJob(failing, job, itemOf(job), { signal: never() })).rejects.toThrow('AccessDenied');
    expect(ended).toBe(true);
    await new Promise(setImmediate);
    expect(calls.filter((call) => call.startsWith('part'))).toEqual(['part 1', 'part 2']);
  });

  test('ends every call with the caller’s signal, and reports progress after each part', async () => {
    const world = start();
    const { context, answers, job, clock, state } = world;
    answers.lists.push(listed(2));
    answers.completions.push(errorNamed('NoSuchUpload'));
    state.item = { ...job, object_bytes: 300 };
    state.size = 300;
    const stop = new AbortController();
    let progress = 0;
    const completing = completeJob(context, job, itemOf(job), {
      signal: stop.signal,
      onProgress: () => (progress += 1),
    });
    await clock.advance(1000);
    expect(await completing).toBe('complete');
    expect(progress).toBe(2);
    expect(world.signals.length).toBeGreaterThan(8);
    stop.abort();
    expect(callsNotAborted(world)).toEqual([]);
  });
});

describe('between its attempts, completing a job', () => {
  test('waits longer after each failure', async () => {
    const { complete, answers, clock, calls } = start();
    answers.completions.push(errorNamed('InvalidPart'), errorNamed('InvalidPart'), errorNamed('InvalidPart'));
    const completing = complete();
    const completions = () => calls.filter((call) => call.startsWith('complete')).length;
    for (const [pause, waitMs] of [500, 1000, 2000].entries()) {
      await clock.advance(waitMs - 1);
      expect(completions()).toBe(pause + 1);
      await clock.advance(1);
      expect(completions()).toBe(pause + 2);
    }
    expect(await completing).toBe('complete');
  });

  test('ends the pause when the caller’s signal aborts', async () => {
    const { complete, answers, clock } = start();
    answers.completions.push(errorNamed('InvalidPart'));
    const stop = new AbortController();
    const completing = complete(stop.signal);
    completing.catch(() => {});
    await clock.advance(1);
    stop.abort(new Error('SIGTERM'));
    await expect(completing).rejects.toThrow('SIGTERM');
  });
});
