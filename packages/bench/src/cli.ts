// Measures `npm start -- --json`: the whole pipeline as a user runs it, including npm and the launcher.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const execute = promisify(execFile);
const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));

const summarySchema = z.object({
  status: z.literal('COMPLETE'),
  object_bytes: z.number(),
  seconds: z.object({ total: z.number() }),
  peak_rss_bytes: z.object({ producer: z.number(), consumer: z.number() }),
});

export interface StartRun {
  readonly movies: number;
  readonly object_mb: number;
  /** From the start of the command to its end. */
  readonly wall_seconds: number;
  /** The part of `wall_seconds` that the job did not run, for example for npm and the launcher. */
  readonly overhead_seconds: number;
  readonly producer_rss_mb: number;
  readonly consumer_rss_mb: number;
}

const MEBIBYTE = 2 ** 20;
const MAX_OUTPUT_BYTES = 16 * MEBIBYTE;

/** Runs `npm start` once. `packed` lets it choose the movies per message; the object goes to the file `out`. */
export async function measureStart(movies: number, packed: boolean, out: string): Promise<StartRun> {
  const args = ['--json', '--yes', '--seed', '7', '--out', out, '--movies', String(movies)];
  if (packed) args.push('--movies-per-message', 'auto');
  const startedMs = performance.now();
  const { stdout } = await execute('npm', ['start', '--silent', '--', ...args], {
    cwd: projectRoot,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const { object_bytes, seconds, peak_rss_bytes } = summarySchema.parse(JSON.parse(stdout));
  return {
    movies,
    object_mb: Math.round(object_bytes / MEBIBYTE),
    wall_seconds: Number(wallSeconds.toFixed(2)),
    overhead_seconds: Number((wallSeconds - seconds.total).toFixed(2)),
    producer_rss_mb: Math.round(peak_rss_bytes.producer / MEBIBYTE),
    consumer_rss_mb: Math.round(peak_rss_bytes.consumer / MEBIBYTE),
  };
}
