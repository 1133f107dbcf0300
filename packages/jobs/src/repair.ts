// Makes a job's object again from its slices.
import { createHash } from 'node:crypto';
import { childrenOf, MovieLoadError, treeOf, UsageError } from '@movie-load/schema';
import { assemble, objectChunks } from './assemble.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import { getJob, setComplete } from './job-item.ts';
import { hashObject } from './verify.ts';

export interface Repaired {
  /** Why the object was written again; undefined when it was as it should be. */
  readonly why: 'object_missing' | 'object_differs' | 'not_complete' | undefined;
  readonly bytes: number;
}

/**
 * Writes the object again when it is missing or differs from the slices, and sets a fully counted job COMPLETE. Needs no
 * lease: whoever else writes the object writes the same bytes.
 *
 * @throws `UsageError` when there is no such job, `MovieLoadError` `job_incomplete` when movies are missing: `resume` first.
 */
export async function repairJob(context: JobsContext, jobId: string, options: StoreOptions): Promise<Repaired> {
  const { signal } = options;
  const job = await getJob(context, jobId, signal);
  if (job === undefined) throw new UsageError(`There is no job ${jobId}.`);
  if (job.status !== 'COMPLETE' && job.done.size < childrenOf(treeOf(job.plan), { level: 'root' })) {
    throw new MovieLoadError(
      'job_incomplete',
      `Job ${jobId} is not stored completely. Send what is missing with \`movie-load resume ${jobId}\` first.`,
    );
  }
  const object = await hashObject(context, jobId, signal);
  if (object !== undefined) {
    const hash = createHash('sha256');
    for await (const { bytes } of objectChunks(context, job, signal)) hash.update(bytes);
    if (object.sha256 === hash.digest('hex') && job.status === 'COMPLETE')
      return { why: undefined, bytes: object.bytes };
  }
  const written = await assemble(context, job, options);
  if (job.status !== 'COMPLETE') await setComplete(context, jobId, written, signal);
  const why = job.status !== 'COMPLETE' ? 'not_complete' : object === undefined ? 'object_missing' : 'object_differs';
  return { why, bytes: written.bytes };
}
