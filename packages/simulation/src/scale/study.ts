// `npm run sim -- --scale`: the model fitted on one consumer and compared with the benchmark, jobs on AWS with 1 to 256
// consumers and what limits each, and a packed million that is disturbed.
import { type JobMode, MEASURED, type ReplicaRow } from '@movie-load/aws';
import { CONSUMER_DEFAULTS, UsageError } from '@movie-load/schema';
import { diceOf } from '../engine/dice.ts';
import { awsEnvironment, benchEnvironment, type FittedConstants } from './environments.ts';
import { limitOf, usageOf } from './limits.ts';
import type { Disturbance, Makespan, MakespanOptions } from './makespan.ts';

/** Runs the model; several runs may be requested at once. */
export type RunModel = (options: MakespanOptions) => Promise<Makespan>;

export interface ComparedRow {
  readonly mode: JobMode;
  readonly consumers: number;
  /** The time from the first receive to COMPLETE. */
  readonly measured_seconds: number;
  readonly predicted_seconds: number;
  readonly error_percent: number;
  /** The constants are fitted on the row of one consumer; the others are predictions. */
  readonly is_fitted: boolean;
}

export interface AwsRow {
  readonly mode: JobMode;
  readonly consumers: number;
  readonly movies: number;
  readonly seconds: number;
  readonly movies_per_second: number;
  readonly write_units_per_second: number;
  readonly sqs_calls_per_second: number;
  /** Calls that DynamoDB or SQS throttled in part or as a whole; they were repeated. */
  readonly throttled: number;
  readonly cpu_share: number;
  readonly idle_share: number;
  readonly limited_by: string;
}

export interface DisturbedRow {
  readonly kind: Disturbance['kind'];
  readonly runs: number;
  readonly undisturbed_seconds: number;
  readonly slowest_seconds: number;
  /** The longest time that is allowed. */
  readonly most_seconds: number;
  /** Whether the slowest run was within it. */
  readonly holds: boolean;
}

export interface Study {
  readonly measured_on: string;
  readonly source: string;
  /** The constants by mode, fitted on the row of one consumer. */
  readonly fitted: Readonly<Record<JobMode, FittedConstants>>;
  readonly compared: readonly ComparedRow[];
  readonly aws: readonly AwsRow[];
  readonly disturbed: readonly DisturbedRow[];
  /** Whether all predictions and disturbed jobs are within their bounds. */
  readonly holds: boolean;
}

/** The largest allowed error of a prediction. */
const MAX_ERROR_PERCENT = 20;

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

/** The whole study. `onProgress` is called at each step. */
export async function runStudy(run: RunModel, onProgress: (text: string) => void): Promise<Study> {
  const comparisons = Promise.all([compare('one a message', run), compare('packed', run)]);
  const awsRows = Promise.all(AWS_JOBS.map((job) => awsRow(job, run, onProgress)));
  const disturbedRows = disturb(run);
  const [single, packed] = await comparisons;
  const rows = [...single.rows, ...packed.rows];
  const disturbed = await disturbedRows;
  return {
    measured_on: MEASURED.measured_on,
    source: MEASURED.source,
    fitted: { 'one a message': single.fitted, packed: packed.fitted },
    compared: rows,
    aws: await awsRows,
    disturbed,
    holds:
      rows.every(({ error_percent }) => Math.abs(error_percent) <= MAX_ERROR_PERCENT) &&
      disturbed.every(({ holds }) => holds),
  };
}

const UNFITTED: FittedConstants = { overhead_ms: 0, consumer_cpu_factor: 1, server_cpu_factor: 1 };

const benchRun = ({ mode, movies, processes, stretch }: ReplicaRow, fitted: FittedConstants): MakespanOptions => ({
  environment: benchEnvironment(mode, stretch, fitted),
  mode,
  movies,
  consumers: processes,
  pollers: 1,
});

/** Fits constants on the row of one consumer: first the CPU time, then the rest of the time. */
async function fit(row: ReplicaRow, run: RunModel): Promise<FittedConstants> {
  const { consumerCpuMs, serverCpuMs } = await run(benchRun(row, UNFITTED));
  const cpu = {
    consumer_cpu_factor: round((row.consumer_cpu_seconds * 1000) / consumerCpuMs),
    server_cpu_factor: round((row.server_cpu_seconds * 1000) / serverCpuMs),
  };
  const [withoutOverhead, withOneMs] = await Promise.all(
    [0, 1].map((overhead_ms) => run(benchRun(row, { ...cpu, overhead_ms }))),
  );
  if (withoutOverhead === undefined || withOneMs === undefined) throw new Error('two runs give two results');
  const overheadMs = (row.seconds * 1000 - withoutOverhead.ms) / (withOneMs.ms - withoutOverhead.ms);
  return { ...cpu, overhead_ms: round(Math.max(0, overheadMs)) };
}

