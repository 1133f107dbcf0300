// Which consumers stored a job's messages, in how many batches and how fast, according to the traces in the slices.
import type { StoredCounts } from '@movie-load/operations';
import { type JobItem, shapeOf } from '@movie-load/schema';
import type { Session } from '../../session.ts';

export interface ConsumerCounts {
  readonly consumer: string;
  readonly messages: number;
  /** Messages with a receive count over 1. */
  readonly redelivered: number;
  /** From the send to the start of the slice's write. The write is not included, because it contains the trace. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const GROUPS_AT_ONCE = 16;
const MAX_NAMES = 1000;
const OTHERS = '(others)';

export interface StoredBy {
  readonly consumers: ConsumerCounts[];
  readonly stored: StoredCounts;
}

export async function consumersOf({ jobs, signal }: Session, job: JobItem): Promise<StoredBy> {
  /** Counts of messages by rounded milliseconds: its size does not grow with the number of messages. */
  const found = new Map<string, { counts: Map<number, number>; messages: number; redelivered: number }>();
  const { groups } = shapeOf(job.plan);
  const stored = { messages: 0, deliveries: 0, batches: 0 };
  let next = 0;
  const reader = async () => {
    for (let group = next++; group < groups; group = next++) {
      const receivesOf = new Map<number, number>();
      const batches = new Set<string>();
      for await (const { number, stored_by, sent_ms, stored_ms, receives } of jobs.traces(job, group, { signal })) {
        receivesOf.set(number, Math.max(receivesOf.get(number) ?? 0, receives));
        batches.add(`${stored_ms} ${stored_by}`);
        const name = found.has(stored_by) || found.size < MAX_NAMES ? stored_by : OTHERS;
        const entry = found.get(name) ?? { counts: new Map(), messages: 0, redelivered: 0 };
        found.set(name, entry);
        // Clocks of SQS and of the consumer may differ, which can make the difference negative.
        const ms = rounded(Math.max(0, stored_ms - sent_ms));
        entry.counts.set(ms, (entry.counts.get(ms) ?? 0) + 1);
        entry.messages += 1;
        if (receives > 1) entry.redelivered += 1;
      }
      stored.messages += receivesOf.size;
      stored.deliveries += receivesOf.values().reduce((sum, receives) => sum + receives, 0);
      stored.batches += batches.size;
    }
  };
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, reader));
  const consumers = [...found]
    .map(([consumer, { counts, messages, redelivered }]) => {
      const at = (share: number) => quantile(counts, Math.min(messages - 1, Math.floor(messages * share)));
      return { consumer, messages, redelivered, p50_ms: at(0.5), p99_ms: at(0.99) };
    })
    .toSorted((a, b) => a.consumer.localeCompare(b.consumer));
  return { consumers, stored };
}

/** Rounds to three digits. */
function rounded(ms: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(ms) || 1)) - 2);
  return Math.round(ms / step) * step;
}

/** The value at an index of the sorted list that the counts represent. */
function quantile(counts: ReadonlyMap<number, number>, place: number): number {
  let before = 0;
  for (const [ms, count] of [...counts].sort(([a], [b]) => a - b)) {
    before += count;
    if (place < before) return ms;
  }
  return 0;
}
