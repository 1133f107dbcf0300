// The deduplication ids of redriven messages, which show that a message was redriven, and by which run.
import { createHash } from 'node:crypto';
import { deduplicationId, parseDeduplicationId } from '@movie-load/schema';

/** The nonce of a redrive is the mark of the run and that of the message, of this length each. */
const MARK_CHARACTERS = 16;
const REDRIVE_NONCE = /^[0-9a-f]{32}$/;
const WITHOUT_JOB = 'redrive.';

/** The mark of a text: of a run's random id, or of a message in a run. */
export const markOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, MARK_CHARACTERS);

interface RedrivenMessage {
  readonly message_id: string;
  readonly original_deduplication_id?: string | undefined;
}

/**
 * The id that a run sends a dead letter with. The same message in the same run has the same id, so that a message
 * that could not be deleted and is received again is not sent twice.
 */
export function redriveId({ message_id, original_deduplication_id }: RedrivenMessage, run: string): string {
  const sendNonce = run + markOf(`${message_id}.${run}`);
  // In the form of the job's ids, if it had one, so that a person who reads the queue sees which message it is.
  const id = parseDeduplicationId(original_deduplication_id ?? '');
  return id ? deduplicationId(id.job_id, id.group, id.number, sendNonce) : WITHOUT_JOB + sendNonce;
}

/** The mark of the run that sent a message with this id; undefined if no run sent it. */
export function runOf(id: string): string | undefined {
  const sendNonce =
    parseDeduplicationId(id)?.sendNonce ?? (id.startsWith(WITHOUT_JOB) ? id.slice(WITHOUT_JOB.length) : '');
  return REDRIVE_NONCE.test(sendNonce) ? sendNonce.slice(0, MARK_CHARACTERS) : undefined;
}
