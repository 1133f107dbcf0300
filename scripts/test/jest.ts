// Runs Jest on test files. A file that hangs or makes Jest exit counts as failed, and the other files still run.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { dockerContextEnvironment } from './docker-context.ts';
import { EVENTS_FD, type FileResult, type RunnerEvent } from './events.ts';

const jestScript = resolve(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
/** Passed as arguments and not in NODE_OPTIONS, because processes that tests start must not inherit them. */
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
  /** Paths relative to `root`. */
  readonly files: readonly string[];
  /** Options of Jest's command line. */
  readonly options: readonly string[];
  /** A file that runs longer than this is stopped and counted as failed. */
  readonly fileLimitMs: number;
  /** Its abort ends Jest. Files without a result are then not reported. */
  readonly signal: AbortSignal;
  onResult(result: FileResult): void;
  /** Called every second with the running files, and when each started (ms since the epoch). */
  onTick(running: ReadonlyMap<string, number>): void;
}

/**
 * Returns the test files whose paths match a pattern, or all test files without patterns.
 * @throws Jest's own error
 */
export function listTests(root: string, patterns: readonly string[]): string[] {
  const args = [...nodeFlags, jestScript, '--listTests', '--json', ...patterns];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const files: string[] = JSON.parse(stdout || '[]');
  return files.map((file) => relative(root, file)).sort();
}

/** Runs all files and reports one result per file. It restarts Jest until each file has a result. */
export async function runJest(run: JestRun): Promise<void> {
  const remaining = new Set(run.files);
  while (remaining.size > 0 && !run.signal.aborted) {
    const before = remaining.size;
    const lost = await runOnce({
      ...run,
      files: [...remaining],
      onResult(result) {
        remaining.delete(result.file);
        run.onResult(result);
      },
    });
    if (run.signal.aborted) return;
    // A file that was running when Jest ended has failed. If no file was running and none has a result, Jest itself
    // cannot start, and starting it again would not help.
    for (const [file, why] of lost) {
      remaining.delete(file);
      run.onResult(failed(file, why));
    }
    if (remaining.size === before) {
      run.onResult(failed('jest', `Jest ended without running ${remaining.size} files`));
      return;
    }
  }
}

/** Runs Jest once. Resolves with the files that failed without a result, and the reason of each. */
function runOnce(run: JestRun): Promise<Map<string, string>> {
  const args = [...nodeFlags, jestScript, `--reporters=${join(import.meta.dirname, 'reporter.ts')}`, '--verbose=false'];
  const env: NodeJS.ProcessEnv = { ...dockerContextEnvironment(process.env), ...process.env, ...testEnvironment };
  for (const name of notInherited) delete env[name];
  // Jest gets its own process group, so that the processes it has started can be killed with it.
  const child = spawn(process.execPath, [...args, ...run.options, '--runTestsByPath', ...run.files], {
    cwd: run.root,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    detached: true,
  });
  const running = new Map<string, number>();
  const lost = new Map<string, string>();
  let doneAt: number | undefined;

  const stop = () => stopGroup(child);
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
      // If a file hung, the files that other workers were running are not at fault: they run again.
      const hung = lost.size > 0;
      for (const file of running.keys()) if (!hung) lost.set(file, `Jest ended with ${signal ?? `code ${code}`}`);
      resolveRun(lost);
    });
  });
}

const STOP_GRACE_MS = 5000;

/** Sends SIGTERM to Jest's process group, and SIGKILL after a while. */
function stopGroup(child: ChildProcess): void {
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
