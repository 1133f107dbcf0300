// Lets one launcher at a time install: two pnpm processes in one folder would interfere with each other.
import { closeSync, fstatSync, futimesSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { logWhileWaiting } from './log.mjs';

const TOUCH_EVERY_MS = 1000;
/** The launcher that has the lock touches its file every second. After this time without a touch it was killed. */
const ABANDONED_AFTER_MS = 10_000;
const RETRY_MS = 100;

/**
 * Waits until this process has the lock. Returns a function that releases it; the end of the process does so too. If
 * this process is suspended until another launcher takes the lock, that launcher's file stays as it is.
 */
export async function takeLock(file) {
  const waiting = logWhileWaiting('another launcher installs in this folder');
  let descriptor = createLockFile(file);
  while (descriptor === undefined) {
    await delay(RETRY_MS);
    descriptor = createLockFile(file);
  }
  waiting.stop();
  const touch = setInterval(() => futimesSync(descriptor, new Date(), new Date()), TOUCH_EVERY_MS);
  const release = () => {
    clearInterval(touch);
    process.off('exit', release);
    if (statSync(file, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino) rmSync(file, { force: true });
    closeSync(descriptor);
  };
  process.on('exit', release);
  return release;
}

/** Creates the lock's file and returns its descriptor; undefined if another launcher has the lock. */
function createLockFile(file) {
  try {
    return openSync(file, 'wx');
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  removeAbandoned(file);
  return undefined;
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
