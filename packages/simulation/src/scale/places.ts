// The places where the model's jobs run: on this machine as the benchmark measured it, or on AWS.
import { AWS_QUOTAS, type JobMode, MEASURED, type StepCpu } from '@movie-load/aws';
import type { Place } from './makespan.ts';

/** Additional costs on the benchmark's machine. */
export interface Fitted {
  /** Milliseconds of a call besides its latency and its CPU time. */
  readonly overhead_ms: number;
  /** The factor of CPU time compared with full speed, because code that runs rarely is slower. */
  readonly consumer_cpu_factor: number;
  readonly server_cpu_factor: number;
}

/** The benchmark's machine: consumers and the embedded AWS share its cores, and latencies are stretched. */
export function benchPlace(mode: JobMode, stretch: number, fitted: Fitted): Place {
  const { sqs, dynamodb, s3 } = MEASURED.latency_ms;
  return {
    latencyMs: { sqs: sqs * stretch, dynamodb: dynamodb * stretch, s3: s3 * stretch },
    overheadMs: fitted.overhead_ms,
    consumer: times(MEASURED.consumer_cpu[mode], fitted.consumer_cpu_factor),
    server: times(MEASURED.server_cpu[mode], fitted.server_cpu_factor),
    cores: MEASURED.machine_cores,
    sqsCallsPerSecond: Number.POSITIVE_INFINITY,
    hasTableQuotas: false,
  };
}

const times = (cpu: StepCpu, factor: number): StepCpu => ({
  call_ms: cpu.call_ms * factor,
  stored_movie_us: cpu.stored_movie_us * factor,
  assembled_movie_us: cpu.assembled_movie_us * factor,
});

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
