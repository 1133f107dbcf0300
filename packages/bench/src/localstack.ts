// LocalStack for `--full`: the compose file's service as a project of its own, at a free port, gone afterwards.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const COMPOSE = ['compose', '--project-name', 'movie-load-bench'];

const docker = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await run('docker', args, { cwd: root, env: { ...process.env, AWS_PORT: '0' } });
  return stdout.trim();
};

const takeDown = () => docker(...COMPOSE, 'down', '--volumes', '--timeout', '1');

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What `work` makes of a fresh LocalStack's endpoint; undefined where there is no Docker. Ctrl-C takes it down too. */
export async function onLocalstack<T>(work: (endpoint: string) => Promise<T>): Promise<T | undefined> {
  try {
    await docker('info');
  } catch {
    return undefined;
  }
  // One Ctrl-C comes several times: from the terminal, npm and the launcher.
  let isLeaving = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isLeaving) return;
    isLeaving = true;
    void takeDown().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    await docker(...COMPOSE, 'up', '--detach', '--wait', 'localstack');
    return await work(`http://${await docker(...COMPOSE, 'port', 'localstack', '4566')}`);
  } finally {
    await takeDown();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
