// Which consumer stored which message, from the traces in the slices of a job.
import { openTable } from '@movie-load/aws';
import { groupKey, SLICE_PREFIX, shapeOf } from '@movie-load/schema';
import type { View } from './jobs.ts';
import type { PostedJob } from './producer.ts';

/** Messages of a job by the instance that stored them. One that was stored twice counts for both. */
export async function storedBy({ clients, settings }: View, { job_id, plan }: PostedJob): Promise<Map<string, number>> {
  const table = openTable(clients, settings.table);
  const shares = new Map<string, number>();
  const groups = Array.from({ length: shapeOf(plan).groups }, (_, group) => group);
  await Promise.all(
    groups.map(async (group) => {
      const between = [SLICE_PREFIX, `${SLICE_PREFIX}~`] as const;
      for (let start: Parameters<typeof table.query>[0]['start'], first = true; first || start; first = false) {
        const { items, next } = await table.query({ partition: groupKey(job_id, group), between, start });
        for (const { trace } of items) {
          const instance = trace?.M?.stored_by?.S ?? 'unknown';
          // The list has three numbers per message.
          const messages = (trace?.M?.messages?.L?.length ?? 0) / 3;
          shares.set(instance, (shares.get(instance) ?? 0) + messages);
        }
        start = next;
      }
    }),
  );
  return shares;
}
