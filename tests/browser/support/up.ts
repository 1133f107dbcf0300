// `movie-load up` as a person starts it, on free ports; its end includes every process that it started.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { eventually, listenLocally, type RunningProcess, startProgram } from '@movie-load/testing';

export interface Up {
  /** The address of the page. */
  readonly url: string;
  /** The value of `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const STARTED_WITHIN_MS = 300_000;

export interface RunningUp extends Up {
  readonly producer: string;
}

export interface UpOptions {
  readonly consumers?: number;
  /** Runs `up --trace`: the page shows the traces of jobs. */
  readonly trace?: boolean;
  /** Further variables for all its processes. */
  readonly settings?: NodeJS.ProcessEnv;
  /** Runs `up --lab`: faults, clock and history on demand. */
  readonly lab?: boolean;
}

export async function startUp({
  consumers = 2,
  trace = false,
  lab = false,
  settings = {},
}: UpOptions = {}): Promise<RunningUp> {
  const [port, page, producer] = [await freePort(), await freePort(), await freePort()];
  const options = { port, consumers, 'console-port': page, 'producer-port': producer };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (trace) args.push('--trace');
  if (lab) args.push('--lab');
  // Short, so that the messages of a killed consumer are delivered again soon.
  const env = { VISIBILITY_SECONDS: '4', ...settings };
  const url = `http://127.0.0.1:${page}`;
  const stop = await start('packages/cli/src/main.ts', ['up', ...args], env, url);
  return { url, endpoint: `http://127.0.0.1:${port}`, producer: `http://127.0.0.1:${producer}`, stop };
}

export interface ConsoleOptions {
  readonly endpoint: string;
  readonly port: number;
  readonly settings?: NodeJS.ProcessEnv;
}

/** The console alone, on an endpoint that runs already. */
export async function startConsole({ endpoint, port, settings = {} }: ConsoleOptions): Promise<Up> {
  const aws = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const url = `http://127.0.0.1:${port}`;
  const stop = await start('services/console/src/main.ts', [], { ...aws, HTTP_PORT: String(port), ...settings }, url);
  return { url, endpoint, stop };
}

/** Starts one of the project's programs; resolves, when it answers at `url`, with a function that ends it. */
async function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv, url: string) {
  const running = startProgram(program, { args, env: { LOG_LEVEL: 'error', ...env } });
  const answers = async () => (await fetch(`${url}/livez`)).ok;
  const hasEnded = () => running.child.exitCode !== null;
  try {
    await eventually(`${program} to answer`, () => hasEnded() || answers(), STARTED_WITHIN_MS);
    if (hasEnded()) throw new Error(`it ended with code ${running.child.exitCode}`);
  } catch (cause) {
    await end(running);
    throw new Error(`${program} did not start:\n${running.stdout()}${running.stderr()}`, { cause });
  }
  return () => end(running);
}

const END_WITHIN_MS = 60_000;

async function end({ ended, kill }: RunningProcess): Promise<void> {
  kill('SIGTERM');
  const timer = setTimeout(() => kill('SIGKILL'), END_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = await listenLocally(server);
  server.close();
  await once(server, 'close');
  return port;
}
