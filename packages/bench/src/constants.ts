// The measured constants that other programs calculate with (packages/aws/src/measured.json): CPU time by step of
// one consumer at full speed, and the rows of replicas.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type JobMode, type Measured, openTable, type ReplicaRow, type StepCpu } from '@movie-load/aws';
import { jobKey } from '@movie-load/schema';
import { ours } from './contenders.ts';
import { type Job, measure } from './measure.ts';
import { ownCpuSeconds } from './own-cpu.ts';
import { withEndpoint } from './provisioned.ts';
import { AWS_LIKE_DELAYS } from './replicas.ts';
import { measureSending, type SentAtFullSpeed } from './sending.ts';

const FILE = fileURLToPath(new URL('../../aws/src/measured.json', import.meta.url));

/** CPU seconds of a consumer and of the embedded AWS. */
interface Cpu {
  readonly consumer: number;
  readonly server: number;
}

/** The measurements of a job that one consumer processed at full speed. */
interface FullSpeed {
  readonly movies: number;
  readonly calls: number;
  readonly cpuSeconds: Cpu;
  readonly peakRssBytes: number;
}

/** The measurements from which the constants follow. */
export interface ConstantsInput {
  /** Milliseconds of CPU of one small call. */
  readonly callCpuMs: Cpu;
  readonly complete: Readonly<Record<JobMode, FullSpeed>>;
  /** A packed job that is stored but not completed. */
  readonly storedOnly: FullSpeed;
  /** The same jobs as the producer sends them. */
  readonly sending: Readonly<Record<JobMode, SentAtFullSpeed>>;
}

type Constants = Pick<Measured, 'consumer_cpu' | 'server_cpu' | 'producer_cpu' | 'consumer_rss_mb'>;

/**
 * Computes the CPU time of each step by mode. The assembly of the object takes the same time per movie in both modes.
 */
export function constantsOf({ callCpuMs, complete, storedOnly, sending }: ConstantsInput): Constants {
  const stepsByMode = (program: keyof Cpu): Record<JobMode, StepCpu> => {
    const microsPerMovie = ({ movies, calls, cpuSeconds }: FullSpeed) =>
      ((cpuSeconds[program] * 1000 - calls * callCpuMs[program]) * 1000) / movies;
    const assemblyMicros = Math.max(0, microsPerMovie(complete.packed) - microsPerMovie(storedOnly));
    const steps = (mode: JobMode): StepCpu => ({
      call_ms: rounded(callCpuMs[program]),
      stored_movie_us: rounded(Math.max(0, microsPerMovie(complete[mode]) - assemblyMicros)),
      assembled_movie_us: rounded(assemblyMicros),
    });
    return { 'one a message': steps('one a message'), packed: steps('packed') };
  };
  const producerCpu = ({ movies, calls, cpuSeconds }: SentAtFullSpeed) => ({
    call_ms: rounded(callCpuMs.consumer),
    sent_movie_us: rounded(Math.max(0, ((cpuSeconds * 1000 - calls * callCpuMs.consumer) * 1000) / movies)),
  });
  const megabytes = ({ peakRssBytes }: FullSpeed) => Math.round(peakRssBytes / 2 ** 20);
  return {
    consumer_cpu: stepsByMode('consumer'),
    server_cpu: stepsByMode('server'),
    producer_cpu: { 'one a message': producerCpu(sending['one a message']), packed: producerCpu(sending.packed) },
    consumer_rss_mb: { 'one a message': megabytes(complete['one a message']), packed: megabytes(complete.packed) },
  };
}

const rounded = (value: number) => Number(value.toFixed(3));

/** Measures the constants that the rows of replicas do not contain, and writes them all to the file. */
export async function writeConstants(
  replicas: readonly ReplicaRow[],
  { date, machine, onProgress }: { date: string; machine: string; onProgress: (text: string) => void },
): Promise<void> {
  const callCpuMs = await measureCall();
  onProgress(
    `a small call takes ${callCpuMs.consumer.toFixed(2)} ms of CPU, and ${callCpuMs.server.toFixed(2)} ms of the server's`,
  );
  const singleJob: Job = { movies: 30_000, packed: false };
  const packedJob: Job = { movies: 500_000, packed: true };
  const complete = { 'one a message': await measureFullSpeed(singleJob), packed: await measureFullSpeed(packedJob) };
  const storedOnly = await measureFullSpeed(packedJob, { withoutObject: true });
  const sending = { 'one a message': await measureSending(singleJob), packed: await measureSending(packedJob) };
  onProgress('CPU time of each step measured');
  const content: Measured = {
    measured_on: date,
    source: 'npm run bench -- --replicas',
    machine,
    machine_cores: cpus().length,
    latency_ms: AWS_LIKE_DELAYS,
    ...constantsOf({ callCpuMs, complete, storedOnly, sending }),
    replicas,
  };
  await writeFile(FILE, `${JSON.stringify(content, null, 2)}\n`);
}

const CALLS = 3000;
const WARM_UP = 500;

/** One small call after the other, as a consumer with one poller makes them. */
const measureCall = (): Promise<Cpu> =>
  withEndpoint({}, async ({ endpoint, settings, clients }) => {
    const table = openTable(clients, settings.table);
    const call = () => table.get(jobKey('00000000-0000-5000-8000-000000000000'));
    for (let count = 0; count < WARM_UP; count++) await call();
    const before = { own: ownCpuSeconds(), server: await endpoint.cpuSeconds() };
    for (let count = 0; count < CALLS; count++) await call();
    const server = (await endpoint.cpuSeconds()) - before.server;
    return { consumer: ((ownCpuSeconds() - before.own) / CALLS) * 1000, server: (server / CALLS) * 1000 };
  });

async function measureFullSpeed(job: Job, { withoutObject = false } = {}): Promise<FullSpeed> {
  const measured = await measure({ job, processes: 1, withoutObject, start: ours() });
  const { movies, processes, serverCpuSeconds, calls } = measured;
  const consumerCalls =
    Object.values(calls).reduce((sum, count) => sum + count, 0) - (calls['sqs:SendMessageBatch'] ?? 0);
  const consumer = processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const peakRssBytes = Math.max(...processes.map((one) => one.peakRssBytes));
  return { movies, calls: consumerCalls, cpuSeconds: { consumer, server: serverCpuSeconds }, peakRssBytes };
}
