// The cost of sending a job: the producer's CPU time at full speed, with the embedded AWS in its own process.
import { systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { type Job, planOf } from './measure.ts';
import { ownCpuSeconds } from './own-cpu.ts';
import { withEndpoint } from './provisioned.ts';

export interface SentAtFullSpeed {
  readonly movies: number;
  readonly calls: number;
  /** CPU seconds of the producer. */
  readonly cpuSeconds: number;
}

/** Sends the job twice: warm code is measured. */
export const measureSending = (job: Job): Promise<SentAtFullSpeed> =>
  withEndpoint({}, async ({ endpoint, queue }) => {
    const send = (nonce: string) =>
      sendJob({ queue, plan: planOf(job, nonce), started_on: new Date().toISOString(), random: systemRandom });
    await send('warm-up');
    await endpoint.reset();
    const before = ownCpuSeconds();
    const { movies } = await send('measured');
    const cpuSeconds = ownCpuSeconds() - before;
    return { movies, calls: (await endpoint.records())['sqs:SendMessageBatch']?.calls ?? 0, cpuSeconds };
  });
