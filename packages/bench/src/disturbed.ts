// Disturbs a packed job of a million movies with eight consumers: S3 becomes unreachable, a consumer is killed or
// drained. Measures how much longer it takes from the first receive to COMPLETE, with real processes on the embedded
// AWS at AWS-like latency.
import { setTimeout as delay } from 'node:timers/promises';
import { systemRandom } from '@movie-load/aws';
import { ours } from './contenders.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { stretchedDelays } from './replicas.ts';

export type DisturbanceKind = 's3_away' | 'kill' | 'drain';

export interface DisturbedRun {
  readonly kind: DisturbanceKind;
  /** When the disturbance began, after the first receive. */
  readonly at_seconds: number;
  readonly seconds: number;
  /** The limit of `seconds`. */
  readonly most_seconds: number;
  readonly holds: boolean;
}

export interface Disturbed {
  /** From the first receive to COMPLETE, like `seconds` of the runs. */
  readonly undisturbed_seconds: number;
  readonly runs: readonly DisturbedRun[];
}

const JOB = { movies: 1_000_000, packed: true };
const PROCESSES = 8;
const S3_OUTAGE_MS = 60_000;
/**
 * A disturbed run may take this much longer than `ALLOWED_FACTOR` times the undisturbed time, because breakers must
 * close and visibility timeouts must expire.
 */
const ALLOWED_EXTRA_SECONDS: Readonly<Record<DisturbanceKind, number>> = { s3_away: 120, kill: 60, drain: 60 };
const ALLOWED_FACTOR = 1.1;

export interface DisturbedOptions {
  /** Number of runs with a killed consumer, and of runs with a drained one. */
  readonly times: number;
  readonly stretch: number;
  onProgress(text: string): void;
}

export async function measureDisturbed({ times, stretch, onProgress }: DisturbedOptions): Promise<Disturbed> {
  const run = async (disturb?: MeasureOptions['disturb']) => {
    const { completeSeconds } = await measure({
      job: JOB,
      processes: PROCESSES,
      delays: stretchedDelays(stretch),
      startsTogether: true,
      start: ours({ POLLERS: '1' }),
      ...(disturb && { disturb }),
    });
    if (completeSeconds === undefined) throw new Error('the queue is empty and the job is not COMPLETE');
    return completeSeconds;
  };
  const undisturbed = await run();
  onProgress(`undisturbed: ${undisturbed.toFixed(1)} s`);
  const runs: DisturbedRun[] = [];
  const kinds: DisturbanceKind[] = ['s3_away'];
  for (let time = 0; time < times; time++) kinds.push('kill', 'drain');
  for (const kind of kinds) {
    const atSeconds = kind === 's3_away' ? undisturbed / 2 : systemRandom.next() * undisturbed;
    const index = Math.floor(systemRandom.next() * PROCESSES);
    const seconds = await run(async ({ endpoint, replace }) => {
      await delay(atSeconds * 1000);
      if (kind === 's3_away') await endpoint.makeS3Unreachable(S3_OUTAGE_MS);
      else await replace(index, kind === 'kill' ? 'kill' : 'stop');
    });
    const maxSeconds = undisturbed * ALLOWED_FACTOR + ALLOWED_EXTRA_SECONDS[kind];
    runs.push({
      kind,
      at_seconds: rounded(atSeconds),
      seconds: rounded(seconds),
      most_seconds: rounded(maxSeconds),
      holds: seconds <= maxSeconds,
    });
    onProgress(`${kind} after ${atSeconds.toFixed(1)} s: ${seconds.toFixed(1)} s, at most ${maxSeconds.toFixed(1)} s`);
  }
  return { undisturbed_seconds: rounded(undisturbed), runs };
}

const rounded = (value: number) => Number(value.toFixed(2));
