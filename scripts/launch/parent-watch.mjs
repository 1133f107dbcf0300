// The launcher preloads this into the program: it ends the program when the launcher has ended, even by SIGKILL. It
// uses SIGTERM, so that the program can close its resources.
import { isMainThread } from 'node:worker_threads';

const CHECK_MS = 500;

if (isMainThread) {
  const launcher = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  watch.unref();
}
