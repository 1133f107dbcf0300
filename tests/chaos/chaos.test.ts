// The short form of `npm run chaos`.
import { expect, test } from '@jest/globals';
import { drainOnce } from './drain.ts';
import { chaosRun, problemsOf } from './run.ts';

test.each([11, 12, 13])('run %i: killed processes lose no movie and store none twice', async (seed) => {
  const run = await chaosRun(seed);
  expect({ run, problems: problemsOf(run) }).toEqual({ run, problems: [] });
});

test('an object of several parts has the same bytes when processes die while they write it', async () => {
  const run = await chaosRun(2, { hasParts: true });
  expect(run.object_parts).toBeGreaterThan(2);
  expect({ run, problems: problemsOf(run) }).toEqual({ run, problems: [] });
});

test('SIGTERM in the middle of a job leaves nothing in flight', async () => {
  const { code, in_flight, waiting } = await drainOnce(1);
  expect({ code, in_flight }).toEqual({ code: 0, in_flight: 0 });
  expect(waiting).toBeGreaterThan(0);
});
