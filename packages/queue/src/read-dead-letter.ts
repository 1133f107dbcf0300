// Reads a message of the dead-letter queue, whether a consumer, SQS or a person put it there.
import type { MessageAttribute, MessageAttributes, ReceivedMessage } from '@movie-load/aws';
import {
  DEAD_LETTER_REASONS,
  type DeadLetterReason,
  jobIdSchema,
  DEAD_LETTER_ATTRIBUTES as NAMES,
  parseGroupKey,
  parseJson,
  utf8Bytes,
} from '@movie-load/schema';
import { z } from 'zod';
import { isCut as hasCutMark } from './dead-letter.ts';
import { redriveRunOf } from './redrive-id.ts';

export interface DeadLetter {
  /** The id in the dead-letter queue, for `show` and `redrive`. */
  readonly message_id: string;
  /** Why it was dead-lettered; `too_many_receives` when SQS moved it, `unknown` when a person put it there. */
  readonly reason: DeadLetterReason;
  readonly detail?: string | undefined;
  readonly consumer?: string | undefined;
  /** The job, when the original group or the body names one. */
  readonly job_id?: string | undefined;
  /** The message group that a redrive sends it to. */
  readonly original_group: string;
  readonly original_message_id: string;
  readonly original_deduplication_id?: string | undefined;
  readonly original_sequence_number?: string | undefined;
  readonly original_receive_count?: number | undefined;
  readonly original_sent_on?: string | undefined;
  /** When it was dead-lettered, or first sent if SQS moved it. ISO instant. */
  readonly since: string;
  readonly body_bytes: number;
  /** The message's own attributes, which a redrive restores. */
  readonly attributes: MessageAttributes;
  /** True when it was redriven before, and failed again. */
  readonly redriven_before: boolean;
  /** True when the attributes were more than 16 KB: a redrive cannot restore them. */
  readonly attributes_cut: boolean;
}

/** A message that was received or peeked. A peek may return only the start of the body. */
export interface SeenMessage extends ReceivedMessage {
  /** The size of the whole body. */
  readonly bodyBytes?: number | undefined;
}

/** Reads a message as a dead letter. Never throws, although any sender can write any attribute. */
export function toDeadLetter(message: SeenMessage): DeadLetter {
  const text = (name: string) => message.attributes[name]?.StringValue;
  const reason = z.enum(DEAD_LETTER_REASONS).safeParse(text(NAMES.reason));
  const since = new Date(message.sentOn).toISOString();
  const body_bytes = message.bodyBytes ?? utf8Bytes(message.body);
  const isCut = body_bytes > utf8Bytes(message.body);
  if (!reason.success) {
    return {
      message_id: message.messageId,
      reason: message.movedFrom === undefined ? 'unknown' : 'too_many_receives',
      job_id: jobIdFrom(message.groupId, message.body, isCut),
      original_group: message.groupId ?? message.messageId,
      original_message_id: message.messageId,
      original_deduplication_id: message.deduplicationId,
      redriven_before: isRedriven(message.deduplicationId),
      original_sequence_number: message.sequenceNumber,
      original_sent_on: since,
      since,
      body_bytes,
      attributes: message.attributes,
      attributes_cut: false,
    };
  }
  const encoded = text(NAMES.attributes);
  const group = text(NAMES.originalGroup);
  const receives = Number(text(NAMES.receiveCount) ?? Number.NaN);
  return {
    message_id: message.messageId,
    reason: reason.data,
    detail: text(NAMES.detail),
    consumer: text(NAMES.consumer),
    job_id: jobIdFrom(group, message.body, isCut),
    original_group: group ?? message.groupId ?? message.messageId,
    original_message_id: text(NAMES.messageId) ?? message.messageId,
    original_deduplication_id: text(NAMES.deduplicationId),
    redriven_before: isRedriven(text(NAMES.deduplicationId)),
    original_sequence_number: text(NAMES.sequenceNumber),
    original_receive_count: Number.isSafeInteger(receives) ? receives : undefined,
    original_sent_on: text(NAMES.sentOn),
    since,
    body_bytes,
    attributes: encoded === undefined ? {} : decodeAttributes(encoded),
    attributes_cut: encoded !== undefined && hasCutMark(encoded),
  };
}

const isRedriven = (deduplicationId: string | undefined): boolean => redriveRunOf(deduplicationId ?? '') !== undefined;

const encodedAttributesSchema = z.record(
  z.string(),
  z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.base64().optional(),
  }),
);

/** The inverse of `encodeAttributes`; no attributes when the text is cut or has another form. */
function decodeAttributes(text: string): MessageAttributes {
  const attributes: Record<string, MessageAttribute> = {};
  const parsed = encodedAttributesSchema.safeParse(parseJson(text));
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(parsed.data ?? {})) {
    attributes[name] =
      BinaryValue === undefined
        ? { DataType, StringValue }
        : { DataType, BinaryValue: Buffer.from(BinaryValue, 'base64') };
  }
  return attributes;
}

const bodyWithJobSchema = z.object({ job_id: jobIdSchema });

/** Load messages begin with the job id. */
const JOB_IN_START = /"job_id"\s*:\s*"([0-9a-f-]{36})"/;

function jobIdFrom(group: string | undefined, body: string, isBodyCut: boolean): string | undefined {
  const key = group === undefined ? undefined : parseGroupKey(group);
  if (key !== undefined) return key.job_id;
  return isBodyCut
    ? jobIdSchema.safeParse(JOB_IN_START.exec(body)?.[1]).data
    : bodyWithJobSchema.safeParse(parseJson(body)).data?.job_id;
}

/** Conditions that a dead letter must meet; missing ones are not checked. */
export interface DeadLetterFilter {
  readonly reasons?: readonly DeadLetterReason[] | undefined;
  readonly job_id?: string | undefined;
  /** Ids in the dead-letter queue, whole or their first characters. */
  readonly ids?: readonly string[] | undefined;
}

export function matches(deadLetter: DeadLetter, { reasons, job_id, ids }: DeadLetterFilter): boolean {
  if (reasons !== undefined && !reasons.includes(deadLetter.reason)) return false;
  if (job_id !== undefined && deadLetter.job_id !== job_id) return false;
  return ids === undefined || ids.some((id) => deadLetter.message_id.startsWith(id));
}
