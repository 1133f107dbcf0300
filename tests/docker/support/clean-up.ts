// Removes a compose project when the process of the test has ended, for any reason.
import { spawn } from 'node:child_process';
import { root } from '../../support/repository.ts';

/** Three times, because a `docker compose up` that outlived the test may still be starting containers. */
const SCRIPT = `
cat >/dev/null
for pause in 4 4 0; do
  docker compose --project-name "$1" down --volumes --remove-orphans --timeout 0
  sleep "$pause"
done`;

/**
 * Starts a process outside of the test's process group that waits for the end of its input, which comes with the end of
 * this process. (The reaper of testcontainers does the same, but is not allowed to run on every machine.)
 *
 * Returns a function that cancels the clean-up, for a project that is removed already.
 */
export function cleanUpAfterExit(project: string): () => void {
  const child = spawn('sh', ['-c', SCRIPT, 'clean-up', project], {
    cwd: root,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.unref();
  // The open pipe must not keep the process of the test alive.
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') {
    child.stdin.unref();
  }
  const { pid } = child;
  return () => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  };
}
