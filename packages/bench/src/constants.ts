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
import { onEndpoint } from './provisioned.ts';
import { AWS_LIKE_DELAYS } from './replicas.ts';
import { measureSending, type SentAtFullSpeed } from './sending.ts';

const FILE = fileURLToPath(new URL('../../aws/src/measured.json', import.meta.url));

/** CPU seconds of a consumer and of the embedded AWS. */
interface Cpu {
  readonly consumer: number;
  readonly server: number;
}

/** A job of one consumer at full speed. */
interface FullSpeed {
  readonly movies: number;
  readonly calls: number;
  readonly cpuSeconds: Cpu;
  readonly peakRssBytes: number;
}

/** The measurements from which the constants follow. */
export interface ConstantsInput {
  /** Milliseconds of CPU of one small call. */
  readonly callMs: Cpu;
  readonly whole: Readonly<Record<JobMode, FullSpeed>>;
  /** A packed job that is stored but not completed. */
  readonly stored: FullSpeed;
  /** The sending of the same jobs. */
  readonly sent: Readonly<Record<JobMode, SentAtFullSpeed>>;
}

type Constants = Pick<Measured, 'consumer_cpu' | 'server_cpu' | 'producer_cpu' | 'consumer_rss_mb'>;

/** Steps of a consumer and of the embedded AWS, by mode. A movie costs as much to assemble in both modes. */
export function constantsOf({ callMs, whole, stored, sent }: ConstantsInput): Constants {
  const stepsOf = (who: keyof Cpu): Record<JobMode, StepCpu> => {
    const perMovie = ({ movies, calls, cpuSeconds }: FullSpeed) =>
      ((cpuSeconds[who] * 1000 - calls * callMs[who]) * 1000) / movies;
    const assembled = Math.max(0, perMovie(whole.packed) - perMovie(stored));
    const steps = (mode: JobMode): StepCpu => ({
      call_ms: rounded(callMs[who]),
      stored_movie_us: rounded(Math.max(0, perMovie(whole[mode]) - assembled)),
      assembled_movie_us: rounded(assembled),
    });
    return { 'one a message': steps('one a message'), packed: steps('packed') };
  };
  const sending = ({ movies, calls, cpuSeconds }: SentAtFullSpeed) => ({
    call_ms: rounded(callMs.consumer),
    sent_movie_us: rounded(Math.max(0, ((cpuSeconds * 1000 - calls * callMs.consumer) * 1000) / movies)),
  });
  const megabytes = ({ peakRssBytes }: FullSpeed) => Math.round(peakRssBytes / 2 ** 20);
  return {
    consumer_cpu: stepsOf('consumer'),
    server_cpu: stepsOf('server'),
    producer_cpu: { 'one a message': sending(sent['one a message']), packed: sending(sent.packed) },
    consumer_rss_mb: { 'one a message': megabytes(whole['one a message']), packed: megabytes(whole.packed) },
  };
}

const rounded = (value: number) => Number(value.toFixed(3));

/** Measures what the rows do not contain, and writes the file. */
export async function writeConstants(
  replicas: readonly ReplicaRow[],
  { date, machine, onProgress }: { date: string; machine: string; onProgress: (text: string) => void },
): Promise<void> {
  const callMs = await measureCall();
  onProgress(
    `a small call takes ${callMs.consumer.toFixed(2)} ms of CPU, and ${callMs.server.toFixed(2)} ms of the server`,
  );
  const single: Job = { movies: 30_000, packed: false };
  const packed: Job = { movies: 500_000, packed: true };
  const whole = { 'one a message': await atFullSpeed(single), packed: await atFullSpeed(packed) };
  const stored = await atFullSpeed(packed, { withoutObject: true });
  const sent = { 'one a message': await measureSending(single), packed: await measureSending(packed) };
  onProgress('CPU time of each step measured');
  const content: Measured = {
    measured_on: date,
    source: 'npm run bench -- --replicas',
    machine,
    machine_cores: cpus().length,
    latency_ms: AWS_LIKE_DELAYS,
    ...constantsOf({ callMs, whole, stored, sent }),
    replicas,
  };
  await writeFile(FILE, `${JSON.stringify(content, null, 2)}\n`);
}

const CALLS = 3000;
const WARM_UP = 500;

/** One small call after the other, as a consumer with one poller makes them. */
const measureCall = (): Promise<Cpu> =>
  onEndpoint({}, async ({ endpoint, settings, clients }) => {
    const table = openTable(clients, settings.table);
    const call = () => table.get(jobKey('00000000-0000-5000-8000-000000000000'));
    for (let made = 0; made < WARM_UP; made++) await call();
    const before = { own: ownCpuSeconds(), server: await endpoint.cpuSeconds() };
    for (let made = 0; made < CALLS; made++) await call();
    const server = (await endpoint.cpuSeconds()) - before.server;
    return { consumer: ((ownCpuSeconds() - before.own) / CALLS) * 1000, server: (server / CALLS) * 1000 };
  });

async function atFullSpeed(job: Job, { withoutObject = false } = {}): Promise<FullSpeed> {
  const measured = await measure({ job, processes: 1, withoutObject, start: ours() });
  const { movies, processes, serverCpuSeconds, calls } = measured;
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0) - (calls['sqs:SendMessageBatch'] ?? 0);
  const consumer = processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const peakRssBytes = Math.max(...processes.map((one) => one.peakRssBytes));
  return { movies, calls: all, cpuSeconds: { consumer, server: serverCpuSeconds }, peakRssBytes };
}
