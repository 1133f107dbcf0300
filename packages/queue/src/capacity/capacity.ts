// Computes what a job needs on AWS to complete within a time: replicas, calls, quotas, memory, price. Makes no call.
import { AWS_PRICES, AWS_QUOTAS, FARGATE_TASK, MEASURED } from '@movie-load/aws';
import { type JobPlan, PACKED_ABOVE, partsOf } from '@movie-load/schema';
import { estimateJob, type JobEstimate } from '../estimate.ts';
import { planOf } from '../request.ts';
import { type Bound, boundsOf, rateOf } from './bounds.ts';
import { type Speed, speedOf } from './speed.ts';

export interface CapacityRequest {
  readonly movies: number;
  readonly movies_per_message: number | 'auto';
  readonly within_seconds: number;
  /** The name of the table, for the commands that are shown. */
  readonly table: string;
}

export interface QuotaUse {
  readonly name: string;
  readonly unit: string;
  readonly needed: number;
  readonly default: number;
  /** The share of the usable quota; above 1 the quota does not suffice. */
  readonly share: number;
  /** The command or hint when more is needed. */
  readonly raise: string | null;
}

/** The shortest possible time, and its cause. */
export interface ShortestTime {
  readonly seconds: number;
  readonly limited_by: string;
  readonly advice: string | null;
}

/** The needs of a job. If it cannot complete in time, all values are for the shortest possible time. */
export interface Capacity {
  readonly movies: number;
  readonly movies_per_message: number;
  readonly within_seconds: number;
  readonly verdict: 'possible' | 'after_raising' | 'impossible';
  /** With AWS's default quotas, and with all raised that can be raised. */
  readonly shortest: { readonly with_default_quotas: ShortestTime; readonly with_raised_quotas: ShortestTime };
  readonly replicas: number;
  /** From the first send to COMPLETE with these replicas. */
  readonly seconds: number;
  readonly movies_per_second: number;
  readonly calls_per_second: Readonly<Record<string, number>>;
  readonly write_units_per_second: number;
  readonly read_units_per_second: number;
  readonly quotas: readonly QuotaUse[];
  /** The name of the quota (or the producer) that is used up first, whether or not it suffices here. */
  readonly breaks_first: string;
  readonly object: { readonly bytes: number; readonly parts: number };
  readonly message_groups: number;
  readonly replica: {
    readonly vcpus: number;
    readonly gigabytes: number;
    readonly used_mb: number;
    readonly cpu_share: number;
  };
  readonly price: { readonly aws_calls_usd: number; readonly compute_usd: number; readonly region: string };
  readonly measured_on: string;
  readonly as_of: string;
}

/** The least time for storing, so that the rate is finite. */
const MIN_STORING_SECONDS = 0.001;
const SECONDS_PER_HOUR = 3600;
const MIN_BILLED_SECONDS = 60;

/** The capacity of a request. It assumes that every replica runs from the beginning and the queue is empty before. */
export function capacityOf(request: CapacityRequest): Capacity {
  const { movies, within_seconds, table } = request;
  const plan = planOf({ movies, movies_per_message: request.movies_per_message, nonce: 'capacity', seed: 7 });
  const estimate = estimateJob(plan);
  const speed = speedOf(plan, estimate);
  const bounds = boundsOf({ plan, estimate, speed, table });
  const shortest = {
    with_default_quotas: shortestOf(movies, bounds, speed),
    with_raised_quotas: shortestOf(
      movies,
      bounds.filter(({ raise }) => raise === undefined),
      speed,
    ),
  };
  const verdict =
    within_seconds >= shortest.with_default_quotas.seconds
      ? 'possible'
      : within_seconds >= shortest.with_raised_quotas.seconds
        ? 'after_raising'
        : 'impossible';
  const seconds = Math.max(within_seconds, shortest.with_raised_quotas.seconds);
  const moviesPerSecond = movies / Math.max(MIN_STORING_SECONDS, seconds - speed.endSeconds);
  const needs = needsOf({ plan, estimate, speed, bounds }, moviesPerSecond);
  return { movies, movies_per_message: plan.movies_per_message, within_seconds, verdict, shortest, ...needs };
}

function shortestOf(movies: number, bounds: readonly Bound[], { endSeconds }: Speed): ShortestTime {
  const [slowest] = bounds.toSorted((a, b) => rateOf(a) - rateOf(b));
  if (slowest === undefined) throw new Error('a job has bounds');
  return {
    seconds: movies / rateOf(slowest) + endSeconds,
    limited_by: slowest.name,
    advice: adviceOf(slowest, slowest.limit),
  };
}

