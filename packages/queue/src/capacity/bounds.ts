// The quotas of AWS, and the speed of one producer, that limit a job: name, the job's need, and how to raise the limit.
import { AWS_QUOTAS, FARGATE_TASK } from '@movie-load/aws';
import { type JobPlan, partsOf } from '@movie-load/schema';
import type { JobEstimate } from '../estimate.ts';
import type { Speed } from './speed.ts';

export interface Bound {
  readonly name: string;
  readonly unit: string;
  /** What a rate of one movie per second needs. */
  readonly perMovie: number;
  /** What a job needs in addition, at any rate. */
  readonly constantNeed?: number;
  /** The default quota, or the speed of one producer. */
  readonly limit: number;
  /** The share of the quota that a job can use. Default: all. */
  readonly usableShare?: number;
  /** The quota is raised in steps of this size. */
  readonly step?: number;
  /** How to raise it to the need; undefined if it cannot be raised. */
  readonly raise: ((needed: number) => string) | undefined;
  /** How to need less of a quota that cannot be raised. */
  readonly alternative?: string;
}

/**
 * The usable share of a table's quota: throttled calls wait before they are repeated, so the full quota is never
 * used.
 */
const USABLE_SHARE = 0.9;

const PACK_ADVICE = 'put more movies into a message: --movies-per-message auto';
const inServiceQuotas = () => 'ask for more in Service Quotas';
/** Warm throughput is set in round numbers. A job for which the default suffices needs no command. */
function warmAdvice(table: string, units: 'WriteUnitsPerSecond' | 'ReadUnitsPerSecond', limit: number) {
  return (needed: number): string => {
    const wanted = Math.ceil(needed / USABLE_SHARE / 1000) * 1000;
    const value = wanted > limit ? String(wanted) : `<more than ${limit}>`;
    return `aws dynamodb update-table --table-name ${table} --warm-throughput ${units}=${value} (charged once)`;
  };
}

interface BoundsOptions {
  readonly plan: JobPlan;
  readonly estimate: JobEstimate;
  readonly speed: Speed;
  readonly table: string;
}

/** Movies a second that a bound allows by default. */
export const rateOf = ({ limit, usableShare = 1, perMovie, constantNeed = 0 }: Bound): number =>
  (limit * usableShare - constantNeed) / perMovie;

/** Message groups of the job among the messages that SQS searches: this number of receives can be processed at once. */
const groupsInFlight = ({ group_size }: JobPlan, { groups }: JobEstimate): number =>
  Math.min(groups, Math.floor(AWS_QUOTAS.sqsSearchedMessages / group_size));

/** Every bound of a plan. */
export function boundsOf({ plan, estimate, speed, table }: BoundsOptions): Bound[] {
  const writeUnits = estimate.dynamodb.write_units / plan.movies;
  const readUnits = estimate.dynamodb.read_units / plan.movies;
  const { parts } = partsOf(plan);
  const receives = 1 / speed.moviesPerReceive;
  const receivesAtOnce = groupsInFlight(plan, estimate);
  return [
    ...tableBounds(writeUnits, readUnits, table),
    {
      name: 'one partition key: the job, which each full message group updates',
      unit: 'write units/s',
      perMovie: (estimate.groups + 2 * parts) / plan.movies,
      limit: AWS_QUOTAS.partitionWriteUnitsPerSecond,
      raise: undefined,
      alternative: PACK_ADVICE,
    },
    {
      name: 'one partition key: a message group',
      unit: 'write units/s',
      perMovie: writeUnits / receivesAtOnce,
      limit: AWS_QUOTAS.partitionWriteUnitsPerSecond,
      raise: undefined,
      alternative: 'a job of this size has no more message groups',
    },
    {
      name: 'SQS FIFO high throughput, calls of each action',
      unit: 'calls/s',
      perMovie: receives,
      limit: AWS_QUOTAS.sqsCallsPerSecond,
      raise: () => 'ask AWS Support; regions other than us-east-1, us-west-2 and eu-west-1 have less by default',
    },
    {
      name: `message groups in flight (SQS searches ${AWS_QUOTAS.sqsSearchedMessages.toLocaleString('en-US')} messages)`,
      unit: 'receives at once',
      perMovie: receives * (speed.receiveMs / 1000),
      limit: receivesAtOnce,
      raise: undefined,
      alternative: PACK_ADVICE,
    },
    {
      name: 'S3 writes of one prefix',
      unit: 'calls/s',
      perMovie: estimate.s3.puts / plan.movies,
      limit: AWS_QUOTAS.s3WritesPerSecond,
      raise: undefined,
    },
    {
      name: 'one producer sends the job',
      unit: 'movies/s',
      perMovie: 1,
      limit: speed.producerMoviesPerSecond,
      raise: undefined,
      alternative: `${PACK_ADVICE}; or send several jobs, each with a producer of its own`,
    },
    {
      name: 'Fargate On-Demand vCPU resource count',
      unit: 'vCPU',
      perMovie: FARGATE_TASK.vcpus / speed.consumerMoviesPerSecond,
      // The producer's task.
      constantNeed: FARGATE_TASK.vcpus,
      limit: AWS_QUOTAS.fargateVcpus,
      step: FARGATE_TASK.vcpus,
      raise: () => 'ask for more in Service Quotas, also of "Fargate Spot vCPU resource count"',
    },
  ];
}

function tableBounds(writeUnits: number, readUnits: number, table: string): Bound[] {
  return [
    {
      name: 'a new table on demand, writes',
      unit: 'write units/s',
      perMovie: writeUnits,
      limit: AWS_QUOTAS.newTableWriteUnitsPerSecond,
      usableShare: USABLE_SHARE,
      raise: warmAdvice(table, 'WriteUnitsPerSecond', AWS_QUOTAS.newTableWriteUnitsPerSecond),
    },
    {
      name: 'a new table on demand, reads',
      unit: 'read units/s',
      perMovie: readUnits,
      limit: AWS_QUOTAS.newTableReadUnitsPerSecond,
      usableShare: USABLE_SHARE,
      raise: warmAdvice(table, 'ReadUnitsPerSecond', AWS_QUOTAS.newTableReadUnitsPerSecond),
    },
    {
      name: 'Table-level write throughput limit',
      unit: 'write units/s',
      perMovie: writeUnits,
      limit: AWS_QUOTAS.tableWriteUnitsPerSecond,
      usableShare: USABLE_SHARE,
      raise: inServiceQuotas,
    },
    {
      name: 'Table-level read throughput limit',
      unit: 'read units/s',
      perMovie: readUnits,
      limit: AWS_QUOTAS.tableReadUnitsPerSecond,
      usableShare: USABLE_SHARE,
      raise: inServiceQuotas,
    },
  ];
}
