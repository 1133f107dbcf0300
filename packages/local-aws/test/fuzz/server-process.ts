// The embedded AWS in a separate process. It reports the longest CPU time of its main thread without a break, which is
// how long other requests would have waited on an idle machine, and its memory after a garbage collection.
//
//     npm run file -- packages/local-aws/test/fuzz/server-process.ts <index.ts of the embedded AWS>

import { pathToFileURL } from 'node:url';

type Start = (options: object) => Promise<{ readonly port: number }>;

/** The reports to the harness. */
export interface ServerReport {
  readonly kind: 'listening' | 'report' | 'log' | 'busy';
  readonly port?: number;
  readonly heapMb?: number;
  readonly externalMb?: number;
  readonly longestMs?: number;
  readonly line?: string;
}

const send = (report: ServerReport): void => void process.send?.(report);
const [index = ''] = process.argv.slice(2);
const { startLocalAws } = (await import(pathToFileURL(index).href)) as { startLocalAws: Start };
const { port } = await startLocalAws({ bodyIdleMs: 300, writeLog: (line: string) => send({ kind: 'log', line }) });

/** A turn of at least this length is reported at once. */
const NOTABLE_MS = 40;
let longestMs = 0;
let before = process.threadCpuUsage();
setInterval(() => {
  const after = process.threadCpuUsage();
  const busyMs = (after.user - before.user + after.system - before.system) / 1000;
  before = after;
  longestMs = Math.max(longestMs, busyMs);
  if (busyMs > NOTABLE_MS) send({ kind: 'busy', longestMs: busyMs });
}, 1);

process.on('disconnect', () => process.exit());
process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  send({ kind: 'report', heapMb: heapUsed / 1e6, externalMb: external / 1e6, longestMs });
  longestMs = 0;
  before = process.threadCpuUsage();
});
send({ kind: 'listening', port });
