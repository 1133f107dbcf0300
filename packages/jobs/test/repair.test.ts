import { describe, expect, test } from '@jest/globals';
import { jobIdOf, objectKey } from '@movie-load/schema';
import { batchesOf, expectedObject, never, storeAll } from './support.ts';
import { abortUpload, callsOf, dyingAfter, openUploads, storeAllButOne, threeParts, world } from './three-parts.ts';

describe('repair', () => {
  test('writes the parts that differ, and copies the others inside S3', async () => {
    const plan = threeParts();
    await storeAll(world.jobs, batchesOf(plan));
    const expected = expectedObject(plan);
    const bytes = Buffer.from(expected);
    bytes[Math.floor(bytes.length / 2)] = 0;
    await world.objects.put(objectKey(jobIdOf(plan)), bytes);
    let repaired: unknown;
    const calls = await callsOf(async () => {
      repaired = await world.jobs.repair(jobIdOf(plan));
    });
    expect(repaired).toEqual({ why: 'object_differs', bytes: bytes.length, parts: 3, written: [2] });
    expect(calls).toMatchObject({ 's3:UploadPart': 1, 's3:UploadPartCopy': 2 });
    expect(await world.object(plan)).toBe(expected);
    expect(await openUploads(plan)).toEqual([]);
  });

  test.each([
    ['is missing', undefined, [1, 2, 3]],
    ['is cut off', (text: string) => text.slice(0, -1), [3]],
    ['has a byte too many', (text: string) => `${text} `, [3]],
    ['is right', (text: string) => text, []],
  ])(
    'leaves the right bytes, and writes only the parts that differ, when the object %s',
    async (_, change, written) => {
      const plan = threeParts();
      await storeAll(world.jobs, batchesOf(plan));
      const expected = expectedObject(plan);
      if (change === undefined) await world.deleteObject(plan);
      else await world.objects.put(objectKey(jobIdOf(plan)), Buffer.from(change(expected)));
      expect(await world.jobs.repair(jobIdOf(plan))).toMatchObject({ parts: 3, written });
      expect(await world.object(plan)).toBe(expected);
    },
  );

  test.each([
    ['without a part that its upload has', false, []],
    ['with all parts when its upload was aborted', true, [1, 2, 3]],
  ])('completes a job whose movies are all counted, %s', async (_, isAborted, written) => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    const dying = world.store('dying', { objects: dyingAfter('listParts') });
    await expect(dying.store(last, { signal: never() })).rejects.toThrow();
    if (isAborted) await abortUpload(plan);
    expect(await world.jobs.repair(jobIdOf(plan))).toMatchObject({ why: 'not_complete', parts: 3, written });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});
