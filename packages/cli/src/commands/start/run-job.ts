// Runs a complete job on the embedded AWS: starts everything, waits for COMPLETE, downloads, stops everything.
import { join } from 'node:path';
import { type AwsClients, type AwsSettings, openObjects, provision } from '@movie-load/aws';
import { openJobStore } from '@movie-load/operations';
import { MovieLoadError, objectKey, partsOf } from '@movie-load/schema';
import type { Interrupt } from '../../interrupt.ts';
import type { EmbeddedAws } from '../../processes/embedded.ts';
import { embeddedClients, embeddedSettings } from '../../processes/environment.ts';
import { createReportTotals, type ReportTotals, type Totals } from '../../processes/report-totals.ts';
import { saveObject } from '../../save-object.ts';
import { startJobProcesses } from './job-processes.ts';
import { watchJob } from './job-watch.ts';
import type { Progress } from './progress.ts';
import type { StartRequest } from './request.ts';
import { createStopwatch, type Stopwatch } from './stopwatch.ts';
import { countCalls, emptySummary, plannedPart, type Summary } from './summary.ts';

export interface RunContext {
  /** The embedded AWS, which may still be starting; the caller closes it. */
  readonly embedded: Promise<EmbeddedAws>;
  readonly interrupt: Interrupt;
  readonly progress: Progress;
  /** Called at the end of the run, whether successful or not, with the values known by then. */
  onSummary(summary: Summary): void;
}

/** Resolves when the job is COMPLETE, its object is on disk and every service has ended. */
export async function runJob(request: StartRequest, context: RunContext): Promise<void> {
  const { plan, jobId } = request;
  const totals = createReportTotals();
  const stopwatch = createStopwatch(plan.movies);
  let summary: Summary = { ...emptySummary(request.consumers), ...plannedPart(jobId, plan) };
  let aws: OpenAws | undefined;
  try {
    aws = openAws(await context.embedded);
    const results = await completeJob(request, context, { aws, totals, stopwatch });
    summary = { ...summary, ...results };
  } catch (error) {
    summary = { ...summary, ...stopwatch.timesSoFar() };
    throw error;
  } finally {
    context.progress.end();
    const setupCalls = Object.fromEntries(aws?.clients.counters.calls ?? []);
    context.onSummary({ ...summary, ...totalsPart(totals.current()), setup_calls: countCalls(setupCalls) });
    aws?.clients.destroy();
  }
}

interface OpenAws {
  readonly embedded: EmbeddedAws;
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
}

function openAws(embedded: EmbeddedAws): OpenAws {
  const settings = embeddedSettings(embedded.endpoint);
  return { embedded, settings, clients: embeddedClients(settings) };
}

interface RunTools {
  readonly aws: OpenAws;
  readonly totals: ReportTotals;
  readonly stopwatch: Stopwatch;
}

/** Starts the processes and waits until the job is COMPLETE and its object downloaded. Stops them before it returns. */
async function completeJob(request: StartRequest, context: RunContext, { aws, totals, stopwatch }: RunTools) {
  const { plan, jobId, folder } = request;
  const { signal } = context.interrupt;
  const jobs = openJobStore({ ...aws, instance: `cli-${process.pid}` });
  const { parts } = partsOf(plan);
  // Replaced below: the watch is created from the processes, which may report before it exists.
  let check = () => {};
  await provision(aws.clients, aws.settings, { signal });
  await using processes = startJobProcesses({
    ...request,
    endpoint: aws.embedded.endpoint,
    interrupt: context.interrupt,
    onReport(report) {
      totals.add(report);
      const current = totals.current();
      stopwatch.update(current, report.at);
      context.progress.update({ movies: plan.movies, parts, totals: current, elapsedMs: stopwatch.elapsedMs() });
      check();
    },
  });
  const watch = watchJob({
    jobId,
    movies: plan.movies,
    producer: processes.producer,
    consumers: processes.consumers,
    awsEnded: aws.embedded.exited,
    signal,
    totals: totals.current,
    isComplete: async () => (await jobs.job(jobId))?.status === 'COMPLETE',
  });
  check = watch.check;
  await watch.complete;

  const stopped = processes.stop();
  const job = await jobs.job(jobId);
  const object = await openObjects(aws.clients, aws.settings.bucket).get(objectKey(jobId), { signal });
  if (object === undefined || job === undefined) {
    object?.discard();
    throw new MovieLoadError('object_missing', `Job ${jobId} is COMPLETE, but its object is missing.`);
  }
  const { file, bytes, sha256 } = await saveObject(object, join(folder, objectKey(jobId)), { signal });
  await stopped;
  return { file, object_bytes: bytes, sha256, ...stopwatch.times(job) };
}

function totalsPart({ calls, write_units, redelivered, dead_lettered, peak_rss_bytes }: Totals) {
  return {
    aws_calls: countCalls(calls),
    dynamodb_write_units: write_units,
    redelivered,
    dead_lettered,
    peak_rss_bytes,
  };
}
