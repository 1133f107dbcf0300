// The parts of a RUNNING job's object that S3 has in the unfinished upload.
import { errorName } from '@movie-load/aws';
import { type JobItem, objectKey, partsOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';

export interface UnfinishedUpload {
  /** When a consumer recorded it. */
  readonly began_on: string | undefined;
  /** Parts that S3 has, ascending, counted from 1 as S3 does. */
  readonly written: readonly number[];
  /** The bytes of these parts together. */
  readonly bytes: number;
}

/** Undefined when the job has no upload, or S3 no longer has it. */
export async function getUnfinishedUpload(
  { objects }: JobsContext,
  { job_id, status, upload_id, upload_on }: JobItem,
  signal: AbortSignal,
): Promise<UnfinishedUpload | undefined> {
  if (status !== 'RUNNING' || upload_id === undefined) return undefined;
  try {
    const parts = await objects.listParts(objectKey(job_id), upload_id, { signal });
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    return { began_on: upload_on, written: parts.map(({ number }) => number), bytes };
  } catch (error) {
    if (errorName(error) === 'NoSuchUpload') return undefined;
    throw error;
  }
}

/** The number of parts of a job's object: 1 for an object that is written with one request. */
export const objectPartCount = ({ plan }: Pick<JobItem, 'plan'>): number => partsOf(plan).parts;
