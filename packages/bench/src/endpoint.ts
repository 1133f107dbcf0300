// The endpoint of a measurement: a fresh embedded AWS in its own process, or the environment's endpoint behind a
// recording proxy.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Records } from './recorder.ts';

const recordsSchema = z.record(z.string(), z.object({ calls: z.number(), firstMs: z.number(), lastMs: z.number() }));
const recordsResponseSchema = z.object({ records: recordsSchema, cpu_seconds: z.number() });
const heldReceivesSchema = z.object({ held: z.number() });

const latenciesSchema = z.object({ latencies: z.array(z.number()) });

export interface Endpoint {
  readonly url: string;
  /** The calls since the start or the last reset. */
  records(): Promise<Records>;
  reset(): Promise<void>;
  /** Milliseconds from sent to deleted of each message since the reset; only the embedded AWS reports them. */
  latencies(): Promise<readonly number[]>;
  /** Makes all receives wait for a period that begins with the first of them. Only for the embedded AWS. */
  holdReceives(ms: number): Promise<void>;
  /**
   * Resolves at the end of that period.
   * @throws when fewer receives than processes waited, because one was not ready
   */
  receivesReleased(processes: number): Promise<void>;
  /** Breaks the connections of S3 calls for this time. Only for the embedded AWS. */
  makeS3Unreachable(ms: number): Promise<void>;
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
  const [first] = await nextMessage(child);
  const { endpoint } = z.object({ endpoint: z.string() }).parse(first);
  return {
    url: endpoint,
    records: async () => recordsResponseSchema.parse(await sendRequest(child, 'read')).records,
    reset: async () => void (await sendRequest(child, 'reset')),
    latencies: async () => latenciesSchema.parse(await sendRequest(child, 'latencies')).latencies,
    holdReceives: async (ms) => void (await sendRequest(child, { holdMs: ms })),
    makeS3Unreachable: async (ms) => void (await sendRequest(child, { s3UnreachableMs: ms })),
    async receivesReleased(processes) {
      const { held } = heldReceivesSchema.parse(await sendRequest(child, 'hold-end'));
      if (held < processes) {
        throw new Error(
          `only ${held} of ${processes} processes were ready to receive: the machine is too busy to measure.`,
        );
      }
    },
    cpuSeconds: async () => recordsResponseSchema.parse(await sendRequest(child, 'read')).cpu_seconds,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The requests to the server, one at a time. */
type ServerRequest =
  | 'read'
  | 'reset'
  | 'latencies'
  | 'hold-end'
  | { readonly holdMs: number }
  | { readonly s3UnreachableMs: number };

async function sendRequest(child: ChildProcess, request: ServerRequest): Promise<unknown> {
  const response = nextMessage(child);
  child.send(request);
  return (await response)[0];
}

/** Resolves to the next message of the process. Rejects when the process ends first. */
async function nextMessage(child: ChildProcess): Promise<unknown[]> {
  if (child.exitCode !== null || child.signalCode !== null) throw endedError(child);
  const settled = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', settled),
      once(child, 'exit', settled).then(() => {
        throw endedError(child);
      }),
    ]);
  } finally {
    settled.abort();
  }
}

const endedError = ({ exitCode, signalCode }: ChildProcess) =>
  new Error(`the server under measurement ended with ${exitCode ?? signalCode}`);
