// One launcher at a time installs: two pnpm processes in one folder would get in each other's way.
import { linkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { logWhileWaiting } from './words.mjs';

const TOUCH_EVERY_MS = 1000;
/** A launcher that was killed leaves its lock behind, untouched. */
const ABANDONED_AFTER_MS = 10_000;
const RETRY_MS = 100;

/** Waits until this process has the lock; returns what releases it. The end of the process releases it too. */
export async function takeLock(file) {
  const waiting = logWhileWaiting('another launcher installs in this folder');
  while (!claim(file)) await delay(RETRY_MS);
  waiting.stop();
  const touch = setInterval(() => utimesSync(file, new Date(), new Date()), TOUCH_EVERY_MS);
  const release = () => {
    clearInterval(touch);
    process.off('exit', release);
    rmSync(file, { force: true });
  };
  process.on('exit', release);
  return release;
}

function claim(file) {
  try {
    writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  removeAbandoned(file);
  return false;
}

/** Of several that find the same lock abandoned one renames it; a lock that was taken meanwhile is put back. */
function removeAbandoned(file) {
  if (!isAbandoned(file)) return;
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (!isAbandoned(aside)) linkSync(aside, file);
  } catch {
    // another launcher was faster
  }
  rmSync(aside, { force: true });
}

function isAbandoned(file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_AFTER_MS;
}
