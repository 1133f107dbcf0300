// The console's `/metrics`: the state of the queues, and of the jobs in the table. Consumers and producers have their
// own metrics.
import type { Counters, OpenQueue, QueueStatus } from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import { type JobView, unfinishedJobs } from '@movie-load/operations';
import type { ServiceReport } from '@movie-load/schema';
import type { MetricRow } from '@movie-load/service/metrics';

export interface ConsoleMetricsOptions {
  readonly store: Pick<JobStore, 'job' | 'listJobs' | 'lastStoredOn'>;
  readonly queue: () => Promise<Pick<OpenQueue, 'status'>>;
  readonly dlq: () => Promise<Pick<OpenQueue, 'status'>>;
  readonly counters: Pick<Counters, 'calls' | 'failures' | 'throttles'>;
  /** Milliseconds on a monotonic clock. */
  readonly uptimeMs: () => number;
}

export interface ConsoleMetrics {
  /** Rejects when AWS does not answer: old numbers would hide the failure, and a failed scrape raises an alarm. */
  text(): Promise<MetricsText>;
}

interface MetricsText {
  readonly contentType: string;
  readonly body: string;
}

/** The interval between reads of AWS, however many programs scrape. */
const FRESH_MS = 10_000;
const TIMEOUT_MS = 20_000;
/** Number of latest jobs that are read. */
const MAX_JOBS = 1000;
/**
 * Limits of the ledger reads. Ledgers are read only while the queue is empty, for jobs that are not COMPLETE and older
 * than two minutes.
 */
const MAX_LEDGERS = { maxJobs: 200, maxPerJob: 16 };

export interface Observation extends Pick<ServiceReport, 'calls' | 'failed_calls' | 'throttled_calls'> {
  readonly queue: Pick<QueueStatus, 'waiting' | 'inFlight' | 'delayed'>;
  readonly dlq: Observation['queue'];
  readonly jobs: readonly { readonly state: JobView['state'] }[];
}

/** The console's own metrics, in addition to those of AWS calls, which every service has. */
export const METRIC_ROWS: readonly MetricRow<Observation>[] = [
  {
    name: 'queue_messages',
    help: 'Messages of the queue by state (waiting, in_flight, delayed), as SQS counts them.',
    kind: 'gauge',
    label: 'state',
    read: ({ queue: { waiting, inFlight, delayed } }) => ({ waiting, in_flight: inFlight, delayed }),
  },
  {
    name: 'dead_letters',
    help: 'Messages of the dead-letter queue.',
    kind: 'gauge',
    read: ({ dlq: { waiting, inFlight, delayed } }) => waiting + inFlight + delayed,
  },
  {
    name: 'unfinished_jobs',
    help: `Jobs that are not COMPLETE, of the latest ${MAX_JOBS} jobs, by state (running, waiting, stalled).`,
    kind: 'gauge',
    label: 'state',
    read: ({ jobs }) => {
      const countInState = (state: JobView['state']) => jobs.filter((job) => job.state === state).length;
      return { running: countInState('RUNNING'), waiting: countInState('waiting'), stalled: countInState('stalled') };
    },
  },
];

export function createConsoleMetrics(options: ConsoleMetricsOptions): ConsoleMetrics {
  const { store, counters, uptimeMs } = options;
  let latest: { readonly text: Promise<MetricsText>; readonly at: number } | undefined;

  async function observe(): Promise<Observation> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const statusOf = async (open: ConsoleMetricsOptions['queue']) => (await open()).status({ signal });
    const [queue, dlq, { jobs }] = await Promise.all([
      statusOf(options.queue),
      statusOf(options.dlq),
      unfinishedJobs(store, { queue: () => statusOf(options.queue), maxJobs: MAX_JOBS, ledgers: MAX_LEDGERS, signal }),
    ]);
    return {
      ...{ queue, dlq, jobs },
      calls: Object.fromEntries(counters.calls),
      failed_calls: Object.fromEntries(counters.failures),
      throttled_calls: Object.fromEntries(counters.throttles),
    };
  }

  async function read(): Promise<MetricsText> {
    // Loaded at the first scrape: most consoles serve only the page.
    const [{ AWS_ROWS, createMetrics }, observation] = await Promise.all([
      import('@movie-load/service/metrics'),
      observe(),
    ]);
    const { contentType, text } = createMetrics([...METRIC_ROWS, ...AWS_ROWS], () => observation);
    return { contentType, body: await text() };
  }

  return {
    text() {
      if (latest !== undefined && uptimeMs() - latest.at < FRESH_MS) return latest.text;
      const reading = { text: read(), at: uptimeMs() };
      latest = reading;
      // A failure is not cached: the next scrape reads again.
      reading.text.catch(() => {
        if (latest === reading) latest = undefined;
      });
      return reading.text;
    },
  };
}
