// The session of a command: what it needs at the endpoint (clients, jobs, queues), and a signal that Ctrl-C aborts.
import {
  type AwsClients,
  type AwsSettings,
  createPeek,
  createSummarise,
  type OpenQueue,
  openResilientQueue,
  type Peek,
  type Summarise,
  toolPolicy,
} from '@movie-load/aws';
import { type JobStore, jobDeletedError } from '@movie-load/jobs';
import { openJobStore } from '@movie-load/operations';
import { type JobItem, UsageError } from '@movie-load/schema';
import type { EndpointOptions } from './command.ts';
import { announceChanges, endpointSettings, withBucket, withClients } from './endpoint.ts';
import { listenForInterrupt } from './interrupt.ts';
import { endOutputOn } from './output.ts';

export interface Session {
  readonly settings: AwsSettings;
  readonly clients: AwsClients;
  readonly jobs: JobStore;
  /** Reads a queue's messages without receiving them, where the endpoint offers it. */
  readonly peek: Peek;
  /** The endpoint's summary of a queue, where it offers one. */
  readonly summarise: Summarise;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  queue(): Promise<OpenQueue>;
  dlq(): Promise<OpenQueue>;
  /** The job whose id begins with `prefix`. Throws `UsageError` when there is none, or more than one. */
  job(prefix: string): Promise<JobItem>;
}

export interface SessionOptions extends EndpointOptions {
  /** The command changes something: on AWS it prints endpoint, account and queue first. */
  readonly changes?: boolean;
}

/** Limits the cleanup after Ctrl-C: otherwise it would wait for every timeout and retry of an endpoint that hangs. */
const CLEANUP_LIMIT_MS = 15_000;

/**
 * Runs `work` with a session, then closes the session. Ctrl-C aborts the session's `signal`; when `work` has cleaned up,
 * the signal's reason, `Interrupted`, is thrown.
 *
 * @example await withSession(options, async ({ jobs }) => console.log(await jobs.listJobs()));
 */
export async function withSession<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const loaded = await endpointSettings(options);
  if (options.changes) await announceChanges(loaded);
  using interrupt = listenForInterrupt({ limitMs: CLEANUP_LIMIT_MS });
  const { signal } = interrupt;
  endOutputOn(signal);
  const settings = await withBucket(loaded, signal);
  return await withClients(settings, async (clients) => {
    const jobs = openJobStore({ clients, settings, instance: `cli-${process.pid}` });
    const session: Session = {
      settings,
      clients,
      jobs,
      peek: createPeek(settings.endpoint),
      summarise: createSummarise(settings.endpoint),
      signal,
      queue: () => openResilientQueue(clients, settings.queue, toolPolicy(), { signal }),
      dlq: () => openResilientQueue(clients, settings.dlq, toolPolicy(), { signal }),
      async job(prefix) {
        const id = await jobs.resolveJobId(prefix, { signal });
        const job = await jobs.job(id, { signal });
        if (job) return job;
        const marker = await jobs.marker(id, { signal });
        if (marker) throw jobDeletedError(marker);
        throw new UsageError(
          `There is no job ${id}. \`movie-load jobs\` lists the jobs. If nothing of it is stored yet, or what was stored has expired, \`resume --plan <token>\` sends it.`,
        );
      },
    };
    try {
      return await work(session);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  });
}
