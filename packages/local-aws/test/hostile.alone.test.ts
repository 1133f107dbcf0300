// No client can stop the embedded AWS or disturb another client: twenty thousand hostile requests over raw sockets. A
// finding is repeated by `npm run file -- packages/local-aws/test/fuzz/main.ts --seed … --only …`.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { describeMatrix } from './fuzz/matrix.ts';
import { type FuzzResult, fuzz } from './fuzz/run.ts';

const REQUESTS = 20_000;
const SEED = Number(process.env.MOVIE_LOAD_FUZZ_SEED ?? 1);
/** The allowed growth of memory: caches of the runtime, and data that hostile requests have legally stored. */
const MAX_GROWTH_MB = 64;
/** An illegal request may block the event loop for this time, or for 1.5 times as long as the largest legal one. */
const MAX_BUSY_MS = 50;

function report({ matrix, faults, ...figures }: FuzzResult): string {
  return `${describeMatrix(matrix)}\n${JSON.stringify({ ...figures, largestLegalMs: Object.fromEntries(figures.largestLegalMs) }, null, 1)}`;
}

test(`${REQUESTS} hostile requests (seed ${SEED}) break nothing`, async () => {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const result = await fuzz({ seed: SEED, requests: REQUESTS, index });
  process.stdout.write(`${report(result)}\n`);
  expect(result.faults).toEqual([]);
  expect(result.restarts).toBe(0);
  expect(result.requests).toBe(REQUESTS);
  expect(result.memoryMb.after - result.memoryMb.before).toBeLessThan(MAX_GROWTH_MB);
  expect(result.longestMs).toBeLessThan(Math.max(MAX_BUSY_MS, 1.5 * Math.max(...result.largestLegalMs.values())));
});
