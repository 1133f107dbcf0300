import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { OBJECT_PART_BYTES, type ObjectsPort, type SingleCallTable } from '@movie-load/aws';
import { jobIdOf, jobKey, movieToJson } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import type { JobEvent, StoreBatch } from '../src/index.ts';
import { batchesOf, expectedObject, LEASE_MS, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.faults = {};
});
afterAll(() => world.close());

/** A job that is stored but for its last batch. */
async function almostStored(movies = 60): Promise<{ plan: ReturnType<typeof newPlan>; last: StoreBatch }> {
  const plan = newPlan(movies);
  const batches = batchesOf(plan);
  const last = batches.pop();
  if (last === undefined) throw new Error('no batch');
  await storeAll(world.jobs, batches);
  return { plan, last };
}

/** Holds every write of an object until it is let go. */
function heldObjects(objects: ObjectsPort) {
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  let began = 0;
  const port: ObjectsPort = {
    ...objects,
    async put(key, body, options) {
      began += 1;
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      await Promise.race([gate, aborted]);
      return objects.put(key, body, options);
    },
  };
  return { port, release, began: () => began };
}

const jobOf = async (plan: Parameters<typeof jobIdOf>[0]) => world.jobs.job(jobIdOf(plan));

describe('whoever finds the root full', () => {
  test('waits for COMPLETE while somebody else assembles, and hears of renewed leases', async () => {
    const { plan, last } = await almostStored();
    const held = heldObjects(world.objects);
    const [heard, waited]: [JobEvent[], JobEvent[]] = [[], []];
    const assembling = world.store('assembler', { objects: held.port }, heard).store(last, { signal: never() });
    await eventually('somebody assembles', () => held.began() > 0);
    let progress = 0;
    let isDone = false;
    const waiting = world
      .store('waiter', {}, waited)
      .store(last, { signal: never(), onProgress: () => (progress += 1) })
      .then(() => (isDone = true));
    await eventually('the lease was renewed twice', () => progress > 2);
    expect(isDone).toBe(false);
    expect((await jobOf(plan))?.status).toBe('RUNNING');
    held.release();
    await Promise.all([assembling, waiting]);
    expect(waited.map(({ kind }) => kind)).toContain('waiting');
    expect(waited.map(({ kind }) => kind)).not.toContain('assembling');
    expect(heard.filter(({ kind }) => kind === 'completed')).toHaveLength(1);
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('takes over when the one who assembled is dead', async () => {
    const { plan, last } = await almostStored();
    await claim(plan, Date.now() + LEASE_MS);
    const heard: JobEvent[] = [];
    await world.store('heir', {}, heard).store(last, { signal: never() });
    expect(heard).toContainEqual({ kind: 'assembling', job_id: jobIdOf(plan), takeover: true });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('takes over also when the dead one’s clock was a day ahead', async () => {
    const { plan, last } = await almostStored();
    await claim(plan, Date.now() + 24 * 60 * 60 * 1000);
    await world.store('heir').store(last, { signal: never() });
    expect(await jobOf(plan)).toMatchObject({ status: 'COMPLETE' });
  });

  test('on abort gives up the lease, so that the next one need not wait', async () => {
    const { plan, last } = await almostStored();
    const held = heldObjects(world.objects);
    const stop = new AbortController();
    const giving = world.store('leaver', { objects: held.port }).store(last, { signal: stop.signal });
    await eventually('it assembles', () => held.began() > 0);
    stop.abort(new Error('SIGTERM'));
    await expect(giving).rejects.toThrow();
    expect(await jobOf(plan)).toMatchObject({ status: 'RUNNING', assembling_until: 0 });
    const heard: JobEvent[] = [];
    await world.store('next', {}, heard).store(last, { signal: never() });
    expect(heard.map(({ kind }) => kind)).not.toContain('waiting');
    expect(await jobOf(plan)).toMatchObject({ status: 'COMPLETE' });
  });

  test('two that both assemble, one long after the other, leave the same bytes', async () => {
    const { plan, last } = await almostStored();
    const held = heldObjects(world.objects);
    const ports = { objects: held.port, table: withoutRenewals() };
    const zombie = world.store('zombie', ports).store(last, { signal: never() });
    await eventually('the zombie assembles', () => held.began() > 0);
    // The zombie sleeps past its lease: somebody else gets it.
    await claim(plan, 1);
    await world.store('other').store(last, { signal: never() });
    const before = await world.object(plan);
    held.release();
    await zombie;
    expect(before).toBe(expectedObject(plan));
    expect(await world.object(plan)).toBe(before);
    expect((await jobOf(plan))?.completed_on).toBeDefined();
  });

  test('a job with a counted movie that is gone fails loudly and stays RUNNING', async () => {
    const { plan, last } = await almostStored();
    await world.deleteItem({ job_id: `${jobIdOf(plan)}#0`, part: 'movies#000000000000+10' });
    await expect(world.jobs.store(last, { signal: never() })).rejects.toMatchObject({
      code: 'job_incomplete',
      details: { from: 0, to: 10 },
    });
    expect(await jobOf(plan)).toMatchObject({ status: 'RUNNING', assembling_until: 0 });
    expect(await world.object(plan)).toBeUndefined();
  });
});

describe('an object of several parts', () => {
  test('is uploaded in parts; a spoilt upload is begun anew; the bytes are right', async () => {
    const plan = newPlan(3400, 100, { group_size: 10 });
    const long = 'Ж'.repeat(450);
    const batches = batchesOf(plan).map((batch) => ({
      ...batch,
      messages: batch.messages.map((message) => ({
        ...message,
        movies: message.movies.map((movie) => ({ ...movie, title: long, actor: long, director: long })),
      })),
    }));
    const lines = batches.flatMap(({ messages }) => messages.flatMap(({ movies }) => movies.map(movieToJson)));
    const expected = `[\n${lines.join(',\n')}\n]\n`;
    await storeAll(world.jobs, batches.slice(0, -1));
    let uploads = 0;
    const parts = new Map<string, number[]>();
    const spoiling: ObjectsPort = {
      ...world.objects,
      async createUpload(key, options) {
        uploads += 1;
        return world.objects.createUpload(key, options);
      },
      async uploadPart(key, uploadId, number, body, options) {
        if (uploads === 1 && number === 2) await world.objects.abortUpload(key, uploadId, options);
        parts.set(uploadId, [...(parts.get(uploadId) ?? []), body.length]);
        return world.objects.uploadPart(key, uploadId, number, body, options);
      },
    };
    const heard: JobEvent[] = [];
    let progress = 0;
    const store = world.store('uploader', { objects: spoiling }, heard);
    await store.store(batches.at(-1) ?? fail(), { signal: never(), onProgress: () => (progress += 1) });
    expect(uploads).toBe(2);
    const [first = 0, rest = 0] = [...parts.values()].at(-1)?.toSorted((a, b) => b - a) ?? [];
    expect(first).toBe(OBJECT_PART_BYTES);
    expect(first + rest).toBe(Buffer.byteLength(expected));
    expect(progress).toBeGreaterThanOrEqual(3);
    expect(heard.map(({ kind }) => kind)).toContain('assembly_failed');
    const object = await world.object(plan);
    expect(object?.length).toBe(expected.length);
    expect(object === expected).toBe(true);
  }, 120_000);
});

function fail(): never {
  throw new Error('no batch');
}

/** A process that takes the lease once and then sleeps, as far as renewing goes. */
function withoutRenewals(): SingleCallTable {
  let taken = 0;
  return {
    ...world.table,
    async update(request) {
      if (request.update.includes('#until = :until')) {
        taken += 1;
        if (taken > 1) await new Promise((_, reject) => request.signal?.addEventListener('abort', reject));
      }
      return world.table.update(request);
    },
  };
}

/** Makes the item look as if somebody had the lease until then. */
async function claim(plan: Parameters<typeof jobIdOf>[0], until: number): Promise<void> {
  await world.table.update({
    key: jobKey(jobIdOf(plan)),
    update: 'SET #until = :until, #by = :by',
    names: { '#until': 'assembling_until', '#by': 'assembling_by' },
    values: { ':until': { N: String(until) }, ':by': { S: 'a process that is dead' } },
  });
}
