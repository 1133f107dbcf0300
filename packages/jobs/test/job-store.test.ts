// The package's API: every method with an optional signal passes it on, and works without one.
import { expect, test } from '@jest/globals';
import { createJobStore, type JobStore } from '../src/index.ts';
import { callsNotAborted, fakeWorld, itemOf, listed, runningJob, tenMoviesAGroup } from './fake-context.ts';
import { batchOf, never } from './support.ts';

const job = runningJob({ upload_id: 'u' });

function start() {
  const world = fakeWorld(
    {
      query: tenMoviesAGroup,
      get: async ({ part }) => (part === 'job' ? itemOf(job) : undefined),
      queryJobs: async () => ({ items: [], next: undefined }),
    },
    { listParts: async () => listed(1), size: async () => 7, get: async () => undefined },
  );
  const { table, objects, clock, random } = world.context;
  return { ...world, store: createJobStore({ table, objects, clock, random, instance: 'i'.repeat(300) }) };
}

const all = async (source: AsyncIterable<unknown>) => {
  for await (const _ of source);
};

const METHODS: Readonly<Record<string, (store: JobStore, options?: { signal: AbortSignal }) => Promise<unknown>>> = {
  job: (store, options) => store.job(job.job_id, options),
  listJobs: (store, options) => store.listJobs(options),
  resolveJobId: (store, options) => store.resolveJobId('0', options).catch(() => undefined),
  ledgers: (store, options) => all(store.ledgers(job, undefined, options)),
  lastStoredOn: (store, options) => store.lastStoredOn(job, options),
  movies: (store, options) => all(store.movies(job, undefined, options)),
  slicesOfGroup: (store, options) => all(store.slicesOfGroup(job, 0, options)),
  traces: (store, options) => all(store.traces(job, 0, options)),
  openObject: (store, options) => store.openObject(job.job_id, options),
  objectBytes: (store, options) => store.objectBytes(job.job_id, options),
  upload: (store, options) => store.upload(job, options),
  findMissing: (store, options) => all(store.findMissing(job, options)),
  verify: (store, options) => store.verify(job, options),
  marker: (store, options) => store.marker(job.job_id, options),
  repair: (store, options) => store.repair(job.job_id, options).catch(() => undefined),
  delete: (store, options) => store.delete(job.job_id, options).catch(() => undefined),
};

test.each(Object.entries(METHODS))(
  '%s passes the caller’s signal to every call, and works without one',
  async (_, read) => {
    const world = start();
    const stop = new AbortController();
    await read(world.store, { signal: stop.signal });
    stop.abort();
    expect(world.signals.length).toBeGreaterThan(0);
    expect(callsNotAborted(world)).toEqual([]);
    await read(start().store);
  },
);

test('the object is read under its key, and the name of an instance is cut to 200 characters', async () => {
  const keys: string[] = [];
  const updates: unknown[] = [];
  const world = fakeWorld(
    {
      create: async () => undefined,
      putBatch: async () => {},
      async update({ values }) {
        updates.push(values[':me']);
        return {};
      },
    },
    {
      async size(key) {
        keys.push(`size of ${key}`);
        return 7;
      },
      async get(key) {
        keys.push(`get ${key}`);
        return undefined;
      },
    },
  );
  const { table, objects, clock, random } = world.context;
  const store = createJobStore({ table, objects, clock, random, instance: 'i'.repeat(300) });
  expect(await store.objectBytes('j')).toBe(7);
  expect(await store.openObject('j')).toBeUndefined();
  expect(keys).toEqual(['size of j.json', 'get j.json']);
  await store.store(batchOf(job.plan, [0]), { signal: never() });
  expect(updates).toEqual([{ S: 'i'.repeat(200) }]);
});

test('findMissing passes `thorough` on, and lastStoredOn the number of groups', async () => {
  const { store, signals } = start();
  await all(store.findMissing(job, { thorough: true }));
  expect(signals.some(([call]) => call === 'query')).toBe(true);
  const few = start();
  await few.store.lastStoredOn(job, { maxGroups: 2 });
  expect(few.signals).toHaveLength(2);
});
