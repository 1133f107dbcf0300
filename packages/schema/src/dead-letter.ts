import { REFUSALS } from './message.ts';

/** Why a message is in the dead-letter queue. Consumers do not write the last two. */
export const DEAD_LETTER_REASONS = [...REFUSALS, 'too_many_receives', 'unknown'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/**
 * The SQS message attributes that a consumer puts on a dead-lettered message (SQS allows ten). All are strings.
 * A message without `reason` was moved by SQS itself after ten receives, or put there by hand.
 */
export const DEAD_LETTER_ATTRIBUTES = {
  reason: 'reason',
  detail: 'detail',
  consumer: 'consumer',
  originalGroup: 'original_group',
  messageId: 'original_message_id',
  deduplicationId: 'original_deduplication_id',
  sequenceNumber: 'original_sequence_number',
  receiveCount: 'original_receive_count',
  sentOn: 'original_sent_on',
  /** The message's own attributes as one JSON object, cut at 16 KB and then marked. */
  attributes: 'original_attributes',
} as const;

/** The attribute with the original attributes is cut at this size, so that it always fits beside the body. */
export const ORIGINAL_ATTRIBUTES_LIMIT_BYTES = 16 * 1024;
