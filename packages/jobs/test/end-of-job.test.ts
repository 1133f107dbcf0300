// Completing a job in the embedded AWS: it has one object when several consumers complete it, and none while movies are
// missing.
import { describe, expect, test } from '@jest/globals';
import type { ObjectsPort } from '@movie-load/aws';
import { jobIdOf, jobKey } from '@movie-load/schema';
import { batchesOf, expectedObject, never, newPlan, storeAll } from './support.ts';
import { callsOf, jobOf, openUploads, storeAllButOne, threeParts, world } from './three-parts.ts';

describe('the consumer that completes a job', () => {
  test('lists the parts again when they have changed since the list', async () => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    let completions = 0;
    const objects: ObjectsPort = {
      ...world.objects,
      async completeUpload(key, id, parts, options) {
        completions += 1;
        const sentParts = completions === 1 ? parts.map((part) => ({ ...part, etag: '"0"' })) : parts;
        return world.objects.completeUpload(key, id, sentParts, options);
      },
    };
    const calls = await callsOf(() => world.store('one', { objects }).store(last, { signal: never() }));
    expect(calls).toMatchObject({ 's3:ListParts': 2, 's3:CompleteMultipartUpload': 2, 's3:UploadPart': 1 });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('leaves one object when another consumer completes it at the same time', async () => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    await Promise.all(['a', 'b'].map((name) => world.store(name).store(last, { signal: never() })));
    expect(await jobOf(plan)).toMatchObject({ status: 'COMPLETE' });
    expect(await world.object(plan)).toBe(expectedObject(plan));
    expect(await openUploads(plan)).toEqual([]);
  });

  test('writes an object of one part by PutObject, each once when two consumers do so', async () => {
    const plan = newPlan(20, 1, { group_size: 10 });
    const last = await storeAllButOne(plan);
    const calls = await callsOf(() =>
      Promise.all(['a', 'b'].map((name) => world.store(name).store(last, { signal: never() }))),
    );
    expect(Object.keys(calls).filter((operation) => operation.startsWith('s3:'))).toEqual(['s3:PutObject']);
    // One consumer may find that the other has set the job COMPLETE.
    expect(calls['s3:PutObject']).toBeLessThanOrEqual(2);
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('throws when a counted movie is missing, and the job stays RUNNING', async () => {
    const plan = newPlan(20, 1, { group_size: 10 });
    const last = await storeAllButOne(plan);
    await world.deleteItem({ job_id: `${jobIdOf(plan)}#0`, part: 'movies#000000000000+10' });
    await expect(world.jobs.store(last, { signal: never() })).rejects.toMatchObject({
      code: 'job_incomplete',
      details: { from: 0, to: 10 },
    });
    expect(await jobOf(plan)).toMatchObject({ status: 'RUNNING' });
    expect(await world.object(plan)).toBeUndefined();
  });

  test('creates the job’s item again if it was deleted by hand', async () => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    await world.deleteItem(jobKey(jobIdOf(plan)));
    await world.jobs.store(last, { signal: never() });
    expect(await jobOf(plan)).toMatchObject({ status: 'RUNNING' });
    // The new root has no children yet: only messages of the other parts, like those of a resume, add them.
    await storeAll(world.jobs, batchesOf(plan));
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});
