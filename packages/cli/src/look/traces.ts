// Who stored a job's messages, and how long they took, by the slices' notes.
import { type JobItem, shapeOf } from '@movie-load/schema';
import type { Session } from '../session.ts';

export interface ConsumerTally {
  readonly consumer: string;
  readonly messages: number;
  /** Messages that had been received before. */
  readonly redelivered: number;
  /** From sent until its slice went to DynamoDB; the write itself is not in it, because a trace is part of what is written. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const GROUPS_AT_ONCE = 16;

export async function consumersOf({ jobs, signal }: Session, job: JobItem): Promise<ConsumerTally[]> {
  const found = new Map<string, { ms: number[]; redelivered: number }>();
  const { groups } = shapeOf(job.plan);
  let next = 0;
  const reader = async () => {
    for (let group = next++; group < groups; group = next++) {
      for await (const { stored_by, sent_ms, stored_ms, receives } of jobs.traces(job, group, { signal })) {
        const tally = found.get(stored_by) ?? { ms: [], redelivered: 0 };
        found.set(stored_by, tally);
        tally.ms.push(stored_ms - sent_ms);
        if (receives > 1) tally.redelivered += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, reader));
  return [...found]
    .map(([consumer, { ms, redelivered }]) => {
      const sorted = ms.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { consumer, messages: ms.length, redelivered, p50_ms: at(0.5), p99_ms: at(0.99) };
    })
    .toSorted((a, b) => a.consumer.localeCompare(b.consumer));
}
