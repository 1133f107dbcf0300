// Preloaded into the program by the launcher: ends it when the launcher is gone, even by SIGKILL. By SIGTERM, so that a
// program that closes things when it is asked to stop does so.
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
