import { z } from 'zod';
import { jobIdSchema, jobPlanSchema, MAX_FAN_OUT, MAX_GROUP_SIZE } from './plan.ts';
import { instantSchema } from './text.ts';

const JOB_STATUSES = ['RUNNING', 'COMPLETE'] as const;

/** The attribute by which DynamoDB removes an item (its time to live): seconds since the epoch. */
export const EXPIRES_AT = 'expires_at';
/** An item without it does not expire. */
const expiry = z.int().min(0).optional();

/** The full children of a tree node, by their numbers in it, from 0. */
const childSet = z.set(
  z
    .int()
    .min(0)
    .max(MAX_FAN_OUT - 1),
);

/** The job's item, `part` = `job`. Only job items have `kind`, so only they are in the index `jobs`. */
export const jobItemSchema = z.object({
  job_id: jobIdSchema,
  kind: z.literal('job'),
  status: z.enum(JOB_STATUSES),
  plan: jobPlanSchema,
  /** The root of the completion tree. Absent until the first child is full, because DynamoDB has no empty sets. */
  done: childSet.default(new Set()),
  started_on: instantSchema,
  /** The multipart upload that the parts are written to, and when it was recorded. Absent before, and when COMPLETE. */
  upload_id: z.string().max(1024).optional(),
  upload_on: instantSchema.optional(),
  completed_on: instantSchema.optional(),
  object_key: z.string().max(64).optional(),
  /** Recorded before the upload is completed: the sum of its parts. */
  object_bytes: z.int().min(0).optional(),
  /** Where a retention is set: DynamoDB removes the item some time after. */
  expires_at: expiry,
});
export type JobItem = Readonly<z.infer<typeof jobItemSchema>>;

/**
 * What `delete` leaves of a job for 30 days: its item, its ledgers and the nodes of its tree become markers, which
 * have `deleted_on`. Nothing is counted in a marker, so late messages do not create the job again. While the job
 * is DELETING it is in the index `jobs`, so that `delete` finds it again; when it is DELETED it is not.
 */
export const jobMarkerSchema = z.object({
  job_id: jobIdSchema,
  status: z.enum(['DELETING', 'DELETED']),
  plan: jobPlanSchema,
  deleted_on: instantSchema,
  expires_at: z.int().min(0),
  /** Absent after the upload is aborted. */
  upload_id: z.string().max(1024).optional(),
});
export type JobMarker = Readonly<z.infer<typeof jobMarkerSchema>>;

/** The ledger of a message group, `part` = `ledger`: the messages whose movies are stored. */
export const ledgerSchema = z.object({
  stored: z
    .set(
      z
        .int()
        .min(0)
        .max(MAX_GROUP_SIZE - 1),
    )
    .default(new Set()),
  /** The number of messages of the group: the ledger is full when `stored` has this number. */
  expected: z.int().min(1).max(MAX_GROUP_SIZE),
  stored_on: instantSchema,
  stored_by: z.string().max(256),
  /** Where the group is a part of the object: the upload that it was written to. */
  part_upload: z.string().max(1024).optional(),
  expires_at: expiry,
});
export type Ledger = Readonly<z.infer<typeof ledgerSchema>>;

/** The times of one message of a slice, in milliseconds from the job's `started_on`. They are only displayed. */
const messageTraceSchema = z.object({
  number: z.int().min(0),
  sent_ms: z.int(),
  received_ms: z.int(),
  stored_ms: z.int(),
  receives: z.int().min(1),
});
export type MessageTrace = Readonly<z.infer<typeof messageTraceSchema>>;

export const sliceTraceSchema = z.object({
  stored_by: z.string().max(256),
  messages: z.array(messageTraceSchema).max(MAX_GROUP_SIZE),
});
export type SliceTrace = Readonly<z.infer<typeof sliceTraceSchema>>;
