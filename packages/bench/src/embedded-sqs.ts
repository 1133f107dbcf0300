// The embedded SQS alone, over HTTP by a light client: `packages/local-aws/bench/http.ts`, which can also run alone.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const program = fileURLToPath(new URL('../../local-aws/bench/http.ts', import.meta.url));
/** Values by name: calls per second of the server's CPU time, with `waiting` messages in the queue. */
const rowsSchema = z.array(z.record(z.string(), z.number()));
export type EmbeddedSqs = z.infer<typeof rowsSchema>;

export async function measureEmbeddedSqs(): Promise<EmbeddedSqs> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--json']);
  return rowsSchema.parse(JSON.parse(stdout));
}
