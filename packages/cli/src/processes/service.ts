// Runs a service as a child process: the same entry point that a container runs, with a heap limit and an IPC channel.
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { HEAP_FLAGS, MALLOC_SETTINGS, type ServiceReport, serviceReportSchema } from '@movie-load/schema';
import { createLogTail, logLineText, settingWarning } from './service-log.ts';

export type ServiceName = ServiceReport['service'];

const servicesFolder = resolve(import.meta.dirname, '../../../../services');

/** The entry point of a service, which is also that of its container. */
const mainFile = (service: ServiceName): string => resolve(servicesFolder, service, 'src/main.ts');

export interface ServiceOptions {
  readonly service: ServiceName;
  /** Its name for people, e.g. `consumer 2`. */
  readonly name: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /**
   * `keep` keeps the last lines of the log and prints only warnings about settings; `show` also prints the log on
   * standard error, `text` prints it there as text for people;
   * `inherit`: the service writes to this process's own output.
   */
  readonly log: 'keep' | 'show' | 'text' | 'inherit';
  onReport?(report: ServiceReport): void;
  /** Called with each line of its standard output; without it the output is not read. */
  onOutput?(line: string): void;
}

export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  readonly name: string;
  readonly service: ServiceName;
  readonly pid: number | undefined;
  /** The last report; a process that was killed has lost at most 250 ms of counts. */
  readonly report: ServiceReport | undefined;
  /** Undefined while it runs. */
  readonly exit: ServiceExit | undefined;
  readonly exited: Promise<ServiceExit>;
  /** The address of its HTTP server, once it has reported one; undefined when it ended before. */
  readonly url: Promise<string | undefined>;
  /** The last problem that it logged, as text for people. */
  lastProblem(): string | undefined;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a service. It ends when this process ends for any reason, because that closes the IPC channel. */
export function startService(options: ServiceOptions): ServiceProcess {
  const { service, name, args = [], env, onReport, onOutput } = options;
  const flags = [...HEAP_FLAGS[service], '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, mainFile(service), ...args], {
    env: { ...MALLOC_SETTINGS, ...env },
    stdio: ['ignore', stdoutOption(options), options.log === 'inherit' ? 'inherit' : 'pipe', 'ipc'],
  });
  const tail = createLogTail();
  let report: ServiceReport | undefined;
  let exit: ServiceExit | undefined;
  const { promise: url, resolve: resolveUrl } = Promise.withResolvers<string | undefined>();

  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      tail.add(line);
      if (options.log === 'keep') printSettingWarning(line);
      if (options.log === 'show') process.stderr.write(`${line}\n`);
      if (options.log === 'text') process.stderr.write(`${name}: ${logLineText(line)}\n`);
    });
  }
  if (child.stdout && onOutput) createInterface({ input: child.stdout }).on('line', onOutput);
  child.on('message', (message) => {
    const parsed = serviceReportSchema.safeParse(message);
    if (!parsed.success) return;
    report = parsed.data;
    if (report.http_port !== undefined) resolveUrl(`http://127.0.0.1:${report.http_port}`);
    onReport?.(report);
  });
  const exited = whenExited(child).then((exitStatus) => {
    exit = exitStatus;
    resolveUrl(undefined);
    return exitStatus;
  });

  return {
    name,
    service,
    pid: child.pid,
    get report() {
      return report;
    },
    get exit() {
      return exit;
    },
    exited,
    url,
    lastProblem: tail.lastProblem,
    kill: (signal) => child.kill(signal),
  };
}

const printedWarnings = new Set<string>();

/** Prints a warning about a misspelt setting even though the log is not shown: once, although each service logs it. */
function printSettingWarning(line: string): void {
  const warning = settingWarning(line);
  if (warning === undefined || printedWarnings.has(warning)) return;
  printedWarnings.add(warning);
  process.stderr.write(`movie-load: ${warning}\n`);
}

/** A service writes to this process's standard output only with `inherit`: `--json` prints exactly one line there. */
function stdoutOption({ log, onOutput }: ServiceOptions): 'pipe' | 'inherit' | 'ignore' {
  if (onOutput) return 'pipe';
  return log === 'inherit' ? 'inherit' : 'ignore';
}

function whenExited(child: ChildProcess): Promise<ServiceExit> {
  const { promise, resolve: resolveExit } = Promise.withResolvers<ServiceExit>();
  // The event `close` follows the last report and the last line of the log; `exit` may precede them.
  child.once('close', (code, signal) => resolveExit({ code, signal }));
  child.once('error', () => resolveExit({ code: 1, signal: null }));
  return promise;
}

/** Short, because Ctrl-C has to stop everything within 5 s. */
const STOP_GRACE_MS = 3500;

/** Sends SIGTERM to all, and SIGKILL to those still running after `graceMs`. Resolves when all have ended. */
export async function stopServices(processes: readonly ServiceProcess[], graceMs = STOP_GRACE_MS): Promise<void> {
  for (const process of processes) if (process.exit === undefined) process.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const process of processes) if (process.exit === undefined) process.kill('SIGKILL');
  }, graceMs);
  await Promise.all(processes.map(({ exited }) => exited));
  clearTimeout(timer);
}

/** Describes how a process ended. */
export function describeExit({ code, signal }: ServiceExit): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
