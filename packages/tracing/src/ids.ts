// The ids of a job's trace. Every process computes them from the messages, so messages carry no trace context.
import { createHash } from 'node:crypto';
import { isRedriveNonce, parseDeduplicationId } from '@movie-load/schema';
import { BATCH_ENTRIES } from './names.ts';

/** The job's id without hyphens: it has the 16 bytes of a trace id, 32 digits. */
export const traceIdOf = (jobId: string): string => jobId.replaceAll('-', '');

/** The id of a job's own span, the root of its trace. */
export const jobSpanId = (jobId: string): string => traceIdOf(jobId).slice(0, 16);

/**
 * The id of the span of the batch that a message was sent with. A batch has ten messages of a group in order, or fewer
 * if they are large. Then all batches of the same ten messages get the same id, and only the first batch has a span
 * with it. Undefined for a message that a redrive sent, because a redrive has no spans.
 */
export function sendSpanId(deduplicationId: string, firstOfGroup: number): string | undefined {
  const parsed = parseDeduplicationId(deduplicationId);
  if (parsed === undefined || isRedriveNonce(parsed.sendNonce)) return undefined;
  const batchNumber = Math.floor((parsed.number - firstOfGroup) / BATCH_ENTRIES);
  const { group, sendNonce } = parsed;
  return createHash('sha256').update(`send ${sendNonce} ${group} ${batchNumber}`).digest('hex').slice(0, 16);
}
