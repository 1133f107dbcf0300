// LocalStack for `--full`: runs the compose file's service as its own project at a free port, and removes it
// afterwards.
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

const removeContainers = () => docker(...COMPOSE, 'down', '--volumes', '--timeout', '1');

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs `work` with a fresh LocalStack's endpoint; undefined without Docker. Ctrl-C removes the container, too. */
export async function withLocalstack<T>(work: (endpoint: string) => Promise<T>): Promise<T | undefined> {
  try {
    await docker('info');
  } catch {
    return undefined;
  }
  // One Ctrl-C arrives several times: from the terminal, npm and the launcher.
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    void removeContainers().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    await docker(...COMPOSE, 'up', '--detach', '--wait', 'localstack');
    return await work(`http://${await docker(...COMPOSE, 'port', 'localstack', '4566')}`);
  } finally {
    await removeContainers();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
