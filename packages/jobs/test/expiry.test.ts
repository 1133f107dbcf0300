// When items expire: in whole seconds, never before their time.
import { expect, test } from '@jest/globals';
import { jobIdOf } from '@movie-load/schema';
import type { JobsContext } from '../src/context.ts';
import { setComplete } from '../src/job-item.ts';
import { expiry, expirySet, jobDeletedError, markerExpiry, parseMarker } from '../src/marker.ts';
import { applied, fakeWorld, itemOf, runningJob } from './fake-context.ts';
import { never } from './support.ts';

const START = Date.parse('2026-11-25T00:00:00.000Z');
const DAY = 24 * 60 * 60;

const after = async (ms: number, retentionDays?: number): Promise<JobsContext> => {
  const { context, clock } = fakeWorld();
  await clock.advance(ms);
  return { ...context, retentionDays };
};

test.each([
  [0, 0],
  [1, 1],
  [1000, 1],
  [1001, 2],
])('an item that is written %i ms later expires %i s later', async (ms, seconds) => {
  const context = await after(ms, 15);
  expect(expiry(context)).toEqual({ expires_at: { N: String(START / 1000 + 15 * DAY + seconds) } });
  expect(markerExpiry(context)).toEqual({ N: String(START / 1000 + 30 * DAY + seconds) });
});

test('without a retention only markers expire', async () => {
  const context = await after(0);
  expect(expiry(context)).toEqual({});
  expect(expirySet(context)).toEqual({ sets: [], names: {}, values: {} });
  expect(markerExpiry(context)).toEqual({ N: String(START / 1000 + 30 * DAY) });
});

test('with a retention the job’s item expires that long after its completion, without one never', async () => {
  const requests: { update: string; values: object; names: object }[] = [];
  const { context } = fakeWorld({
    async updateIf(request) {
      requests.push(request);
      return applied({});
    },
  });
  await setComplete({ ...context, retentionDays: 1 }, 'j', { key: 'j.json', bytes: 7 }, never());
  await setComplete(context, 'j', { key: 'j.json', bytes: 7 }, never());
  expect(requests.map(({ update }) => update)).toEqual([
    'SET #status = :complete, #completed = :now, #key = :key, #bytes = :bytes, #expires = :expires REMOVE #upload, #on',
    'SET #status = :complete, #completed = :now, #key = :key, #bytes = :bytes REMOVE #upload, #on',
  ]);
  expect(requests[0]).toMatchObject({
    names: { '#expires': 'expires_at', '#on': 'upload_on', '#key': 'object_key', '#completed': 'completed_on' },
    values: { ':expires': { N: String(START / 1000 + DAY) } },
  });
});

test('the error of a deleted job says how long its marker lasts, and how to end a deletion that was interrupted', () => {
  const job = runningJob();
  const item = (status: string) => ({
    ...itemOf(job),
    status: { S: status },
    deleted_on: { S: '2026-11-25T00:00:00.000Z' },
    expires_at: { N: String(START / 1000 + DAY) },
  });
  const textOf = (status: string) => {
    const marker = parseMarker(item(status));
    return marker && jobDeletedError(marker).message;
  };
  const until = 'Consumers drop its messages until 2026-11-26T00:00:00.000Z;';
  const id = jobIdOf(job.plan);
  expect(textOf('DELETED')).toContain(`Job ${id} was deleted on 2026-11-25T00:00:00.000Z. ${until}`);
  expect(textOf('DELETING')).toContain(`: \`movie-load delete ${id}\` completes the deletion. ${until}`);
  expect(parseMarker(itemOf(job))).toBeUndefined();
  expect(parseMarker(undefined)).toBeUndefined();
  expect(() => parseMarker({ ...item('DELETED'), status: { S: 'GONE' } })).toThrow(
    expect.objectContaining({ code: 'bad_item' }),
  );
});
