// A measured program, which reports over IPC what it has stored, its CPU time and its peak memory.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { HEAP_FLAGS, MALLOC_SETTINGS, serviceReportSchema } from '@movie-load/schema';
import type { z } from 'zod';

/** The part of a service's report that the benchmark reads, and the whole report of its own programs. */
const usageSchema = serviceReportSchema.pick({
  stored_messages: true,
  stored_movies: true,
  write_units: true,
  peak_rss_bytes: true,
  cpu_seconds: true,
});
export type Usage = Readonly<z.infer<typeof usageSchema>>;

/** The flags with which the images and `npm start` run our consumer. The textbook consumers get them, too. */
const CONSUMER_FLAGS = HEAP_FLAGS.consumer;

/**
 * The flags of the ceiling, a program that only makes a consumer's calls (`ceiling/main.ts`). All its prepared inputs
 * are in memory, so its old space has no limit.
 */
export const CEILING_FLAGS = CONSUMER_FLAGS.filter((flag) => !flag.startsWith('--max-old-space-size'));

export interface Contender {
  /** The last report. */
  readonly usage: Usage;
  /** Rejects when the program ends without being stopped. */
  readonly failed: Promise<never>;
  /** Sends SIGTERM, and SIGKILL after 15 seconds; `usage` has the program's last report afterwards. */
  stop(): Promise<void>;
  /** Sends SIGKILL: the program cannot clean up. */
  kill(): Promise<void>;
}

const NO_USAGE: Usage = { stored_messages: 0, stored_movies: 0, write_units: 0, peak_rss_bytes: 0, cpu_seconds: 0 };
const STOP_LIMIT_MS = 15_000;

export interface ContenderOptions {
  readonly program: URL;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

export function startContender({ program, args = [], env, flags = CONSUMER_FLAGS }: ContenderOptions): Contender {
  const child = fork(program, args, {
    execArgv: [...flags, '--disable-warning=ExperimentalWarning'],
    env: { ...inheritedEnvironment(), ...MALLOC_SETTINGS, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let usage = NO_USAGE;
  child.on('message', (message) => {
    const parsed = usageSchema.safeParse(message);
    if (parsed.success) usage = parsed.data;
  });
  let stopping = false;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  child.once('exit', (code, signal) => {
    if (!stopping) reject(new Error(`${program.pathname} ended with ${code ?? signal}; its output is above.`));
  });
  return {
    get usage() {
      return usage;
    },
    failed,
    stop: () => {
      stopping = true;
      return stop(child);
    },
    kill: async () => {
      stopping = true;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * The only variables that a contender inherits. Settings of services and of AWS in the caller's environment would
 * change the measurement.
 */
const INHERITED_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_COMPILE_CACHE'];

const inheritedEnvironment = () =>
  Object.fromEntries(INHERITED_VARIABLES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(killTimer);
}
