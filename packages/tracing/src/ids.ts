// The ids of a job's trace. Every process computes them from what its messages say, so nothing travels with the messages.
import { createHash } from 'node:crypto';
import { parseDeduplicationId } from '@movie-load/schema';
import { BATCH_ENTRIES } from './names.ts';

/** A job id has the 16 bytes of a trace id: 32 digits. */
export const traceIdOf = (jobId: string): string => jobId.replaceAll('-', '');

/** The root of a job's trace. */
export const jobSpanId = (jobId: string): string => traceIdOf(jobId).slice(0, 16);

/**
 * The span of the batch that a message was sent with. A batch has ten messages of a group in order, or fewer where they are
 * large: then all that begin in the same ten share what this returns, and only the first has it. Undefined for a message
 * that a redrive sent.
 */
export function sendSpanId(deduplicationId: string, firstOfGroup: number): string | undefined {
  const parsed = parseDeduplicationId(deduplicationId);
  if (parsed === undefined) return undefined;
  const ten = Math.floor((parsed.number - firstOfGroup) / BATCH_ENTRIES);
  const { group, sendNonce } = parsed;
  return createHash('sha256').update(`send ${sendNonce} ${group} ${ten}`).digest('hex').slice(0, 16);
}
