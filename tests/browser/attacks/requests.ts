// The requests that the processes with record-requests.mjs got, and the attack vector of each.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@movie-load/testing';
import { z } from 'zod';

const recordedSchema = z.object({
  port: z.int(),
  method: z.string(),
  url: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.unknown()),
});

export interface Arrived extends z.infer<typeof recordedSchema> {
  readonly vector: string;
}

/** The statuses of the guards' refusals: any other status means that a request was processed. */
const REFUSED: ReadonlySet<number> = new Set([403, 405, 415, 421]);
export const isThrough = ({ status }: Arrived): boolean => !REFUSED.has(status);

/** The number of checks in a row without a new request, after which no more are expected. */
const CALM_READS = 10;

export function recordRequests() {
  const folder = mkdtempSync(join(tmpdir(), 'movie-load-requests-'));
  const file = join(folder, 'requests');
  writeFileSync(file, '');
  const ofVectors = (): Arrived[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        if (line === '') return [];
        const request = recordedSchema.parse(JSON.parse(line));
        const vector = new URL(request.url, 'http://any').searchParams.getAll('vector').at(-1);
        return vector === undefined ? [] : { ...request, vector };
      });
  return {
    /** For the processes that are to be recorded. */
    settings: {
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'record-requests.mjs')}`,
      RECORDED_REQUESTS: file,
    },
    ofVectors,
    /** Resolves when no more requests arrive. */
    async settled(): Promise<void> {
      let [before, calm] = [-1, 0];
      const isCalm = () => {
        const now = statSync(file).size;
        calm = now === before ? calm + 1 : 0;
        before = now;
        return calm >= CALM_READS;
      };
      await eventually('the requests to end', isCalm);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
