// The peak memory of a process, with the heap limit of a consumer, that writes the object of a large job.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { HEAP_FLAGS } from '@movie-load/schema';

const MIB = 1024 * 1024;
const fixture = fileURLToPath(new URL('./fixtures/assemble-memory.ts', import.meta.url));

async function assemble(mebibytes: number, lineBytes: number): Promise<{ bytes: number; peak_rss_bytes: number }> {
  const run = promisify(execFile);
  const sizes = [mebibytes, lineBytes].map(String);
  const { stdout } = await run(process.execPath, [...HEAP_FLAGS.consumer, fixture, ...sizes]);
  return JSON.parse(stdout);
}

test.each([
  ['of short movies that fit into the buffer', 160, 200],
  ['of the longest movies, which are read twice', 400, 6000],
])('an object is written in bounded memory, in parts %s', async (_, mebibytes, lineBytes) => {
  const { bytes, peak_rss_bytes } = await assemble(mebibytes, lineBytes);
  expect(bytes).toBeGreaterThan(mebibytes * 0.85 * MIB);
  expect(peak_rss_bytes).toBeLessThan(240 * MIB);
});
