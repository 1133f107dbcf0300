import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { HEAP_FLAGS } from '@movie-load/schema';

const MIB = 1024 * 1024;
const fixture = fileURLToPath(new URL('./fixtures/assemble-memory.ts', import.meta.url));

async function assemble(mebibytes: number): Promise<{ bytes: number; peak_rss_bytes: number }> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...HEAP_FLAGS.consumer, fixture, String(mebibytes)]);
  return JSON.parse(stdout);
}

test('a large object is assembled in bounded memory, far less than it has bytes', async () => {
  const { bytes, peak_rss_bytes } = await assemble(320);
  expect(bytes).toBeGreaterThan(280 * MIB);
  expect(peak_rss_bytes).toBeLessThan(256 * MIB);
}, 120_000);
