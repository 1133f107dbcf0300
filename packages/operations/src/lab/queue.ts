// The learner's own queue, used by hand through `movie-load up`: each `POST /lab-queue` makes one call to SQS.
import { z } from 'zod';

/** Seconds, a limit of SQS. */
export const MAX_VISIBILITY = 43_200;
/** Seconds, a limit of SQS. */
export const MAX_WAIT = 20;
const MAX_BODY_CHARACTERS = 2000;

/** A queue name that SQS accepts; the pipeline's own queues are refused elsewhere. */
const queueNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,75}(?:\.fifo)?$/,
    'A queue name has letters, digits, - and _, and ends in .fifo if it is FIFO.',
  );
/** Group and deduplication id. */
const fifoIdSchema = z.string().regex(/^[!-~]{1,128}$/, 'has 1 to 128 characters and no spaces');
const receiptHandleSchema = z.string().min(1).max(1024);
const visibilitySchema = z.number().int().min(0).max(MAX_VISIBILITY);

export const labQueueRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('create'), queue: queueNameSchema, visibility: visibilitySchema }),
  z.strictObject({ action: z.literal('status'), queue: queueNameSchema }),
  z.strictObject({ action: z.literal('remove'), queue: queueNameSchema }),
  z.strictObject({
    action: z.literal('send'),
    queue: queueNameSchema,
    body: z.string().min(1).max(MAX_BODY_CHARACTERS),
    /** Group and deduplication id are for FIFO queues; a standard queue gets only the body. */
    group: fifoIdSchema,
    deduplication_id: fifoIdSchema,
  }),
  z.strictObject({
    action: z.literal('receive'),
    queue: queueNameSchema,
    max: z.number().int().min(1).max(10),
    /** Seconds to wait for messages. */
    wait: z.number().int().min(0).max(MAX_WAIT),
    /** Default: the queue's own. */
    visibility: visibilitySchema.optional(),
  }),
  z.strictObject({
    action: z.literal('extend'),
    queue: queueNameSchema,
    receipt_handle: receiptHandleSchema,
    visibility: visibilitySchema.min(1),
  }),
  z.strictObject({ action: z.literal('release'), queue: queueNameSchema, receipt_handle: receiptHandleSchema }),
  z.strictObject({ action: z.literal('delete'), queue: queueNameSchema, receipt_handle: receiptHandleSchema }),
]);
export type LabQueueRequest = z.infer<typeof labQueueRequestSchema>;

export const labQueueResponseSchema = z.object({
  /** The equivalent line of the AWS CLI, for a shell. */
  aws_cli: z.string(),
  /** SQS's reason for a refusal, e.g. an expired receipt handle; null when it accepted the call. */
  refused: z.string().nullable(),
  /** Result of `create`. */
  created: z.object({ queue_url: z.string() }).optional(),
  /** Result of `receive`. */
  messages: z
    .array(
      z.object({
        message_id: z.string(),
        group: z.string().nullable(),
        receives: z.number(),
        body: z.string(),
        receipt_handle: z.string(),
      }),
    )
    .optional(),
  /** Result of `status`. */
  status: z.object({ waiting: z.number(), in_flight: z.number(), delayed: z.number() }).optional(),
  /** Result of `send`. */
  sent: z.object({ message_id: z.string(), sequence_number: z.string().nullable() }).optional(),
});
export type LabQueueResponse = z.infer<typeof labQueueResponseSchema>;
