// The job's own item: created once, leased for assembly, completed once.
import { abortable, type TableItem } from '@movie-load/aws';
import { type JobItem, jobItemSchema, jobKey, MovieLoadError } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { plainItem, planToValue } from './item.ts';
import type { StoreBatch } from './slices.ts';

/** A job's item as it is in the table. Throws `MovieLoadError` `bad_item` when somebody made it unreadable. */
function parseJobItem(item: TableItem): JobItem {
  const parsed = jobItemSchema.safeParse(plainItem(item));
  if (parsed.success) return parsed.data;
  throw new MovieLoadError('bad_item', `The item of job ${item.job_id?.S} makes no sense: somebody changed it.`, {
    cause: parsed.error,
  });
}

export async function getJob(context: JobsContext, jobId: string, signal: AbortSignal): Promise<JobItem | undefined> {
  const item = await context.table.get(jobKey(jobId), { signal });
  return item === undefined ? undefined : parseJobItem(item);
}

const REMEMBERED_JOBS = 1000;

/** Creates job items, each at most once a process; forgetting one is harmless. */
export interface JobCreator {
  ensure(batch: StoreBatch, signal: AbortSignal): Promise<void>;
  forget(jobId: string): void;
}

export function createJobCreator(context: JobsContext): JobCreator {
  const created = new Set<string>();
  const running = new Map<string, Promise<void>>();

  async function create({ job_id, plan, started_on }: StoreBatch, signal: AbortSignal): Promise<void> {
    const item: TableItem = {
      job_id: { S: job_id },
      part: { S: jobKey(job_id).part },
      kind: { S: 'job' },
      status: { S: 'RUNNING' },
      plan: planToValue(plan),
      started_on: { S: started_on },
    };
    // True or false: the item is there now, and that is all that counts.
    await context.table.create(item, { signal });
    // Only now: a process that remembers too early would add to an item that does not exist.
    if (created.size >= REMEMBERED_JOBS) created.clear();
    created.add(job_id);
  }

  return {
    async ensure(batch, signal) {
      while (!created.has(batch.job_id)) {
        const other = running.get(batch.job_id);
        if (other !== undefined) {
          // Another group of this job does it at this moment. When it gives up, we try ourselves.
          await abortable(
            other.catch(() => {}),
            signal,
          );
          continue;
        }
        const mine = create(batch, signal).finally(() => running.delete(batch.job_id));
        running.set(batch.job_id, mine);
        await mine;
      }
    },
    forget: (jobId) => void created.delete(jobId),
  };
}

/** Sets the job COMPLETE. False when it was already, or is gone. */
export async function setComplete(
  context: JobsContext,
  jobId: string,
  object: { readonly key: string; readonly bytes: number },
  signal: AbortSignal,
): Promise<boolean> {
  const after = await context.table.update({
    key: jobKey(jobId),
    update: 'SET #status = :complete, #completed_on = :now, #object_key = :key, #object_bytes = :bytes, #until = :none',
    condition: '#status = :running',
    names: {
      '#status': 'status',
      '#completed_on': 'completed_on',
      '#object_key': 'object_key',
      '#object_bytes': 'object_bytes',
      '#until': 'assembling_until',
    },
    values: {
      ':complete': { S: 'COMPLETE' },
      ':running': { S: 'RUNNING' },
      ':now': { S: new Date(context.clock.now()).toISOString() },
      ':key': { S: object.key },
      ':bytes': { N: String(object.bytes) },
      ':none': { N: '0' },
    },
    touchesIndex: true,
    signal,
  });
  return after !== undefined;
}
