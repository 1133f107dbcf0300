// Lets one launcher at a time install: two pnpm processes in one folder would interfere with each other.
import { linkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { logWhileWaiting } from './log.mjs';

const TOUCH_EVERY_MS = 1000;
/** The launcher that has the lock touches its file every second. After this time without a touch it was killed. */
const ABANDONED_AFTER_MS = 10_000;
const RETRY_MS = 100;

/** Waits until this process has the lock. Returns a function that releases it; the end of the process does so too. */
export async function takeLock(file) {
  const waiting = logWhileWaiting('another launcher installs in this folder');
  while (!createLockFile(file)) await delay(RETRY_MS);
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

/** Creates the lock's file; false if another launcher has the lock. */
function createLockFile(file) {
  try {
    writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  removeAbandoned(file);
  return false;
}

/**
 * Removes an abandoned lock. Several launchers may find it at the same time: only one can rename the file. If the
 * renamed file is a new lock, because another launcher has replaced the abandoned one meanwhile, it is put back.
 */
function removeAbandoned(file) {
  if (!isAbandoned(file)) return;
  const renamedFile = `${file}.${process.pid}`;
  try {
    renameSync(file, renamedFile);
    if (!isAbandoned(renamedFile)) linkSync(renamedFile, file);
  } catch {
    // another launcher has removed the lock meanwhile
  }
  rmSync(renamedFile, { force: true });
}

function isAbandoned(file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_AFTER_MS;
}
