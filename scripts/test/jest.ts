// Runs Jest over some files and survives its failures: a file that hangs or ends Jest costs only that file.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { dockerContextEnvironment } from './docker-context.ts';
import { EVENTS_FD, type FileResult, type RunnerEvent } from './events.ts';

const jest = resolve(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
/** As arguments, not in NODE_OPTIONS: the processes that tests start must not inherit them. */
const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const CHECK_MS = 1000;
const EXIT_GRACE_MS = 30_000;

/** Static credentials, so that no test ever reaches a real account. */
const testEnvironment = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const notInherited = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'NODE_OPTIONS'];

export interface JestRun {
  /** The folder of Jest's configuration. */
  readonly root: string;
  /** Paths relative to it. */
  readonly files: readonly string[];
  readonly options: readonly string[];
  /** A file that runs longer than this is stopped and counted as failed. */
  readonly fileLimitMs: number;
  readonly signal: AbortSignal;
  onResult(result: FileResult): void;
  /** Called every second with the running files. */
  onTick(running: ReadonlyMap<string, number>): void;
}

/** The test files whose paths match a pattern (all without patterns). Throws Jest's own error. */
export function listTests(root: string, patterns: readonly string[]): string[] {
  const args = [...nodeFlags, jest, '--listTests', '--json', ...patterns];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const files: string[] = JSON.parse(stdout || '[]');
  return files.map((file) => relative(root, file)).sort();
}

/** Runs all files, restarting Jest as often as necessary, and reports one result per file. */
export async function runJest(run: JestRun): Promise<void> {
  const left = new Set(run.files);
  while (left.size > 0 && !run.signal.aborted) {
    const before = left.size;
    const lost = await runOnce({
      ...run,
      files: [...left],
      onResult(result) {
        left.delete(result.file);
        run.onResult(result);
      },
    });
    if (run.signal.aborted) return;
    // A test file that ran when Jest died is lost; if none did, Jest itself cannot start and a second try would not
    // help.
    for (const [file, why] of lost) {
      left.delete(file);
      run.onResult(failed(file, why));
    }
    if (left.size === before) {
      run.onResult(failed('jest', `Jest ended without running ${left.size} files`));
      return;
    }
  }
}

/** Runs one Jest. Resolves with the files left without a result by its end, and the reason. */
function runOnce(run: JestRun): Promise<Map<string, string>> {
  const args = [...nodeFlags, jest, `--reporters=${join(import.meta.dirname, 'reporter.ts')}`, '--verbose=false'];
  const env: NodeJS.ProcessEnv = { ...dockerContextEnvironment(process.env), ...process.env, ...testEnvironment };
  for (const name of notInherited) delete env[name];
  // Its own process group, so that the processes that a killed Jest had started end with it.
  const child = spawn(process.execPath, [...args, ...run.options, '--runTestsByPath', ...run.files], {
    cwd: run.root,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    detached: true,
  });
  const running = new Map<string, number>();
  const lost = new Map<string, string>();
  let doneAt: number | undefined;

  const stop = () => endGroup(child);
  run.signal.addEventListener('abort', stop, { once: true });

  const watch = setInterval(() => {
    run.onTick(running);
    for (const [file, startedAt] of running) {
      if (Date.now() - startedAt < run.fileLimitMs || lost.has(file)) continue;
      lost.set(file, `did not end within ${run.fileLimitMs / 60_000} minutes`);
      killGroup(child, 'SIGKILL');
    }
    if (doneAt !== undefined && Date.now() - doneAt > EXIT_GRACE_MS) {
      doneAt = undefined;
      run.onResult(failed('jest', 'Jest did not end after its last test: one of them left something open'));
      killGroup(child, 'SIGKILL');
    }
  }, CHECK_MS);

  createInterface({ input: child.stdio[EVENTS_FD] as Readable }).on('line', (line) => {
    const event: RunnerEvent = JSON.parse(line);
    if (event.event === 'start') running.set(event.file, Date.now());
    else if (event.event === 'done') doneAt = Date.now();
    else {
      running.delete(event.file);
      run.onResult(event);
    }
  });

  return new Promise((resolveRun) => {
    child.on('close', (code, signal) => {
      clearInterval(watch);
      run.signal.removeEventListener('abort', stop);
      killGroup(child, 'SIGKILL'); // processes that the tests left behind
      // Neighbours of a hung file in the parallel phase did nothing wrong: they run again.
      const hung = lost.size > 0;
      for (const file of running.keys()) if (!hung) lost.set(file, `Jest ended with ${signal ?? `code ${code}`}`);
      resolveRun(lost);
    });
  });
}

const STOP_GRACE_MS = 5000;

function endGroup(child: ChildProcess): void {
  killGroup(child, 'SIGTERM');
  setTimeout(() => killGroup(child, 'SIGKILL'), STOP_GRACE_MS).unref();
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // the group has ended
  }
}

function failed(file: string, why: string): FileResult {
  return { event: 'result', file, seconds: 0, passed: 0, failed: 1, skipped: 0, reasons: [], failure: why, output: '' };
}
