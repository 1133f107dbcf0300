// How well replicas scale when calls take as long as on AWS: 1, 2, 4 and 8 processes with one poller each, from the
// first receive until the job is COMPLETE and its object is written.
import { cpus } from 'node:os';
import type { JobMode, ReplicaRow } from '@movie-load/aws';
import { ours } from './contenders.ts';
import { type Job, type Measurement, measure } from './measure.ts';

/** Milliseconds added to each call of the embedded AWS. */
export const AWS_LIKE_DELAYS = { sqs: 15, dynamodb: 10, s3: 40 } as const;

const PROCESSES = [1, 2, 4, 8] as const;
const MAX_PROCESSES = 8;
/**
 * The limit of the cores that consumers, embedded AWS and this process use together. At 1.2 (of two), eight consumers
 * already spend a quarter of their time waiting for cores and for the embedded AWS's only thread; replicas on AWS have
 * their own cores.
 */
const MAX_CORES = 0.7;
/** The number of cores for which the next stretch is computed. Below the limit, because measurements vary. */
const TARGET_CORES = 0.6;

const REPLICA_JOBS: Readonly<Record<JobMode, Job>> = {
  'one a message': { movies: 9000, packed: false },
  packed: { movies: 1_000_000, packed: true },
};
const JOB_MODES: readonly JobMode[] = ['one a message', 'packed'];

export interface ReplicaOptions {
  onProgress(text: string): void;
  /** The smallest factor by which latencies are stretched, for a machine that has other work, too. */
  readonly minStretch?: number | undefined;
}

/** Measures both modes. No process of a row gets messages before all of them run. */
export async function measureReplicas({ onProgress, minStretch = 1 }: ReplicaOptions): Promise<ReplicaRow[]> {
  const rows: ReplicaRow[] = [];
  for (const mode of JOB_MODES) {
    const job = REPLICA_JOBS[mode];
    const report = (text: string) => onProgress(`replicas, ${mode}: ${text}`);
    const eightProcesses = await measureStretched(job, minStretch, report);
    const measured: ReplicaRun[] = [];
    for (const processes of PROCESSES) {
      const result =
        processes === MAX_PROCESSES ? eightProcesses : await runJob(job, processes, eightProcesses.stretch);
      measured.push(result);
      report(
        `${processes}: COMPLETE after ${result.seconds.toFixed(1)} s, ${result.machineCores.toFixed(2)} cores busy`,
      );
    }
    rows.push(...measured.map((result) => rowOf(mode, result, measured[0] ?? result)));
  }
  return rows;
}

interface ReplicaRun {
  readonly processes: number;
  readonly stretch: number;
  readonly machineCores: number;
  readonly seconds: number;
  readonly measurement: Measurement;
}

/** Measures eight processes, with latencies stretched until the machine's cores have idle time. */
async function measureStretched(job: Job, minStretch: number, onProgress: (text: string) => void): Promise<ReplicaRun> {
  for (let stretch = minStretch; ; ) {
    const measured = await runJob(job, MAX_PROCESSES, stretch);
    const { cores } = measured.measurement;
    onProgress(`latencies × ${stretch}: 8 processes use ${cores.toFixed(2)} cores, ${measured.seconds.toFixed(1)} s`);
    if (cores < MAX_CORES) return measured;
    stretch = Math.max(stretch + 0.5, Math.ceil(((stretch * cores) / TARGET_CORES) * 2) / 2);
  }
}

export const stretchedDelays = (stretch: number): Record<string, number> =>
  Object.fromEntries(Object.entries(AWS_LIKE_DELAYS).map(([service, ms]) => [service, ms * stretch]));

async function runJob(job: Job, processes: number, stretch: number): Promise<ReplicaRun> {
  const busyCores = measureBusyCores();
  const delays = stretchedDelays(stretch);
  const measurement = await measure({ job, processes, delays, startsTogether: true, start: ours({ POLLERS: '1' }) });
  const { completeSeconds } = measurement;
  if (completeSeconds === undefined) throw new Error('the queue is empty and the job is not COMPLETE');
  return { processes, stretch, machineCores: busyCores(), seconds: completeSeconds, measurement };
}

/**
 * Returns a function that returns the average number of busy cores since this call. Other programs are included, and so
 * are the preparations of a run: filling the queue and starting the processes.
 */
function measureBusyCores(): () => number {
  const read = () => {
    const times = cpus().map(({ times }) => times);
    const idleMs = times.reduce((sum, { idle }) => sum + idle, 0);
    return {
      idleMs,
      allMs: times.reduce((sum, { user, nice, sys, irq, idle }) => sum + user + nice + sys + irq + idle, 0),
    };
  };
  const before = read();
  return () => {
    const now = read();
    return cpus().length * (1 - (now.idleMs - before.idleMs) / (now.allMs - before.allMs));
  };
}

function rowOf(mode: JobMode, measured: ReplicaRun, single: ReplicaRun): ReplicaRow {
  const { processes, stretch, machineCores, seconds, measurement } = measured;
  const { calls, cores, serverCpuSeconds, movies } = measurement;
  const roundTo = (value: number, digits = 2) => Number(value.toFixed(digits));
  const callCount = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return {
    mode,
    movies,
    object_parts: calls['s3:UploadPart'] ?? 1,
    processes,
    stretch,
    seconds: roundTo(seconds),
    times_one: roundTo(single.seconds / seconds),
    cores: roundTo(cores),
    machine_cores: roundTo(machineCores),
    consumer_cpu_seconds: roundTo(measurement.processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    server_cpu_seconds: roundTo(serverCpuSeconds),
    calls: callCount - (calls['sqs:SendMessageBatch'] ?? 0),
  };
}