interface NeedsInput {
  readonly plan: JobPlan;
  readonly estimate: JobEstimate;
  readonly speed: Speed;
  readonly bounds: readonly Bound[];
}

/**
 * The replicas for the wanted rate, and the time that they take. Their number is rounded up, so they may complete the
 * job earlier.
 */
function needsOf({ plan, estimate, speed, bounds }: NeedsInput, moviesPerSecond: number) {
  const replicas = Math.max(1, Math.ceil(moviesPerSecond / speed.consumerMoviesPerSecond - 1e-9));
  // Quotas that can be raised are raised to the need, no further. The others suffice for it.
  const maxRates = bounds.map((bound) => Math.max(moviesPerSecond, rateOf(bound)));
  const rate = Math.min(replicas * speed.consumerMoviesPerSecond, ...maxRates);
  const seconds = plan.movies / rate + speed.endSeconds;
  const quotas = bounds.map((bound) => quotaUseOf(bound, moviesPerSecond));
  const mostUsed = quotas.toSorted((a, b) => b.share - a.share)[0];
  return {
    replicas,
    seconds,
    movies_per_second: moviesPerSecond,
    calls_per_second: callsOf(estimate, moviesPerSecond / plan.movies),
    write_units_per_second: (estimate.dynamodb.write_units * moviesPerSecond) / plan.movies,
    read_units_per_second: (estimate.dynamodb.read_units * moviesPerSecond) / plan.movies,
    quotas,
    breaks_first: mostUsed?.name ?? '',
    object: { bytes: estimate.object_bytes, parts: partsOf(plan).parts },
    message_groups: estimate.groups,
    replica: {
      vcpus: FARGATE_TASK.vcpus,
      gigabytes: FARGATE_TASK.gigabytes,
      used_mb: MEASURED.consumer_rss_mb[plan.movies_per_message > PACKED_ABOVE ? 'packed' : 'one a message'],
      cpu_share: Math.min(1, (speed.consumerCpuShare * moviesPerSecond) / (replicas * speed.consumerMoviesPerSecond)),
    },
    price: {
      aws_calls_usd: estimate.list_price.usd,
      compute_usd: computeUsd(replicas, seconds, plan.movies / speed.producerMoviesPerSecond),
      region: AWS_PRICES.region,
    },
    measured_on: MEASURED.measured_on,
    as_of: AWS_QUOTAS.asOf,
  };
}

function quotaUseOf(bound: Bound, rate: number): QuotaUse {
  const { name, unit, perMovie, constantNeed = 0, limit, usableShare = 1, step = 0 } = bound;
  const exactNeed = perMovie * rate;
  const needed = constantNeed + (step === 0 ? exactNeed : Math.ceil(exactNeed / step - 1e-9) * step);
  return { name, unit, needed, default: limit, share: needed / (limit * usableShare), raise: adviceOf(bound, needed) };
}

const adviceOf = ({ raise, alternative }: Bound, needed: number): string | null =>
  raise?.(needed) ?? alternative ?? null;

/** Calls a second of each action. Those of an object's parts are few. */
function callsOf({ sqs, dynamodb, groups, s3 }: JobEstimate, jobsPerSecond: number): Record<string, number> {
  const perSecond = (count: number) => count * jobsPerSecond;
  return {
    'sqs:SendMessageBatch': perSecond(sqs.sends),
    'sqs:ReceiveMessage': perSecond(sqs.receives),
    'sqs:DeleteMessageBatch': perSecond(sqs.deletes),
    'dynamodb:BatchWriteItem': perSecond(sqs.receives),
    'dynamodb:UpdateItem': perSecond(sqs.receives + groups),
    'dynamodb:Query': perSecond(Math.max(groups, dynamodb.read_units / 256)),
    s3: perSecond(s3.puts),
  };
}

/** The price of Fargate on ARM, on demand: the consumers while the job runs, the producer while it sends. */
function computeUsd(replicas: number, seconds: number, sendingSeconds: number): number {
  const { fargateArmVcpuHour, fargateArmGigabyteHour } = AWS_PRICES;
  const hour = FARGATE_TASK.vcpus * fargateArmVcpuHour + FARGATE_TASK.gigabytes * fargateArmGigabyteHour;
  const billed = (time: number) => Math.max(MIN_BILLED_SECONDS, time) / SECONDS_PER_HOUR;
  return hour * (replicas * billed(seconds) + billed(sendingSeconds));
}