/** Fits on the row of one consumer, and predicts the other rows. */
export async function compare(
  mode: JobMode,
  run: RunModel,
  measured: readonly ReplicaRow[] = MEASURED.replicas,
): Promise<{ readonly fitted: FittedConstants; readonly rows: readonly ComparedRow[] }> {
  const modeRows = measured.filter((row) => row.mode === mode);
  const singleConsumerRow = modeRows.find(({ processes }) => processes === 1);
  if (singleConsumerRow === undefined) {
    throw new UsageError(
      `There is no measured row of one consumer, ${mode}: run \`npm run bench -- --replicas\` first.`,
    );
  }
  const fitted = await fit(singleConsumerRow, run);
  const rows = modeRows.map(async (row): Promise<ComparedRow> => {
    const { ms } = await run(benchRun(row, fitted));
    return {
      mode,
      consumers: row.processes,
      measured_seconds: row.seconds,
      predicted_seconds: round(ms / 1000),
      error_percent: round((ms / 1000 / row.seconds - 1) * 100, 1),
      is_fitted: row.processes === 1,
    };
  });
  return { fitted, rows: await Promise.all(rows) };
}

/** Jobs are larger with more consumers, so that their beginning and end are a small part of the time. */
const AWS_JOBS = [
  { mode: 'one a message', consumers: 1, movies: 20_000 },
  { mode: 'one a message', consumers: 8, movies: 100_000 },
  { mode: 'one a message', consumers: 64, movies: 300_000 },
  { mode: 'one a message', consumers: 256, movies: 300_000 },
  { mode: 'packed', consumers: 1, movies: 1_000_000 },
  { mode: 'packed', consumers: 8, movies: 1_000_000 },
  { mode: 'packed', consumers: 64, movies: 2_000_000 },
  { mode: 'packed', consumers: 256, movies: 2_000_000 },
] as const;

async function awsRow(
  job: (typeof AWS_JOBS)[number],
  run: RunModel,
  onProgress: (text: string) => void,
): Promise<AwsRow> {
  const options: MakespanOptions = {
    ...job,
    environment: awsEnvironment(job.mode),
    pollers: CONSUMER_DEFAULTS.POLLERS,
  };
  const result = await run(options);
  const usage = usageOf(options, result);
  const limited_by = limitOf(options, result);
  onProgress(`${job.consumers} consumers, ${job.mode}: ${round(result.ms / 1000)} s, limited by ${limited_by}`);
  return {
    ...job,
    seconds: round(result.ms / 1000),
    movies_per_second: Math.round((job.movies / result.ms) * 1000),
    write_units_per_second: Math.round(usage.writeUnitsPerSecond),
    sqs_calls_per_second: Math.round(usage.sqsCallsPerSecond),
    throttled: result.throttled.dynamodb + result.throttled.sqs,
    cpu_share: round(usage.cpuShare),
    idle_share: round(usage.idleShare),
    limited_by,
  };
}

const DISTURBED_JOB = { mode: 'packed', movies: 1_000_000, consumers: 8, pollers: CONSUMER_DEFAULTS.POLLERS } as const;
const RUNS_PER_KIND = 10;
const S3_AWAY_MS = 60_000;
const { VISIBILITY_SECONDS } = CONSUMER_DEFAULTS;
/** The seconds that a job may take longer when S3 is unreachable, besides `MAX_GROWTH`. */
const S3_EXTRA_SECONDS = 120;
/** The time of a disturbed job as a multiple of the undisturbed time. */
const MAX_GROWTH = 1.1;

/**
 * Disturbs a packed million: S3 is unreachable in the middle, or a consumer is killed or drained at a random
 * moment.
 */
async function disturb(run: RunModel): Promise<DisturbedRow[]> {
  const options: MakespanOptions = { ...DISTURBED_JOB, environment: awsEnvironment(DISTURBED_JOB.mode) };
  const undisturbed = await run(options);
  const dice = diceOf(1, 'disturbances');
  const randomMs = () => Math.floor(dice.next() * undisturbed.ms);
  const randomConsumer = () => dice.int(0, DISTURBED_JOB.consumers - 1);
  const consumerDisturbances = (kind: 'kill' | 'drain') =>
    Array.from({ length: RUNS_PER_KIND }, (): Disturbance => ({ kind, atMs: randomMs(), consumer: randomConsumer() }));
  const row = async (disturbances: readonly Disturbance[], extraSeconds: number): Promise<DisturbedRow> => {
    const runs = await Promise.all(disturbances.map((disturbance) => run({ ...options, disturbance })));
    const slowest = Math.max(...runs.map(({ ms }) => ms)) / 1000;
    const maxSeconds = (undisturbed.ms / 1000) * MAX_GROWTH + extraSeconds;
    return {
      kind: disturbances[0]?.kind ?? 'kill',
      runs: runs.length,
      undisturbed_seconds: round(undisturbed.ms / 1000),
      slowest_seconds: round(slowest),
      most_seconds: round(maxSeconds),
      holds: slowest <= maxSeconds,
    };
  };
  return Promise.all([
    row([{ kind: 's3_away', atMs: undisturbed.ms / 2, forMs: S3_AWAY_MS }], S3_EXTRA_SECONDS),
    row(consumerDisturbances('kill'), VISIBILITY_SECONDS),
    row(consumerDisturbances('drain'), VISIBILITY_SECONDS),
  ]);
}
