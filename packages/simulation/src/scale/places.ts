// Where the model's jobs run: on this machine as the benchmark measured it, or on AWS.
import { AWS_QUOTAS, type JobMode, MEASURED } from '@movie-load/aws';
import type { Place } from './makespan.ts';

/** The benchmark's machine: consumers and the embedded AWS share its cores, and latencies are stretched. */
export function benchPlace(mode: JobMode, stretch: number, overheadMs: number): Place {
  const { sqs, dynamodb, s3 } = MEASURED.latency_ms;
  return {
    latencyMs: { sqs: sqs * stretch, dynamodb: dynamodb * stretch, s3: s3 * stretch },
    overheadMs,
    consumer: MEASURED.consumer_cpu[mode],
    server: MEASURED.server_cpu[mode],
    cores: MEASURED.machine_cores,
    sqsCallsPerSecond: Number.POSITIVE_INFINITY,
    hasTableQuotas: false,
  };
}

/** AWS: a core for each consumer, the default quotas, and a new table. */
export function awsPlace(mode: JobMode): Place {
  return {
    latencyMs: MEASURED.latency_ms,
    overheadMs: 0,
    consumer: MEASURED.consumer_cpu[mode],
    cores: Number.POSITIVE_INFINITY,
    sqsCallsPerSecond: AWS_QUOTAS.sqsCallsPerSecond,
    hasTableQuotas: true,
    s3MegabytesPerSecond: AWS_QUOTAS.s3MegabytesPerSecond,
  };
}
