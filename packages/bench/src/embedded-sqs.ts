// The embedded SQS alone, over HTTP by a light client: `packages/local-aws/bench/http.ts`, which runs by itself too.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const program = fileURLToPath(new URL('../../local-aws/bench/http.ts', import.meta.url));
/** By figure; calls are those of a second of the server's CPU time, beside `waiting` messages. */
const rowsSchema = z.array(z.record(z.string(), z.number()));
export type EmbeddedSqs = z.infer<typeof rowsSchema>;

export async function measureEmbeddedSqs(): Promise<EmbeddedSqs> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--json']);
  return rowsSchema.parse(JSON.parse(stdout));
}
