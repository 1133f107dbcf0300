// The launcher preloads this module into the program (`--import`). When the launcher has ended, even by SIGKILL, the
// module sends the program a SIGTERM, so that it can close its resources.
import { isMainThread } from 'node:worker_threads';

const CHECK_MS = 500;

if (isMainThread) {
  const launcherPid = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === launcherPid) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  watch.unref();
}
