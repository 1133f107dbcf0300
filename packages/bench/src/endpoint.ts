// The endpoint of a measurement: a fresh embedded AWS in its own process, or the environment's endpoint behind a
// recording proxy.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Records } from './recorder.ts';

const recordsSchema = z.record(z.string(), z.object({ calls: z.number(), firstMs: z.number(), lastMs: z.number() }));
const answerSchema = z.object({ records: recordsSchema, cpu_seconds: z.number() });
const openedSchema = z.object({ held: z.number() });

const latenciesSchema = z.object({ latencies: z.array(z.number()) });

export interface Endpoint {
  readonly url: string;
  /** The calls since the start or the last reset. */
  records(): Promise<Records>;
  reset(): Promise<void>;
  /** Milliseconds from sent to deleted of each message since the reset; only the embedded AWS reports them. */
  latencies(): Promise<readonly number[]>;
  /** Delays all receives that arrive within this time after the first until its end. Only for the embedded AWS. */
  holdReceives(ms: number): Promise<void>;
  /** Resolves at the end of that time. @throws when fewer receives were delayed, because a process is missing */
  receivesOpen(processes: number): Promise<void>;
  /** Breaks the connections of S3 calls for this time. Only for the embedded AWS. */
  takeS3Away(ms: number): Promise<void>;
  /** CPU time of the server's process so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

export interface EndpointOptions {
  /** Milliseconds added to each call of a service. */
  readonly delays?: Readonly<Record<string, number>>;
  /** An emulator to measure on; the embedded AWS when undefined. */
  readonly upstream?: string | undefined;
}

export async function openEndpoint({ delays = {}, upstream }: EndpointOptions = {}): Promise<Endpoint> {
  const program = new URL(upstream === undefined ? './server.ts' : './proxy.ts', import.meta.url);
  const child = fork(program, [upstream ?? JSON.stringify(delays)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [first] = await answerOf(child);
  const { endpoint } = z.object({ endpoint: z.string() }).parse(first);
  return {
    url: endpoint,
    records: async () => answerSchema.parse(await ask(child, 'read')).records,
    reset: async () => void (await ask(child, 'reset')),
    latencies: async () => latenciesSchema.parse(await ask(child, 'latencies')).latencies,
    holdReceives: async (ms) => void (await ask(child, { holdMs: ms })),
    takeS3Away: async (ms) => void (await ask(child, { s3AwayMs: ms })),
    async receivesOpen(processes) {
      const { held } = openedSchema.parse(await ask(child, 'open'));
      if (held < processes) {
        throw new Error(
          `only ${held} of ${processes} processes were ready to receive: the machine is too busy to measure.`,
        );
      }
    },
    cpuSeconds: async () => answerSchema.parse(await ask(child, 'read')).cpu_seconds,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The requests to the server, one at a time. */
type ServerRequest =
  | 'read'
  | 'reset'
  | 'latencies'
  | 'open'
  | { readonly holdMs: number }
  | { readonly s3AwayMs: number };

async function ask(child: ChildProcess, request: ServerRequest): Promise<unknown> {
  const answer = answerOf(child);
  child.send(request);
  return (await answer)[0];
}

/** The next message; rejects when the process has ended instead. */
async function answerOf(child: ChildProcess): Promise<unknown[]> {
  if (child.exitCode !== null || child.signalCode !== null) throw gone(child);
  const done = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', done),
      once(child, 'exit', done).then(() => {
        throw gone(child);
      }),
    ]);
  } finally {
    done.abort();
  }
}

const gone = ({ exitCode, signalCode }: ChildProcess) =>
  new Error(`the server under measurement ended with ${exitCode ?? signalCode}`);
