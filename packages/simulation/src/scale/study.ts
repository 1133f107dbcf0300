// `npm run sim -- --scale`: the model fitted on one consumer and compared with the benchmark, jobs on AWS with 1 to 256
// consumers and what limits each, and a packed million that is disturbed.
import { type JobMode, MEASURED, type ReplicaRow } from '@movie-load/aws';
import { CONSUMER_DEFAULTS, UsageError } from '@movie-load/schema';
import { diceOf } from '../engine/dice.ts';
import { limitOf, usageOf } from './limits.ts';
import type { Disturbance, Makespan, MakespanOptions } from './makespan.ts';
import { awsPlace, benchPlace, type Fitted } from './places.ts';

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
  readonly most_seconds: number;
  readonly holds: boolean;
}

export interface Study {
  readonly measured_on: string;
  readonly source: string;
  /** The constants by mode, fitted on the row of one consumer. */
  readonly fitted: Readonly<Record<JobMode, Fitted>>;
  readonly compared: readonly ComparedRow[];
  readonly aws: readonly AwsRow[];
  readonly disturbed: readonly DisturbedRow[];
  readonly holds: boolean;
}

/** The largest allowed error of a prediction. */
const MAX_ERROR_PERCENT = 20;

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));

/** The whole study. `onProgress` is called at each step. */
export async function study(run: RunModel, onProgress: (text: string) => void): Promise<Study> {
  const comparing = Promise.all([compare('one a message', run), compare('packed', run)]);
  const onAws = Promise.all(AWS_JOBS.map((job) => awsRow(job, run, onProgress)));
  const disturbing = disturb(run);
  const [single, packed] = await comparing;
  const rows = [...single.rows, ...packed.rows];
  const disturbed = await disturbing;
  return {
    measured_on: MEASURED.measured_on,
    source: MEASURED.source,
    fitted: { 'one a message': single.fitted, packed: packed.fitted },
    compared: rows,
    aws: await onAws,
    disturbed,
    holds:
      rows.every(({ error_percent }) => Math.abs(error_percent) <= MAX_ERROR_PERCENT) &&
      disturbed.every(({ holds }) => holds),
  };
}

const AT_FULL_SPEED: Fitted = { overhead_ms: 0, consumer_cpu_factor: 1, server_cpu_factor: 1 };

const benchRun = ({ mode, movies, processes, stretch }: ReplicaRow, fitted: Fitted): MakespanOptions => ({
  place: benchPlace(mode, stretch, fitted),
  mode,
  movies,
  consumers: processes,
  pollers: 1,
});

/** Fits constants on the row of one consumer: first the CPU time, then the rest of the time. */
async function fit(row: ReplicaRow, run: RunModel): Promise<Fitted> {
  const { consumerCpuMs, serverCpuMs } = await run(benchRun(row, AT_FULL_SPEED));
  const cpu = {
    consumer_cpu_factor: rounded((row.consumer_cpu_seconds * 1000) / consumerCpuMs),
    server_cpu_factor: rounded((row.server_cpu_seconds * 1000) / serverCpuMs),
  };
  const [without, withOne] = await Promise.all(
    [0, 1].map((overhead_ms) => run(benchRun(row, { ...cpu, overhead_ms }))),
  );
  if (without === undefined || withOne === undefined) throw new Error('two runs give two results');
  const left = (row.seconds * 1000 - without.ms) / (withOne.ms - without.ms);
  return { ...cpu, overhead_ms: rounded(Math.max(0, left)) };
}

/** Fits on the row of one consumer, and predicts the other rows. */
export async function compare(
  mode: JobMode,
  run: RunModel,
  measured: readonly ReplicaRow[] = MEASURED.replicas,
): Promise<{ readonly fitted: Fitted; readonly rows: readonly ComparedRow[] }> {
  const own = measured.filter((row) => row.mode === mode);
  const one = own.find(({ processes }) => processes === 1);
  if (one === undefined) {
    throw new UsageError(
      `There is no measured row of one consumer, ${mode}: run \`npm run bench -- --replicas\` first.`,
    );
  }
  const fitted = await fit(one, run);
  const rows = own.map(async (row): Promise<ComparedRow> => {
    const { ms } = await run(benchRun(row, fitted));
    return {
      mode,
      consumers: row.processes,
      measured_seconds: row.seconds,
      predicted_seconds: rounded(ms / 1000),
      error_percent: rounded((ms / 1000 / row.seconds - 1) * 100, 1),
      is_fitted: row.processes === 1,
    };
  });
  return { fitted, rows: await Promise.all(rows) };
}

/** Larger where there are more consumers, so that the beginning and the end of a job are a small part of it. */
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
  const options: MakespanOptions = { ...job, place: awsPlace(job.mode), pollers: CONSUMER_DEFAULTS.POLLERS };
  const done = await run(options);
  const usage = usageOf(options, done);
  const limited_by = limitOf(options, done);
  onProgress(`${job.consumers} consumers, ${job.mode}: ${rounded(done.ms / 1000)} s, limited by ${limited_by}`);
  return {
    ...job,
    seconds: rounded(done.ms / 1000),
    movies_per_second: Math.round((job.movies / done.ms) * 1000),
    write_units_per_second: Math.round(usage.writeUnitsPerSecond),
    sqs_calls_per_second: Math.round(usage.sqsCallsPerSecond),
    throttled: done.throttled.dynamodb + done.throttled.sqs,
    cpu_share: rounded(usage.cpuShare),
    idle_share: rounded(usage.idleShare),
    limited_by,
  };
}

const DISTURBED = { mode: 'packed', movies: 1_000_000, consumers: 8, pollers: CONSUMER_DEFAULTS.POLLERS } as const;
const TIMES = 10;
const S3_AWAY_MS = 60_000;
const { VISIBILITY_SECONDS } = CONSUMER_DEFAULTS;
const S3_MORE_SECONDS = 120;
/** As a share of the undisturbed time. */
const MAX_GROWTH = 1.1;

/** S3 is unreachable in the middle of a packed million, and consumers die or drain at random moments of it. */
async function disturb(run: RunModel): Promise<DisturbedRow[]> {
  const options: MakespanOptions = { ...DISTURBED, place: awsPlace(DISTURBED.mode) };
  const undisturbed = await run(options);
  const dice = diceOf(1, 'disturbances');
  const at = () => Math.floor(dice.next() * undisturbed.ms);
  const consumer = () => dice.int(0, DISTURBED.consumers - 1);
  const violent = (kind: 'kill' | 'drain') =>
    Array.from({ length: TIMES }, (): Disturbance => ({ kind, atMs: at(), consumer: consumer() }));
  const row = async (disturbances: readonly Disturbance[], moreSeconds: number): Promise<DisturbedRow> => {
    const runs = await Promise.all(disturbances.map((disturbance) => run({ ...options, disturbance })));
    const slowest = Math.max(...runs.map(({ ms }) => ms)) / 1000;
    const most = (undisturbed.ms / 1000) * MAX_GROWTH + moreSeconds;
    return {
      kind: disturbances[0]?.kind ?? 'kill',
      runs: runs.length,
      undisturbed_seconds: rounded(undisturbed.ms / 1000),
      slowest_seconds: rounded(slowest),
      most_seconds: rounded(most),
      holds: slowest <= most,
    };
  };
  return Promise.all([
    row([{ kind: 's3_away', atMs: undisturbed.ms / 2, forMs: S3_AWAY_MS }], S3_MORE_SECONDS),
    row(violent('kill'), VISIBILITY_SECONDS),
    row(violent('drain'), VISIBILITY_SECONDS),
  ]);
}
