// Lets one launcher at a time install: two pnpm processes in one folder would interfere with each other.
import { linkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { logWhileWaiting } from './words.mjs';

const TOUCH_EVERY_MS = 1000;
/** A lock that was not touched for this time belongs to a killed launcher. */
const ABANDONED_AFTER_MS = 10_000;
const RETRY_MS = 100;

/**
 * Waits until this process has the lock; returns a function that releases it. The end of the process releases it, too.
 */
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

/** Of several launchers that find the same abandoned lock, one renames it; a lock that is in use again is put back. */
function removeAbandoned(file) {
  if (!isAbandoned(file)) return;
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (!isAbandoned(aside)) linkSync(aside, file);
  } catch {
    // another launcher has just done it
  }
  rmSync(aside, { force: true });
}

function isAbandoned(file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_AFTER_MS;
}
