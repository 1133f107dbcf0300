// How well replicas scale when calls take as long as on AWS: 1, 2, 4 and 8 processes with one poller each, from the
// first receive until the job is COMPLETE and its object is written.
import { cpus } from 'node:os';
import type { JobMode, ReplicaRow } from '@movie-load/aws';
import { ours } from './contenders.ts';
import { type Job, type Measurement, measure } from './measure.ts';

/** Milliseconds added to each call of the embedded AWS. */
export const AWS_LIKE_DELAYS = { sqs: 15, dynamodb: 10, s3: 40 } as const;

const PROCESSES = [1, 2, 4, 8] as const;
const MOST = 8;
/**
 * Limit of the cores that all processes together use, of the machine's two. At 1.2, eight processes already spend a
 * quarter of their time waiting for cores and for the embedded AWS's only thread; replicas on AWS have their own cores.
 */
const MAX_CORES = 0.7;
/** The use of cores that longer latencies aim at; the next measurement varies. */
const WANTED_CORES = 0.6;

const REPLICA_JOBS: Readonly<Record<JobMode, Job>> = {
  'one a message': { movies: 9000, packed: false },
  packed: { movies: 1_000_000, packed: true },
};
const JOB_MODES: readonly JobMode[] = ['one a message', 'packed'];

export interface ReplicaOptions {
  onProgress(text: string): void;
  /** The smallest factor by which latencies are stretched, for a machine that has other work, too. */
  readonly leastStretch?: number | undefined;
}

/** Measures both modes. The processes of a row receive only when all of them are running. */
export async function measureReplicas({ onProgress, leastStretch = 1 }: ReplicaOptions): Promise<ReplicaRow[]> {
  const rows: ReplicaRow[] = [];
  for (const mode of JOB_MODES) {
    const job = REPLICA_JOBS[mode];
    const report = (text: string) => onProgress(`replicas, ${mode}: ${text}`);
    const eight = await stretched(job, leastStretch, report);
    const measured: Measured[] = [];
    for (const processes of PROCESSES) {
      const one = processes === MOST ? eight : await run(job, processes, eight.stretch);
      measured.push(one);
      report(`${processes}: COMPLETE after ${one.seconds.toFixed(1)} s, ${one.machineCores.toFixed(2)} cores busy`);
    }
    rows.push(...measured.map((one) => rowOf(mode, one, measured[0] ?? one)));
  }
  return rows;
}

interface Measured {
  readonly processes: number;
  readonly stretch: number;
  readonly machineCores: number;
  readonly seconds: number;
  readonly measurement: Measurement;
}

/** Measures eight processes at latencies that leave the machine's cores idle time. */
async function stretched(job: Job, least: number, onProgress: (text: string) => void): Promise<Measured> {
  for (let stretch = least; ; ) {
    const measured = await run(job, MOST, stretch);
    const { cores } = measured.measurement;
    onProgress(`latencies × ${stretch}: 8 processes use ${cores.toFixed(2)} cores, ${measured.seconds.toFixed(1)} s`);
    if (cores < MAX_CORES) return measured;
    stretch = Math.max(stretch + 0.5, Math.ceil(((stretch * cores) / WANTED_CORES) * 2) / 2);
  }
}

export const stretchedDelays = (stretch: number): Record<string, number> =>
  Object.fromEntries(Object.entries(AWS_LIKE_DELAYS).map(([service, ms]) => [service, ms * stretch]));

async function run(job: Job, processes: number, stretch: number): Promise<Measured> {
  const busyCores = watchMachine();
  const delays = stretchedDelays(stretch);
  const measurement = await measure({ job, processes, delays, startsTogether: true, start: ours({ POLLERS: '1' }) });
  const { completeSeconds } = measurement;
  if (completeSeconds === undefined) throw new Error('the queue is empty and the job is not COMPLETE');
  return { processes, stretch, machineCores: busyCores(), seconds: completeSeconds, measurement };
}

/** The number of busy cores of the machine since then, including other programs. */
function watchMachine(): () => number {
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

function rowOf(mode: JobMode, measured: Measured, one: Measured): ReplicaRow {
  const { processes, stretch, machineCores, seconds, measurement } = measured;
  const { calls, cores, serverCpuSeconds, movies } = measurement;
  const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return {
    mode,
    movies,
    object_parts: calls['s3:UploadPart'] ?? 1,
    processes,
    stretch,
    seconds: rounded(seconds),
    times_one: rounded(one.seconds / seconds),
    cores: rounded(cores),
    machine_cores: rounded(machineCores),
    consumer_cpu_seconds: rounded(measurement.processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    server_cpu_seconds: rounded(serverCpuSeconds),
    calls: all - (calls['sqs:SendMessageBatch'] ?? 0),
  };
}
