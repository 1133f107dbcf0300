// Measures `npm start -- --json`: the whole pipeline as a user runs it, including npm and the launcher.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

const summarySchema = z.object({
  status: z.literal('COMPLETE'),
  object_bytes: z.number(),
  seconds: z.object({ total: z.number() }),
  peak_rss_bytes: z.object({ producer: z.number(), consumer: z.number() }),
});

export interface StartRun {
  readonly movies: number;
  readonly object_mb: number;
  /** Wall time of the command, and its part outside of the pipeline. */
  readonly wall_seconds: number;
  readonly overhead_seconds: number;
  readonly producer_rss_mb: number;
  readonly consumer_rss_mb: number;
}

const MEBIBYTE = 2 ** 20;
const MAX_OUTPUT = 16 * MEBIBYTE;

export async function start(movies: number, packed: boolean, out: string): Promise<StartRun> {
  const args = ['--json', '--yes', '--seed', '7', '--out', out, '--movies', String(movies)];
  if (packed) args.push('--movies-per-message', 'auto');
  const from = performance.now();
  const { stdout } = await run('npm', ['start', '--silent', '--', ...args], { cwd: root, maxBuffer: MAX_OUTPUT });
  const wall = (performance.now() - from) / 1000;
  const { object_bytes, seconds, peak_rss_bytes } = summarySchema.parse(JSON.parse(stdout));
  return {
    movies,
    object_mb: Math.round(object_bytes / MEBIBYTE),
    wall_seconds: Number(wall.toFixed(2)),
    overhead_seconds: Number((wall - seconds.total).toFixed(2)),
    producer_rss_mb: Math.round(peak_rss_bytes.producer / MEBIBYTE),
    consumer_rss_mb: Math.round(peak_rss_bytes.consumer / MEBIBYTE),
  };
}
