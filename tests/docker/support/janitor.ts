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
 * this process. testcontainers' reaper would do, where it is allowed to run. Call the result when the project is
 * removed.
 */
export function watchOver(project: string): () => void {
  const janitor = spawn('sh', ['-c', SCRIPT, 'janitor', project], {
    cwd: root,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  janitor.on('error', () => undefined);
  janitor.unref();
  // The open pipe must not keep the process of the test alive.
  if (janitor.stdin !== null && 'unref' in janitor.stdin && typeof janitor.stdin.unref === 'function') {
    janitor.stdin.unref();
  }
  const { pid } = janitor;
  return () => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  };
}
