// Where a measurement happens: a fresh embedded AWS in a process of its own, or the endpoint in the environment seen
// through a recording proxy.
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
  /** What was asked of it since the start or the last reset. */
  records(): Promise<Records>;
  reset(): Promise<void>;
  /** Milliseconds from sent to deleted, of each message since the reset; the embedded AWS alone tells. */
  latencies(): Promise<readonly number[]>;
  /** Receives that come within this time after the first are carried out when it is over. The embedded AWS alone can. */
  holdReceives(ms: number): Promise<void>;
  /** Resolves when the time is over. @throws when fewer receives than these were held: a process is missing */
  receivesOpen(processes: number): Promise<void>;
  /** Connections of S3 calls break for this long. The embedded AWS alone can do this. */
  takeS3Away(ms: number): Promise<void>;
  /** CPU time of the server's process so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

export interface EndpointOptions {
  /** Milliseconds that each call of a service takes longer. */
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

/** What the server is asked for; one question at a time. */
type Wish = 'read' | 'reset' | 'latencies' | 'open' | { readonly holdMs: number } | { readonly s3AwayMs: number };

async function ask(child: ChildProcess, wish: Wish): Promise<unknown> {
  const answer = answerOf(child);
  child.send(wish);
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
