// A queue of the learner's own, driven by hand through `movie-load up`: `POST /lab-queue`, one call of SQS each.
import { z } from 'zod';

/** Seconds, of SQS. */
export const LONGEST_VISIBILITY = 43_200;
/** Seconds, of SQS. */
export const LONGEST_WAIT = 20;
const MAX_BODY_CHARACTERS = 2000;

/** As SQS takes it; the pipeline's own queues are refused. */
const queue = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,75}(?:\.fifo)?$/,
    'A queue name has letters, digits, - and _, and ends in .fifo if it is FIFO.',
  );
/** Group and deduplication id. */
const word = z.string().regex(/^[!-~]{1,128}$/, 'has 1 to 128 characters and no spaces');
const receipt_handle = z.string().min(1).max(1024);
const visibility = z.number().int().min(0).max(LONGEST_VISIBILITY);

export const labQueueRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('create'), queue, visibility }),
  z.strictObject({ action: z.literal('status'), queue }),
  z.strictObject({ action: z.literal('remove'), queue }),
  z.strictObject({
    action: z.literal('send'),
    queue,
    body: z.string().min(1).max(MAX_BODY_CHARACTERS),
    /** These two are a FIFO queue's; a standard queue is sent the body alone. */
    group: word,
    deduplication_id: word,
  }),
  z.strictObject({
    action: z.literal('receive'),
    queue,
    max: z.number().int().min(1).max(10),
    /** Seconds that it waits for messages. */
    wait: z.number().int().min(0).max(LONGEST_WAIT),
    /** The queue's own unless given. */
    visibility: visibility.optional(),
  }),
  z.strictObject({ action: z.literal('extend'), queue, receipt_handle, visibility: visibility.min(1) }),
  z.strictObject({ action: z.literal('release'), queue, receipt_handle }),
  z.strictObject({ action: z.literal('delete'), queue, receipt_handle }),
]);
export type LabQueueRequest = z.infer<typeof labQueueRequestSchema>;

export const labQueueAnswerSchema = z.object({
  /** The same call as a line of the AWS CLI, for a shell. */
  aws_cli: z.string(),
  /** How SQS refused it, e.g. an expired receipt handle; null when it did not. */
  refused: z.string().nullable(),
  /** Of `create`. */
  created: z.object({ queue_url: z.string() }).optional(),
  /** Of `receive`. */
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
  /** Of `status`. */
  status: z.object({ waiting: z.number(), in_flight: z.number(), delayed: z.number() }).optional(),
  /** Of `send`. */
  sent: z.object({ message_id: z.string(), sequence_number: z.string().nullable() }).optional(),
});
export type LabQueueAnswer = z.infer<typeof labQueueAnswerSchema>;
