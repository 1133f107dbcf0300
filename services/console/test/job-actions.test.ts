import { expect, test } from '@jest/globals';
import type { JobItem } from '@movie-load/schema';
import { jobIdOf, planJob } from '@movie-load/schema';
import { createActions } from '../src/job-actions.ts';

const jobOf = (nonce: string): JobItem => {
  const plan = planJob({ nonce, movies: 10, movies_per_message: 1, seed: 1, generator: 1 });
  return {
    job_id: jobIdOf(plan),
    kind: 'job',
    plan,
    status: 'RUNNING',
    started_on: '2026-11-25T09:00:00Z',
    done: new Set(),
  };
};
const [first, second, third] = [jobOf('1'), jobOf('2'), jobOf('3')];

/** Repairs end when the test lets them. */
function start() {
  const { signal } = new AbortController();
  const repairs: { jobId: string; end: () => void; fail: () => void }[] = [];
  const unused = () => Promise.reject(new Error('not used here'));
  const act = createActions({
    store: {
      verify: unused,
      async *findMissing() {},
      async repair(jobId, options) {
        expect(options?.signal).toBe(signal);
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        repairs.push({ jobId, end: resolve, fail: () => reject(new Error('S3 is unreachable')) });
        await promise;
        return { why: jobId === third.job_id ? 'object_missing' : undefined, bytes: 5, parts: 1, written: [1] };
      },
    },
    queue: unused,
    random: { next: () => 0, uuid: () => 'x' },
    signal,
  });
  return { act, repairs };
}

test('one action of a job and two of all jobs run at a time', async () => {
  const { act, repairs } = start();
  const running = [act('repair', first), act('repair', second)];
  await expect(act('verify', first)).rejects.toMatchObject({ status: 409, title: 'Busy' });
  await expect(act('repair', third)).rejects.toMatchObject({ status: 429 });
  repairs[0]?.end();
  expect(await running[0]).toEqual({
    ok: true,
    summary: 'The object is correct (5 B); nothing was done.',
    details: [],
  });
  const later = act('repair', third);
  for (const repair of repairs) repair.end();
  await Promise.all([...running, later]);
  // The result has the words of the command.
  expect((await later).summary).toMatch(/^The object was .*5 B/);
  expect(repairs.map(({ jobId }) => jobId)).toEqual([first, second, third].map(({ job_id }) => job_id));
});

test('a verify gets the signal that is aborted at the end of the server', async () => {
  const { signal } = new AbortController();
  const signals: unknown[] = [];
  const unused = () => Promise.reject(new Error('not used here'));
  const act = createActions({
    store: {
      async verify(_, options) {
        signals.push(options?.signal);
        throw new Error('the server ends');
      },
      async *findMissing() {},
      repair: unused,
    },
    queue: unused,
    random: { next: () => 0, uuid: () => 'x' },
    signal,
  });
  await expect(act('verify', first)).rejects.toThrow('the server ends');
  expect(signals).toEqual([signal]);
});

test('a failed action makes room for the next', async () => {
  const { act, repairs } = start();
  for (let time = 0; time < 3; time += 1) {
    const running = act('repair', first);
    repairs.at(-1)?.fail();
    await expect(running).rejects.toThrow('S3 is unreachable');
  }
});
