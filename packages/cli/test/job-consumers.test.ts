// The consumers that stored a job's messages, and how long that took, from traces alone.
import { expect, test } from '@jest/globals';
import { type JobItem, jobIdOf, planJob } from '@movie-load/schema';
import { readConsumers } from '../src/commands/job/consumers.ts';
import type { Session } from '../src/session.ts';

const plan = planJob({ nonce: 'traces', movies: 200, movies_per_message: 1, seed: 1, generator: 1 });
const job = { job_id: jobIdOf(plan), plan } as JobItem;

interface Trace {
  readonly stored_by: string;
  readonly ms: number;
  readonly receives?: number;
  readonly number?: number;
}

async function countsOf(byGroup: (group: number) => readonly Trace[]) {
  const groups: number[] = [];
  const { signal } = new AbortController();
  const jobs = {
    async *traces(_: unknown, group: number, options: { readonly signal: AbortSignal }) {
      expect(options.signal).toBe(signal);
      groups.push(group);
      for (const { stored_by, ms, receives = 1, number = 0 } of byGroup(group))
        yield { number, stored_by, sent_ms: 5, received_ms: 6, stored_ms: 5 + ms, receives };
    },
  };
  const counts = await readConsumers({ jobs, signal } as unknown as Session, job);
  return { counts: counts.consumers, stored: counts.stored, groups };
}

test('each group is read once; messages are counted by consumer, sorted by name', async () => {
  const { counts, stored, groups } = await countsOf((group) => [
    { stored_by: group % 2 === 0 ? 'b' : 'a', ms: 10, receives: group === 0 ? 2 : 1 },
  ]);
  expect(groups.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, group) => group));
  expect(counts).toEqual([
    { consumer: 'a', messages: 10, redelivered: 0, p50_ms: 10, p99_ms: 10 },
    { consumer: 'b', messages: 10, redelivered: 1, p50_ms: 10, p99_ms: 10 },
  ]);
  expect(stored.messages).toBe(20);
});

test('half of the messages were faster than the median, and one in a hundred took at least p99', async () => {
  const times = Array.from({ length: 100 }, (_, at) => ({ stored_by: 'a', ms: at + 1 }));
  const { counts } = await countsOf((group) => (group === 0 ? times.toReversed() : []));
  expect(counts).toMatchObject([{ p50_ms: 51, p99_ms: 100 }]);
  const two = await countsOf((group) =>
    group === 3
      ? [
          { stored_by: 'a', ms: 1 },
          { stored_by: 'a', ms: 3 },
        ]
      : [],
  );
  expect(two.counts).toMatchObject([{ p50_ms: 3, p99_ms: 3 }]);
  const three = await countsOf((group) => (group === 3 ? [1, 2, 9].map((ms) => ({ stored_by: 'a', ms })) : []));
  expect(three.counts).toMatchObject([{ p50_ms: 2, p99_ms: 9 }]);
});

test('times are rounded to three digits, and are 0 where a clock that is behind would make them negative', async () => {
  const of = async (ms: number) =>
    (await countsOf((group) => (group === 0 ? [{ stored_by: 'a', ms }] : []))).counts[0]?.p50_ms;
  expect([await of(0), await of(999), await of(1234), await of(98_765), await of(-1234)]).toEqual([
    0, 999, 1230, 98_800, 0,
  ]);
});

test('a thousand consumer names are counted separately, all further names together', async () => {
  const { counts } = await countsOf((group) =>
    group === 0 ? Array.from({ length: 1003 }, (_, at) => ({ stored_by: `consumer ${at}`, ms: 1 })) : [],
  );
  expect(counts).toHaveLength(1001);
  expect(counts.find(({ consumer }) => consumer === '(others)')).toMatchObject({ messages: 3 });
});

test('a message that was stored twice counts once, with its highest receive count; a batch is one write', async () => {
  const { counts, stored } = await countsOf((group) =>
    group === 0
      ? [
          { stored_by: 'a', ms: 10, number: 1, receives: 3 },
          { stored_by: 'b', ms: 10, number: 1 },
          { stored_by: 'b', ms: 10, number: 2 },
          { stored_by: 'b', ms: 12, number: 4, receives: 2 },
        ]
      : [],
  );
  expect(stored).toEqual({ messages: 3, deliveries: 6, batches: 3 });
  expect(counts).toMatchObject([
    { consumer: 'a', messages: 1, redelivered: 1 },
    { consumer: 'b', messages: 3, redelivered: 1 },
  ]);
});
