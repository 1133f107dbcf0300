// Objects of several parts on the embedded AWS: when their parts are written, also after a process has died, an upload
// was aborted, or S3 was unreachable.
import { describe, expect, test } from '@jest/globals';
import type { Breaker, ObjectsPort } from '@movie-load/aws';
import { jobIdOf, ledgerKey, objectKey } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import type { JobEvent, StoreBatch } from '../src/index.ts';
import { batchesOf, expectedObject, never, newPlan, storeAll } from './support.ts';
import {
  abortUpload,
  callsOf,
  dyingAfter,
  fail,
  jobOf,
  kindsOf,
  openUploads,
  PARTS,
  partUploadOf,
  storeAllButOne,
  threeParts,
  world,
} from './three-parts.ts';

describe('an object of several parts', () => {
  test.each([
    ['as the nodes above the ledgers fill', threeParts()],
    ['as ledgers fill, where a group is a part', newPlan(60, 1, { group_size: 20 })],
    ['at the end, when its plan has no nodes for parts', threeParts({ version: 1 })],
  ])('is written %s, and each part once', async (_, plan) => {
    const heard: JobEvent[] = [];
    const store = world.store('one', {}, heard);
    const calls = await callsOf(() => storeAll(store, batchesOf(plan)));
    expect(calls).toMatchObject({
      's3:CreateMultipartUpload': 1,
      's3:UploadPart': PARTS,
      's3:CompleteMultipartUpload': 1,
    });
    const parts = heard.flatMap((event) => (event.kind === 'part_written' ? [event.part] : []));
    expect(parts.toSorted()).toEqual([0, 1, 2]);
    const object = await world.object(plan);
    expect(object).toBe(expectedObject(plan));
    expect(await jobOf(plan)).toMatchObject({ status: 'COMPLETE', object_bytes: Buffer.byteLength(object ?? '') });
    expect((await jobOf(plan))?.upload_id).toBeUndefined();
    expect(await openUploads(plan)).toEqual([]);
  });

  test('is not uploaded again when its job is sent twice, running or complete', async () => {
    const plan = threeParts();
    const batches = batchesOf(plan);
    const early = batches.slice(0, 4);
    expect(await callsOf(() => storeAll(world.jobs, early))).toMatchObject({ 's3:UploadPart': 2 });
    const other = world.store('other');
    for (const store of [world.jobs, other]) {
      expect(await callsOf(() => storeAll(store, early))).not.toHaveProperty('s3:UploadPart');
    }
    expect(await callsOf(() => storeAll(other, batches.slice(4)))).toMatchObject({ 's3:UploadPart': 1 });
    // The first store still remembers the upload, which has become the object.
    for (const store of [world.jobs, other, world.store('third')]) {
      const calls = await callsOf(() => storeAll(store, batches));
      expect(Object.keys(calls).filter((operation) => operation.startsWith('s3:'))).toEqual([]);
    }
  });

  test('gets no part twice where a group is a part, because the ledger records the upload', async () => {
    const plan = newPlan(60, 1, { group_size: 20 });
    const batches = batchesOf(plan);
    await storeAll(world.jobs, batches.slice(0, 2));
    const again = await callsOf(() => storeAll(world.store('again'), batches.slice(0, 2)));
    expect(again).not.toHaveProperty(['s3:UploadPart']);
    const { upload_id } = (await jobOf(plan)) ?? fail();
    const ledger = await world.table.get(ledgerKey(jobIdOf(plan), 0));
    expect([ledger?.part_upload?.S, ledger?.stored?.NS?.length]).toEqual([upload_id, 20]);
  });

  test('is read twice and streamed when its parts are larger than the buffer', async () => {
    const plan = threeParts();
    const store = world.store('small', { bufferBytes: 1000 });
    expect(await callsOf(() => storeAll(store, batchesOf(plan)))).toMatchObject({
      'dynamodb:Query': 2 * 6,
      's3:UploadPart': PARTS,
    });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('has at most two parts in flight in a process', async () => {
    const plan = newPlan(120, 1, { group_size: 20, version: 1 });
    let [running, most] = [0, 0];
    const objects: ObjectsPort = {
      ...world.objects,
      async uploadPart(...args) {
        running += 1;
        most = Math.max(most, running);
        await world.objects.uploadPart(...args);
        running -= 1;
      },
    };
    await storeAll(world.store('two', { objects }), batchesOf(plan));
    expect(most).toBe(2);
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});

describe('after a process died, the next consumer', () => {
  test('writes a part again that was uploaded but not recorded', async () => {
    const plan = threeParts();
    const batches = batchesOf(plan);
    await storeAll(world.jobs, batches.slice(0, 1));
    const dying = world.store('dying', { objects: dyingAfter('uploadPart') });
    await expect(storeAll(dying, batches.slice(1, 2))).rejects.toThrow('the process died');
    expect(await partUploadOf(plan, 0)).toBeUndefined();
    expect(await callsOf(() => storeAll(world.store('heir'), batches.slice(1)))).toMatchObject({
      's3:UploadPart': PARTS,
    });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('begins another upload if the first was created but not recorded', async () => {
    const plan = threeParts();
    const dying = world.store('dying', { objects: dyingAfter('createUpload') });
    await expect(storeAll(dying, batchesOf(plan))).rejects.toThrow('the process died');
    await storeAll(world.store('heir'), batchesOf(plan));
    expect(world.uploads.filter(({ key }) => key === objectKey(jobIdOf(plan)))).toHaveLength(2);
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test.each(['listParts', 'completeUpload'] as const)(
    'continues after the call of %s that succeeded',
    async (method) => {
      const plan = threeParts();
      const last = await storeAllButOne(plan);
      const dying = world.store('dying', { objects: dyingAfter(method) });
      await expect(dying.store(last, { signal: never() })).rejects.toThrow('the process died');
      expect(await jobOf(plan)).toMatchObject({ status: 'RUNNING' });
      const calls = await callsOf(() => world.store('heir').store(last, { signal: never() }));
      expect(calls).not.toHaveProperty('s3:UploadPart');
      expect(calls).not.toHaveProperty('s3:CreateMultipartUpload');
      expect(await jobOf(plan)).toMatchObject({ status: 'COMPLETE' });
      expect(await world.object(plan)).toBe(expectedObject(plan));
    },
  );
});

describe('an upload that was aborted', () => {
  test('is replaced, and every part is written to the new one', async () => {
    const plan = threeParts();
    const batches = batchesOf(plan);
    const heard: JobEvent[] = [];
    const store = world.store('one', {}, heard);
    await storeAll(store, batches.slice(0, 4));
    const lost = await abortUpload(plan);
    await storeAll(store, batches.slice(4));
    expect(heard.filter(({ kind }) => kind === 'upload_began')).toMatchObject([
      { upload_id: lost, replaces: undefined },
      { upload_id: expect.not.stringMatching(lost), replaces: lost },
    ]);
    expect(await world.object(plan)).toBe(expectedObject(plan));
    expect(await openUploads(plan)).toEqual([]);
  });

  test('does not count as written: a part whose node records it is written again to the current upload', async () => {
    const plan = threeParts();
    const batches = batchesOf(plan);
    const store = world.store('one');
    await storeAll(store, batches.slice(0, 2));
    const lost = await abortUpload(plan);
    await storeAll(store, batches.slice(2, 4));
    expect(await partUploadOf(plan, 0)).toBe(lost);
    expect(await callsOf(() => storeAll(store, batches.slice(0, 2)))).toMatchObject({ 's3:UploadPart': 1 });
    expect(await partUploadOf(plan, 0)).toBe((await jobOf(plan))?.upload_id);
  });

  test('is also replaced after the size was recorded, if there is no object', async () => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    const { upload_id: lost = fail() } = (await jobOf(plan)) ?? {};
    const objects: ObjectsPort = {
      ...world.objects,
      async completeUpload(key, id, parts, options) {
        await world.objects.abortUpload(key, id);
        return world.objects.completeUpload(key, id, parts, options);
      },
    };
    const stop = new AbortController();
    const storing = world.store('unlucky', { objects }).store(last, { signal: stop.signal });
    await eventually('the upload is replaced', async () => (await jobOf(plan))?.upload_id !== lost);
    stop.abort(new Error('SIGTERM'));
    await expect(storing).rejects.toThrow();
    await world.store('heir').store(last, { signal: never() });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});

describe('two processes that create an upload at once', () => {
  test('continue with the recorded one, and the loser aborts its own', async () => {
    const plan = threeParts();
    const batches = batchesOf(plan);
    let begun = 0;
    const both = Promise.withResolvers<void>();
    const objects: ObjectsPort = {
      ...world.objects,
      async createUpload(key, options) {
        begun += 1;
        if (begun === 2) both.resolve();
        await both.promise;
        return world.objects.createUpload(key, options);
      },
    };
    await Promise.all([
      storeAll(world.store('a', { objects }), batches.slice(0, 2)),
      storeAll(world.store('b', { objects }), batches.slice(2, 4)),
    ]);
    expect(begun).toBe(2);
    expect(await openUploads(plan)).toEqual([(await jobOf(plan))?.upload_id]);
    await storeAll(world.store('c'), batches.slice(4));
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});

describe('while S3 is unreachable', () => {
  const open: Breaker = {
    dependency: 's3',
    open: true,
    succeeded: () => {},
    failed: () => {},
    whenClosed: () => new Promise(() => {}),
  };
  const receivedFor = (batch: StoreBatch, receives: number): StoreBatch => ({
    ...batch,
    messages: batch.messages.map((message) => ({ ...message, receives })),
  });

  test('a consumer releases messages for four receives instead of uploading their part, then leaves the part to the end', async () => {
    const plan = threeParts();
    const [first = fail(), second = fail(), ...others] = batchesOf(plan);
    const heard: JobEvent[] = [];
    const cut = world.store('cut off', { breaker: open }, heard);
    await cut.store(first, { signal: never() });
    for (const receives of [1, 4]) {
      const storing = cut.store(receivedFor(second, receives), { signal: never() });
      await expect(storing).rejects.toMatchObject({ code: 'dependency_away' });
    }
    expect(kindsOf(heard)).not.toContain('part_left');
    await cut.store(receivedFor(second, 5), { signal: never() });
    expect(kindsOf(heard)).toContain('part_left');
    expect((await jobOf(plan))?.done).toEqual(new Set([0]));
    expect(await callsOf(() => storeAll(world.store('later'), others))).toMatchObject({ 's3:UploadPart': PARTS });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});
