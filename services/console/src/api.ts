// The protocol between the console's server and its page. The page imports only the types; requests are parsed here.
import type { Outcome } from '@movie-load/operations';
import { controlActionSchema } from '@movie-load/operations/control';
import { jobRequestSchema } from '@movie-load/queue/request';
import { type jobPlanSchema, MAX_MOVIES } from '@movie-load/schema';
import { z } from 'zod';
import type { JobProgress, JobsPage } from './api-jobs.ts';

export type * from './api-jobs.ts';

/** The body of `POST /api/jobs` and `POST /api/plan`: that of the producer's `POST /jobs`. */
export const startJobSchema = jobRequestSchema;
export type StartJob = z.output<typeof startJobSchema>;

/** The body of `POST /api/dead-letters/redrive`. */
export const redriveSchema = z.strictObject({
  message_ids: z.array(z.string().min(1).max(128)).min(1).max(500),
  dry_run: z.boolean(),
});
export type RedriveRequest = z.infer<typeof redriveSchema>;

export const controlSchema = z.strictObject({ action: controlActionSchema });
export type ControlAction = z.infer<typeof controlSchema>['action'];

/** The empty body of a request whose path names the action. */
export const emptySchema = z.strictObject({});

const text = z.string().max(256);
export const lanesQuerySchema = z.object({
  first: z.coerce.number().int().min(0).max(MAX_MOVIES).default(0),
  count: z.coerce.number().int().min(1).max(200).default(50),
  by: z.enum(['state', 'consumer']).default('state'),
});
export const moviesQuerySchema = z.object({
  from: z.coerce.number().int().min(0).max(MAX_MOVIES).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  search: text.default(''),
});
export const jobsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  after: z.string().max(2048).optional(),
});

export interface Depth {
  readonly waiting: number;
  readonly in_flight: number;
  readonly delayed: number;
}

/** One consumer, from its report and, in `movie-load up`, from the process that started it. */
export interface ConsumerView {
  /** The name that the page shows: `consumer 2`, or its address. */
  readonly name: string;
  /** Its name in ledgers and traces, if known. */
  readonly instance: string | null;
  readonly url: string | null;
  /** `away`: it did not answer. `starting`, `paused` and `gone` are reported by the process that started it. */
  readonly state: 'working' | 'away' | 'starting' | 'paused' | 'gone';
  /** Movies written; a movie that is written again counts again. */
  readonly stored_movies: number;
  /** The written movies that had been counted in a ledger before. */
  readonly repeated_movies: number;
  readonly redelivered: number;
  readonly dead_lettered: number;
  readonly in_flight: number;
  /** Movies per second, over the last seconds. */
  readonly rate: number;
  /** Whether it can be killed, paused and resumed. */
  readonly controllable: boolean;
}

export interface Latency {
  readonly p50_ms: number;
  readonly p99_ms: number;
}

/** One sample of the charts. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly movies_per_second: number;
  readonly waiting: number;
  readonly in_flight: number;
  readonly redelivered: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

export interface Overview {
  readonly at: number;
  readonly where: {
    readonly endpoint: string;
    readonly region: string;
    readonly queue: string;
    readonly dlq: string;
    readonly table: string;
    readonly bucket: string;
  };
  /** What the page can do here: start jobs, kill and pause consumers, show queues without receiving. */
  readonly can: { readonly start: boolean; readonly control: boolean; readonly peek: boolean };
  readonly queue: Depth | null;
  readonly dlq: Depth | null;
  readonly consumers: readonly ConsumerView[];
  /** Calls to AWS since each service started, by operation, e.g. `sqs:ReceiveMessage`; null if not reported. */
  readonly calls: Readonly<Record<'producer' | 'consumer' | 'console', Readonly<Record<string, number>> | null>>;
  readonly write_units: number;
  readonly read_units: number;
  /** Sums over all consumers seen so far. */
  readonly stored_movies: number;
  readonly repeated_movies: number;
  readonly latency: Latency | null;
  readonly sample: Sample;
  /** One sentence for each queue or service that cannot be reached now; it says what to do. */
  readonly problems: readonly string[];
}

export interface DeadLetterView {
  readonly message_id: string;
  readonly reason: string;
  readonly detail: string;
  readonly consumer: string;
  readonly original_group: string | null;
  readonly job_id: string | null;
  readonly sent_on: string | null;
  readonly dead_since: string;
  /** How often it was received before it was dead-lettered. */
  readonly receives: string | null;
  readonly body_bytes: number;
  /** The body's start, at most 2,000 characters. */
  readonly body_start: string;
  readonly body_cut: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}
export interface DeadLetters {
  /** Number of messages in the queue, as counted by SQS. */
  readonly total: number;
  /** Number of messages that are not in `messages`: the oldest ones if `peeked`, otherwise those not received. */
  readonly left_out: number;
  readonly messages: readonly DeadLetterView[];
  /** False if the messages had to be received to show them, which hides them for some seconds. */
  readonly peeked: boolean;
}
export interface DeadLetterBody {
  readonly body: string;
  readonly cut: boolean;
}
export interface RedriveResult {
  readonly dry_run: boolean;
  readonly redriven: readonly { readonly message_id: string; readonly to_group: string }[];
  /** Number of redriven messages that consumers dead-lettered again before the redrive ended. */
  readonly came_back: number;
  /** Ids of requested messages that were not found: already redriven, or received by another reader. */
  readonly not_found: readonly string[];
  /** One sentence for each message that the queue refused; it stays in the dead-letter queue. */
  readonly refused: readonly string[];
}

export interface PlanView {
  readonly plan: z.infer<typeof jobPlanSchema>;
  readonly messages: number;
  readonly groups: number;
  /** What the job costs, by service. */
  readonly lines: readonly { readonly what: string; readonly count: number; readonly usd: number }[];
  readonly usd: number;
  /** A sentence: the region and date of the prices, and what they do not include. */
  readonly prices_of: string;
}
export interface StartedJob {
  readonly job_id: string;
  readonly plan_token: string;
}

export type ActionResult = Outcome;

/** Prices of AWS calls in US dollars each, by operation, for "How it works". */
export interface Prices {
  /** The region and the date of the list prices, e.g. `us-east-1, November 2026, without free tier`. */
  readonly of: string;
  /** AWS's page with the prices. */
  readonly source: string;
  readonly region: string;
  readonly usd_per_call: Readonly<Record<string, number>>;
  readonly usd_per_write_unit: number;
  readonly usd_per_read_unit: number;
}

/** A span of a job's trace. */
export interface TraceSpan {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly service: string;
  readonly instance: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly start_ms: number;
  readonly end_ms: number;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
  /** Group, receives, part and so on, as texts. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface JobTrace {
  /** Whether services can send their traces to this console. */
  readonly receiving: boolean;
  /** In the order in which they began. */
  readonly spans: readonly TraceSpan[];
  /** Number of spans that arrived when the trace was full. */
  readonly left_out: number;
}

/** The body of an error response: a problem document (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/**
 * Events of `GET /api/events`. `hello` is first; its `page` identifies the server's build of the page: an open page
 * reloads itself when the build has changed.
 */
export interface Events {
  readonly hello: { readonly page: string; readonly history: readonly Sample[] };
  readonly overview: Overview;
  readonly jobs: JobsPage;
  readonly job: JobProgress;
}
