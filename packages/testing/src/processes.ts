// Real processes for tests: services as a container runs them, and the cli. Each is killed when its test disposes of
// it.
import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';

const root = resolve(import.meta.dirname, '../../..');

const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<ProcessExit>;
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Opens an IPC channel, by which a service sends reports. */
  readonly ipc?: boolean;
  /** Starts a new process group, as a terminal does. */
  readonly group?: boolean;
}

/** Starts a program of the repository with this Node. */
export function startProgram(program: string, options: StartOptions = {}): RunningProcess {
  return startCommand(process.execPath, [...NODE_FLAGS, join(root, program), ...(options.args ?? [])], options);
}

export function startCommand(command: string, args: readonly string[], options: StartOptions = {}): RunningProcess {
  const { env = {}, cwd = root, ipc = false, group = false } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    detached: group,
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<ProcessExit>();
  child.once('error', reject);
  child.once('close', (code, signal) => resolve({ code, signal }));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  return {
    child,
    pid,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface RunningService extends RunningProcess {
  readonly reports: readonly ServiceReport[];
  /** The last report. */
  report(): ServiceReport | undefined;
}

/** Starts a service with an IPC channel, by the entry point that containers use. */
export function startService(service: ServiceReport['service'], options: StartOptions = {}): RunningService {
  const running = startProgram(`services/${service}/src/main.ts`, { ...options, ipc: true });
  const reports: ServiceReport[] = [];
  running.child.on('message', (message) => reports.push(serviceReportSchema.parse(message)));
  return { ...running, reports, report: () => reports.at(-1) };
}
