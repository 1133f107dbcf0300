// The protocol between the console's server and the page's views Learn and Lab. The page imports only the types.
import { faultRuleSchema, MAX_FORWARD_MS } from '@movie-load/operations/lab';
import type { ShownLesson } from '@movie-load/operations/lessons';
import { z } from 'zod';

export type { LabQueueRequest, LabQueueResponse } from '@movie-load/operations/lab';
export type * from '@movie-load/operations/lessons';

/** `GET /api/lessons` */
export interface LessonsView {
  readonly lessons: readonly ShownLesson[];
}

/** `GET /api/lab` */
export interface LabView {
  /** Faults, clock and history are available. */
  readonly lab: boolean;
  /** The learner's own queue is available. */
  readonly queue: boolean;
  /** Why there is no lab, and how to get one. */
  readonly why: string | null;
}

/** The body of `POST /api/lab/faults`: a preset by its name, or one rule. */
export const addFaultsSchema = z.union([
  z.strictObject({ preset: z.string().max(100) }),
  z.strictObject(faultRuleSchema.shape),
]);
export type AddFaults = z.infer<typeof addFaultsSchema>;

/** The body of `POST /api/lab/faults/clear`: one rule, or all. */
export const clearFaultsSchema = z.strictObject({ id: z.number().int().min(1).optional() });

/** `GET /api/lab/faults` */
export interface FaultsView {
  readonly rules: readonly {
    readonly id: number;
    readonly operation: string;
    readonly what_happens: string;
    readonly how_often: string;
    /** Number of calls that the rule has affected. */
    readonly struck: number;
  }[];
  readonly presets: readonly { readonly name: string; readonly about: string }[];
}

/** The body of `POST /api/lab/clock`. */
export const forwardSchema = z.strictObject({ forward_ms: z.number().int().min(1).max(MAX_FORWARD_MS) });

/** `GET /api/jobs/<id>/messages/<number>/history` */
export interface HistoryView {
  /** Why the endpoint does not report the history; null when it does. */
  readonly why: string | null;
  /** One for each time that the message was sent, then one for each of its dead letters. */
  readonly messages: readonly {
    readonly message_id: string;
    readonly events: readonly {
      /** Milliseconds since the epoch, on the embedded AWS's clock. */
      readonly at: number;
      readonly what: string;
      readonly by: string | null;
      readonly hidden_until: number | null;
      readonly queue: string;
    }[];
    readonly events_left_out: number;
  }[];
  /** Number of older messages whose history is not stored any more. */
  readonly forgotten: number;
}
