// Docker's command line, as the tests call it: the error of a failed command has its output.
import { type ExecFileException, execFile } from 'node:child_process';
import { root } from '../../support/repository.ts';

export interface DockerOptions {
  /** Added to the test's own environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface DockerResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 600_000;
const OUTPUT_BYTES = 256 * 1024 * 1024;

/** Runs `docker …` in the checkout and returns its output, whatever its exit code is. */
export function tryDocker(args: readonly string[], { env = {} }: DockerOptions = {}): Promise<DockerResult> {
  const { promise, resolve } = Promise.withResolvers<DockerResult>();
  const options = {
    cwd: root,
    env: { ...process.env, COMPOSE_PROGRESS: 'plain', COMPOSE_ANSI: 'never', ...env },
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES,
  };
  const child = execFile('docker', args, options, (error, stdout, stderr) => {
    resolve({ code: exitCodeOf(error), stdout, stderr });
  });
  child.stdin?.end();
  return promise;
}

/** Runs `docker …` and returns its standard output. Throws with all of its output when it fails. */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryDocker(args, options);
  if (code !== 0)
    throw new Error(`docker ${args.join(' ')} ended with ${code}:\n${stdout.slice(-4000)}\n${stderr.slice(-8000)}`);
  return stdout;
}

function exitCodeOf(error: ExecFileException | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : -1;
}
