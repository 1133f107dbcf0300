// What sending a job costs a producer: its CPU time at full speed, to the embedded AWS in a process of its own.
import {
  awsSettingsFrom,
  createClients,
  openResilientQueue,
  provision,
  systemRandom,
  toolPolicy,
} from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { openEndpoint } from './endpoint.ts';
import { environmentOf, type Job, ownCpuSeconds, planOf } from './measure.ts';

export interface SentAtFullSpeed {
  readonly movies: number;
  readonly calls: number;
  /** Of the producer. */
  readonly cpuSeconds: number;
}

/** Sends the job twice: warm code is measured. */
export async function measureSending(job: Job): Promise<SentAtFullSpeed> {
  const endpoint = await openEndpoint();
  const settings = awsSettingsFrom(environmentOf(endpoint.url));
  const clients = createClients(settings, { env: {} });
  try {
    await provision(clients, settings);
    const queue = await openResilientQueue(clients, settings.queue, toolPolicy());
    const send = (nonce: string) =>
      sendJob({ queue, plan: planOf(job, nonce), started_on: new Date().toISOString(), random: systemRandom });
    await send('warm-up');
    await endpoint.reset();
    const before = ownCpuSeconds();
    const { movies } = await send('measured');
    const cpuSeconds = ownCpuSeconds() - before;
    return { movies, calls: (await endpoint.records())['sqs:SendMessageBatch']?.calls ?? 0, cpuSeconds };
  } finally {
    clients.destroy();
    await endpoint.stop();
  }
}
