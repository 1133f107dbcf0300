// Measures the speed of the embedded SQS over HTTP, without producer and consumers. Runs the program
// `packages/local-aws/bench/http.ts`.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const program = fileURLToPath(new URL('../../local-aws/bench/http.ts', import.meta.url));
/**
 * One row per queue depth. `waiting` is the number of messages in the queue; values whose names end in `/s` are calls of
 * an operation per second of the server's CPU time; `rss MB` is the memory of the server.
 */
const rowsSchema = z.array(z.record(z.string(), z.number()));
export type EmbeddedSqsRows = z.infer<typeof rowsSchema>;

export async function measureEmbeddedSqs(): Promise<EmbeddedSqsRows> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--json']);
  return rowsSchema.parse(JSON.parse(stdout));
}
