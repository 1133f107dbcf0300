// Finds what limits a run: the first resource that is nearly used up, or else the work that takes most of its time.
import { AWS_QUOTAS } from '@movie-load/aws';
import type { Makespan, MakespanOptions } from './makespan.ts';

export interface Usage {
  /** Write units a second while messages were stored. */
  readonly writeUnitsPerSecond: number;
  /** The share of calls that write slices that the table throttled, in part or as a whole. */
  readonly throttledShare: number;
  /** The calls a second of the busiest action. */
  readonly sqsCallsPerSecond: number;
  /** The used share of the consumers' cores. */
  readonly cpuShare: number;
  /** The share of the pollers' time in which receives waited for messages. */
  readonly idleShare: number;
  /** The share of the time after the last message was stored, in which the object is completed. */
  readonly objectShare: number;
}

export function usageOf({ environment, consumers, pollers }: MakespanOptions, run: Makespan): Usage {
  const seconds = run.ms / 1000;
  const actions = Object.entries(run.calls).filter(([name]) => name.startsWith('sqs:'));
  const cores = Math.min(consumers, environment.cores);
  return {
    writeUnitsPerSecond: run.writeUnits / Math.max(0.001, run.storedMs / 1000),
    throttledShare: run.throttled.dynamodb / Math.max(1, run.calls['dynamodb:BatchWriteItem'] ?? 0),
    sqsCallsPerSecond: Math.max(...actions.map(([, count]) => count)) / seconds,
    cpuShare: (run.consumerCpuMs + run.serverCpuMs) / 1000 / seconds / cores,
    idleShare: run.waitedMs / 1000 / seconds / (consumers * pollers),
    objectShare: (run.ms - run.storedMs) / run.ms,
  };
}

const NEARLY_FULL_SHARE = 0.85;
const LARGE_SHARE = 0.3;
/**
 * From this share of throttled calls on, the table's quota limits the run, also when fewer units are written: throttled
 * calls wait before they are repeated.
 */
const THROTTLED_OFTEN_SHARE = 0.1;

/** What limits the run, in words for the table. */
export function limitOf(options: MakespanOptions, run: Makespan): string {
  const { environment, consumers } = options;
  const usage = usageOf(options, run);
  const { newTableWriteUnitsPerSecond: units } = AWS_QUOTAS;
  const isThrottled =
    usage.throttledShare > THROTTLED_OFTEN_SHARE || usage.writeUnitsPerSecond > units * NEARLY_FULL_SHARE;
  if (environment.hasTableQuotas && isThrottled) {
    return `the table's ${units.toLocaleString('en')} write units a second`;
  }
  if (usage.sqsCallsPerSecond > environment.sqsCallsPerSecond * NEARLY_FULL_SHARE) {
    return `SQS's ${environment.sqsCallsPerSecond.toLocaleString('en')} calls a second of an action`;
  }
  if (usage.cpuShare > NEARLY_FULL_SHARE) return 'CPU time';
  if (usage.objectShare > LARGE_SHARE) return 'the end of the object';
  if (usage.idleShare > LARGE_SHARE) return `${run.groups} message groups for ${consumers} consumers`;
  return 'the latency of calls, one after the other';
}
