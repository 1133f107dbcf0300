// The measured constants that other programs reckon with (packages/aws/src/measured.json): CPU time by step, from the rows of
// one consumer, and what tells its steps apart.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  awsSettingsFrom,
  createClients,
  type JobMode,
  type Measured,
  openTable,
  provision,
  type ReplicaRow,
  type StepCpu,
} from '@movie-load/aws';
import { jobKey } from '@movie-load/schema';
import { ours } from './contenders.ts';
import { openEndpoint } from './endpoint.ts';
import { environmentOf, measure, ownCpuSeconds } from './measure.ts';
import { AWS_LIKE_DELAYS, stretchedDelays } from './replicas.ts';

const FILE = fileURLToPath(new URL('../../aws/src/measured.json', import.meta.url));

/** CPU seconds of a consumer and of the embedded AWS. */
interface Cpu {
  readonly consumer: number;
  readonly server: number;
}

/** What the constants follow from. */
export interface ConstantsInput {
  /** Milliseconds of CPU of one small call. */
  readonly callMs: Cpu;
  /** A packed job that is stored and not completed, by one consumer. */
  readonly stored: { readonly movies: number; readonly calls: number; readonly cpuSeconds: Cpu };
  readonly replicas: readonly ReplicaRow[];
}

/** Steps of a consumer and of the embedded AWS, by mode. A movie costs as much to assemble in both modes. */
export function constantsOf(input: ConstantsInput): Pick<Measured, 'consumer_cpu' | 'server_cpu'> {
  const wholeOf = (mode: JobMode) => {
    const row = input.replicas.find((one) => one.mode === mode && one.processes === 1);
    if (row === undefined) throw new Error(`there is no row of one consumer, ${mode}`);
    return row;
  };
  const perMovie = (cpuSeconds: number, callMs: number, { movies, calls }: { movies: number; calls: number }) =>
    ((cpuSeconds * 1000 - calls * callMs) * 1000) / movies;
  const stepsOf = (who: keyof Cpu): Record<JobMode, StepCpu> => {
    const callMs = input.callMs[who];
    const whole = (mode: JobMode) => {
      const row = wholeOf(mode);
      const cpuSeconds = who === 'consumer' ? row.consumer_cpu_seconds : row.server_cpu_seconds;
      return perMovie(cpuSeconds, callMs, row);
    };
    const stored = perMovie(input.stored.cpuSeconds[who], callMs, input.stored);
    const assembled = Math.max(0, whole('packed') - stored);
    const steps = (mode: JobMode): StepCpu => ({
      call_ms: rounded(callMs),
      stored_movie_us: rounded(Math.max(0, whole(mode) - assembled)),
      assembled_movie_us: rounded(assembled),
    });
    return { 'one a message': steps('one a message'), packed: steps('packed') };
  };
  return { consumer_cpu: stepsOf('consumer'), server_cpu: stepsOf('server') };
}

const rounded = (value: number) => Number(value.toFixed(3));

/** Measures what the rows do not tell, and writes the file. */
export async function writeConstants(
  replicas: readonly ReplicaRow[],
  { date, machine, onProgress }: { date: string; machine: string; onProgress: (text: string) => void },
): Promise<void> {
  const callMs = await measureCall();
  onProgress(
    `a small call takes ${callMs.consumer.toFixed(2)} ms of CPU, and ${callMs.server.toFixed(2)} ms of the server`,
  );
  const stored = await measureStored(replicas.find(({ mode }) => mode === 'packed')?.stretch ?? 1);
  onProgress('CPU time of storing measured');
  const content: Measured = {
    measured_on: date,
    source: 'npm run bench -- --replicas',
    machine,
    machine_cores: cpus().length,
    latency_ms: AWS_LIKE_DELAYS,
    ...constantsOf({ callMs, stored, replicas }),
    replicas,
  };
  await writeFile(FILE, `${JSON.stringify(content, null, 2)}\n`);
}

const CALLS = 3000;
const WARM_UP = 500;

/** One small call after the other, as a consumer with one poller makes them. */
async function measureCall(): Promise<Cpu> {
  const endpoint = await openEndpoint();
  const settings = awsSettingsFrom(environmentOf(endpoint.url));
  const clients = createClients(settings, { env: {} });
  try {
    await provision(clients, settings);
    const table = openTable(clients, settings.table);
    const call = () => table.get(jobKey('00000000-0000-5000-8000-000000000000'));
    for (let made = 0; made < WARM_UP; made++) await call();
    const before = { own: ownCpuSeconds(), server: await endpoint.cpuSeconds() };
    for (let made = 0; made < CALLS; made++) await call();
    const server = (await endpoint.cpuSeconds()) - before.server;
    return { consumer: ((ownCpuSeconds() - before.own) / CALLS) * 1000, server: (server / CALLS) * 1000 };
  } finally {
    clients.destroy();
    await endpoint.stop();
  }
}

const STORED_JOB = { movies: 300_000, packed: true };

async function measureStored(stretch: number): Promise<ConstantsInput['stored']> {
  const measured = await measure({
    job: STORED_JOB,
    processes: 1,
    delays: stretchedDelays(stretch),
    withoutObject: true,
    startsTogether: true,
    start: ours({ POLLERS: '1' }),
  });
  const { movies, processes, serverCpuSeconds, calls } = measured;
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0) - (calls['sqs:SendMessageBatch'] ?? 0);
  const consumer = processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return { movies, calls: all, cpuSeconds: { consumer, server: serverCpuSeconds } };
}
