// Finds the programs of the machine that some tests use: a Docker engine, a browser, an AWS CLI, a Python.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROBE_TIMEOUT_MS = 60_000;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where a program is, or why it was not found. */
export type FoundTool = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Docker's command, if an engine answers. */
export const findDocker = once((): FoundTool => {
  const version = run('docker', ['version', '--format', '{{.Server.Version}}']);
  return version === undefined ? { ok: false, reason: 'no Docker engine answers' } : { ok: true, path: 'docker' };
});

/** An installed Chromium or Chrome: `CHROME_PATH`, or the usual places. */
export const findBrowser = once((): FoundTool => {
  const path = [process.env.CHROME_PATH ?? '', ...BROWSERS].find(isExecutable);
  return path === undefined
    ? { ok: false, reason: 'no Chromium or Chrome is installed (CHROME_PATH names one)' }
    : { ok: true, path };
});

/** An AWS CLI: version 2 from `AWS_CLI`, `/usr/bin/aws` or the PATH; an older one only when there is no version 2. */
export const findAwsCli = once((): FoundTool => {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'aws'));
  let older: string | undefined;
  for (const path of new Set([process.env.AWS_CLI ?? '', '/usr/bin/aws', ...onPath].filter(isExecutable))) {
    const answer = run(path, ['--version']);
    if (answer?.startsWith('aws-cli/2')) return { ok: true, path };
    if (answer?.startsWith('aws-cli/')) older ??= path;
  }
  return older === undefined
    ? { ok: false, reason: 'no AWS CLI is installed (AWS_CLI names one)' }
    : { ok: true, path: older };
});

/**
 * A Python with boto3 and its own AWS CLI (1.45): `MOVIE_LOAD_PYTHON`, a virtual environment in `.tmp/python`,
 * or the PATH's.
 *
 *     python3 -m venv .tmp/python && .tmp/python/bin/pip install boto3==1.43.11 awscli==1.45.11
 */
export const findPython = once((): FoundTool => {
  const candidates = [process.env.MOVIE_LOAD_PYTHON ?? '', join(ROOT, '.tmp/python/bin/python'), 'python3'];
  const path = candidates.find(
    (program) => program !== '' && run(program, ['-c', 'import boto3, awscli']) !== undefined,
  );
  return path === undefined
    ? { ok: false, reason: 'no Python has boto3 and awscli (.tmp/python, MOVIE_LOAD_PYTHON)' }
    : { ok: true, path };
});

/** The path of a tool that `needs(…)` has already asked for. */
export function pathOf(found: FoundTool): string {
  if (!found.ok) throw new Error(found.reason);
  return found.path;
}

function run(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS });
  return status === 0 ? stdout : undefined;
}

function isExecutable(path: string): boolean {
  if (path === '') return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Remembers the result of the first call. */
function once<T>(find: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: find() };
    return result.value;
  };
}
