// The environments of the model's jobs: the machine that the benchmark measured, or AWS.
import { AWS_QUOTAS, type JobMode, MEASURED, type StepCpu } from '@movie-load/aws';
import type { Environment } from './makespan.ts';

/** Additional costs on the benchmark's machine. */
export interface FittedConstants {
  /** Milliseconds of a call besides its latency and its CPU time. */
  readonly overhead_ms: number;
  /** CPU time compared with that at full speed: code that runs rarely is slower. */
  readonly consumer_cpu_factor: number;
  readonly server_cpu_factor: number;
}

/**
 * The benchmark's machine: consumers and the embedded AWS share its cores. The benchmark multiplied the latencies by
 * `stretch`, so that the cores do not limit eight consumers.
 */
export function benchEnvironment(mode: JobMode, stretch: number, fitted: FittedConstants): Environment {
  const { sqs, dynamodb, s3 } = MEASURED.latency_ms;
  return {
    latencyMs: { sqs: sqs * stretch, dynamodb: dynamodb * stretch, s3: s3 * stretch },
    overheadMs: fitted.overhead_ms,
    consumer: scaled(MEASURED.consumer_cpu[mode], fitted.consumer_cpu_factor),
    server: scaled(MEASURED.server_cpu[mode], fitted.server_cpu_factor),
    cores: MEASURED.machine_cores,
    sqsCallsPerSecond: Number.POSITIVE_INFINITY,
    hasTableQuotas: false,
  };
}

const scaled = (cpu: StepCpu, factor: number): StepCpu => ({
  call_ms: cpu.call_ms * factor,
  stored_movie_us: cpu.stored_movie_us * factor,
  assembled_movie_us: cpu.assembled_movie_us * factor,
});

/** AWS: a core for each consumer, the default quotas, and a new table. */
export function awsEnvironment(mode: JobMode): Environment {
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
