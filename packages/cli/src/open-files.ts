// How many files and connections this process may have open: too few, and calls wait for connections without an error.
import { readFileSync } from 'node:fs';
import { UsageError } from '@movie-load/schema';

/** A consumer alone may have 64 connections for calls and one for each poller. */
const ENOUGH_OPEN_FILES = 256;
/** With fewer, a service cannot even start. */
const LEAST_OPEN_FILES = 48;

/** The limit of open files (`ulimit -n`) of this process; undefined where the system does not report. Source: proc(5). */
export function openFilesLimit(limits = ownLimits()): number | undefined {
  const found = /^Max open files\s+(\d+)/m.exec(limits);
  return found === null ? undefined : Number(found[1]);
}

/**
 * A sentence when the limit makes everything slow, undefined when it is high enough.
 * @throws {UsageError} when nothing can run with it
 */
export function openFilesWarning(limit = openFilesLimit()): string | undefined {
  if (limit === undefined || limit >= ENOUGH_OPEN_FILES) return undefined;
  const advice = `Raise the limit with "ulimit -n ${ENOUGH_OPEN_FILES}" (or more) in this shell.`;
  if (limit < LEAST_OPEN_FILES) {
    throw new UsageError(
      `A process may have only ${limit} files and connections open here, which is too few. ${advice}`,
    );
  }
  return `A process may have only ${limit} files and connections open here: calls wait for each other. ${advice}`;
}

/** Says on standard error when the limit is low. @throws {UsageError} when nothing can run with it */
export function checkOpenFiles(): void {
  const warning = openFilesWarning();
  if (warning !== undefined) process.stderr.write(`movie-load: ${warning}\n`);
}

function ownLimits(): string {
  if (process.platform !== 'linux') return '';
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
