// The jobs that this process sends, and their states. They are in memory alone: SQS has only the messages that were
// sent.
import {
  type CallPolicy,
  type Clock,
  describeError,
  type QueuePort,
  type Random,
  type Retry,
  resilientQueue,
} from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { type JobPlan, jobIdOf, MovieLoadError, planToToken, shapeOf } from '@movie-load/schema';
import type { Logger } from '@movie-load/service';
import type { ProducerSpans } from './spans.ts';

/** The answer to GET /jobs/<id>: what this producer has sent, not what consumers have stored. */
export interface SendingJob {
  readonly job_id: string;
  /** The plan as one token, for `resume --plan`. */
  readonly plan: string;
  /** STOPPED: this process got a signal to end before all was sent. */
  status: 'SENDING' | 'SENT' | 'FAILED' | 'STOPPED';
  readonly movies: number;
  readonly messages: number;
  readonly groups: number;
  sent_movies: number;
  sent_messages: number;
  readonly started_on: string;
  ended_on?: string;
  error?: string;
}

export interface Outcome {
  /** Why the job was not sent completely; undefined when it was. */
  readonly error?: unknown;
}

export interface JobRegistryOptions {
  /** Resolves with a queue whose calls try once, or rejects when there is no queue. */
  readonly queue: () => Promise<QueuePort>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Stops all jobs. */
  readonly signal: AbortSignal;
  /** Set when traces are exported. */
  readonly spans?: ProducerSpans | undefined;
}

export interface JobRegistry {
  /** All jobs together, since the process started. */
  readonly totals: { readonly sent_messages: number; readonly sent_movies: number };
  /** Starts to send a job unless it is being sent already. `done` never rejects. */
  start(plan: JobPlan): { readonly job: Readonly<SendingJob>; readonly done: Promise<Outcome> };
  find(jobId: string): Readonly<SendingJob> | undefined;
  /** The number of jobs that are being sent. */
  sending(): number;
  isSending(plan: JobPlan): boolean;
  /** Resolves when no job is being sent any more. */
  idle(): Promise<void>;
}

/** The most jobs that are remembered. The oldest ones that have ended are forgotten first. */
const MAX_REMEMBERED_JOBS = 1000;

export function createJobRegistry({ queue, clock, random, log, signal, spans }: JobRegistryOptions): JobRegistry {
  const jobs = new Map<string, SendingJob>();
  const running = new Map<string, Promise<Outcome>>();
  const totals = { sent_messages: 0, sent_movies: 0 };

  const send = async (job: SendingJob, plan: JobPlan): Promise<Outcome> => {
    const { job_id, started_on } = job;
    const facts = { job_id, plan: job.plan, movies: job.movies, messages: job.messages, groups: job.groups };
    log.info(facts, 'sending a job');
    const policy = {
      clock,
      random,
      maxAttempts: Number.POSITIVE_INFINITY,
      onRetry: (retry: Retry) => log.warn({ job_id, ...retryFacts(retry) }, 'sending failed and will be tried again'),
    };
    try {
      await sendJob({
        queue: tracedQueue(await queue(), { policy, plan, spans }),
        plan,
        started_on,
        random,
        signal,
        onSent({ messages, movies }) {
          job.sent_messages += messages;
          job.sent_movies += movies;
          totals.sent_messages += messages;
          totals.sent_movies += movies;
        },
      });
      job.status = 'SENT';
      log.info(facts, 'job sent');
      return {};
    } catch (error) {
      job.status = signal.aborted ? 'STOPPED' : 'FAILED';
      job.error = describeError(error);
      const stoppedFacts = { ...facts, sent_movies: job.sent_movies };
      if (signal.aborted) log.warn(stoppedFacts, 'stopped before the job was sent: send it again, or resume it');
      else log.error({ ...stoppedFacts, ...bugFacts(error) }, `The job was not sent: ${job.error}`);
      return { error };
    } finally {
      job.ended_on = new Date(clock.now()).toISOString();
      running.delete(job_id);
    }
  };

  return {
    totals,
    find: (jobId) => jobs.get(jobId),
    sending: () => running.size,
    isSending: (plan) => running.has(jobIdOf(plan)),
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
    start(plan) {
      const job_id = jobIdOf(plan);
      const existing = jobs.get(job_id);
      const runningSend = running.get(job_id);
      if (existing !== undefined && runningSend !== undefined) return { job: existing, done: runningSend };
      const job = newJob(job_id, plan, clock);
      // Moved to the end, so that it is forgotten last.
      jobs.delete(job_id);
      jobs.set(job_id, job);
      const oldestEnded = jobs.values().find(({ status }) => status !== 'SENDING');
      if (jobs.size > MAX_REMEMBERED_JOBS && oldestEnded !== undefined) jobs.delete(oldestEnded.job_id);
      const done = send(job, plan);
      // `send` has ended already if `queue` threw at once.
      if (job.status === 'SENDING') running.set(job_id, done);
      return { job, done };
    },
  };
}

/** A queue that repeats failed calls. When traces are exported, batches and their attempts have spans. */
function tracedQueue(
  queue: QueuePort,
  { policy, plan, spans }: { policy: CallPolicy; plan: JobPlan; spans: ProducerSpans | undefined },
): QueuePort {
  if (spans === undefined) return resilientQueue(queue, policy);
  return spans.batches(resilientQueue(spans.attempts(queue), policy), plan);
}

function newJob(job_id: string, plan: JobPlan, clock: Clock): SendingJob {
  const { messages, groups } = shapeOf(plan);
  return {
    job_id,
    plan: planToToken(plan),
    status: 'SENDING',
    movies: plan.movies,
    messages,
    groups,
    sent_movies: 0,
    sent_messages: 0,
    started_on: new Date(clock.now()).toISOString(),
  };
}

const retryFacts = ({ attempt, waitMs, error }: Retry) => ({
  attempt,
  wait_ms: Math.round(waitMs),
  err: error,
});

/** The error with its stack if it is neither an error of movie-load nor a response of AWS, because then it is a bug. */
function bugFacts(err: unknown): { err?: unknown } {
  const isExpected = err instanceof MovieLoadError || (typeof err === 'object' && err !== null && '$metadata' in err);
  return isExpected ? {} : { err };
}
