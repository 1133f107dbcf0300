// No client ends the embedded AWS, or another client's work: twenty thousand hostile requests over raw sockets. What it found
// is repeated by `npm run file -- packages/local-aws/test/fuzz/main.ts --seed … --only …`.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { describeMatrix } from './fuzz/matrix.ts';
import { type FuzzResult, fuzz } from './fuzz/run.ts';

const REQUESTS = 20_000;
const SEED = Number(process.env.MOVIE_LOAD_FUZZ_SEED ?? 1);
/** What memory may grow by: caches of the runtime, and what hostile requests have legally stored. */
const MAX_GROWTH_MB = 64;
/** An input that is not legal may keep the event loop busy for this time, or for as long as the largest that is. */
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
}, 300_000);
