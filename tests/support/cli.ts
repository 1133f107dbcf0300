// The command line as a process in a separate process group, as a terminal starts it.
import { type RunningProcess, startProgram } from '@movie-load/testing';

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv;
}

/** Without AWS settings of this machine. */
const cleanEnvironment = {
  AWS_ENDPOINT_URL: '',
  AWS_PROFILE: '',
  VISIBILITY_SECONDS: '',
  HTTP_PORT: '',
  LOG_LEVEL: '',
};

export function startCli(args: readonly string[], { env = {} }: CliOptions = {}): RunningProcess {
  return startProgram('packages/cli/src/main.ts', { args, env: { ...cleanEnvironment, ...env }, group: true });
}

/** Runs a command to its end. */
export async function cli(args: readonly string[], options: CliOptions = {}) {
  await using running = startCli(args, options);
  const { code, signal } = await running.ended;
  return { code, signal, stdout: running.stdout(), stderr: running.stderr() };
}

/** Sends a signal to every process of the group, as a terminal does at Ctrl-C. */
export function signalGroup({ pid }: RunningProcess, signal: NodeJS.Signals): void {
  process.kill(-pid, signal);
}

/** True when no process of the group is left. */
export function groupIsGone({ pid }: RunningProcess): boolean {
  try {
    process.kill(-pid, 0);
    return false;
  } catch {
    return true;
  }
}
