// The deduplication ids of redriven messages, which show that a message was redriven, and by which run.
import { createHash } from 'node:crypto';
import { deduplicationId, isRedriveNonce, parseDeduplicationId } from '@movie-load/schema';

/** A redrive's nonce (see `isRedriveNonce`) is two hashes of this length: of the run, and of the message in the run. */
const HASH_CHARACTERS = 16;
const NO_JOB_PREFIX = 'redrive.';

/** A short hash of a text: of a run's random id, or of a message's id and its run. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARACTERS);

interface RedrivenMessage {
  readonly message_id: string;
  readonly original_deduplication_id?: string | undefined;
}

/**
 * The id that a run (given by its short hash) sends a dead letter with. The same message in the same run has the same
 * id, so that a message that could not be deleted and is received again is not sent twice.
 */
export function redriveId({ message_id, original_deduplication_id }: RedrivenMessage, run: string): string {
  const sendNonce = run + shortHash(`${message_id}.${run}`);
  // In the form of the job's ids, if it had one, so that a person who reads the queue sees which message it is.
  const id = parseDeduplicationId(original_deduplication_id ?? '');
  return id ? deduplicationId(id.job_id, id.group, id.number, sendNonce) : NO_JOB_PREFIX + sendNonce;
}

/** The run (its short hash) that sent a message with this id; undefined if no redrive sent it. */
export function redriveRunOf(id: string): string | undefined {
  const sendNonce =
    parseDeduplicationId(id)?.sendNonce ?? (id.startsWith(NO_JOB_PREFIX) ? id.slice(NO_JOB_PREFIX.length) : '');
  return isRedriveNonce(sendNonce) ? sendNonce.slice(0, HASH_CHARACTERS) : undefined;
}
