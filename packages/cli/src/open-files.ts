// Checks this process's limit of open files and connections: if it is too low, calls wait for connections silently.
import { readFileSync } from 'node:fs';
import { UsageError } from '@movie-load/schema';

/** Enough for a consumer under load: up to 64 connections to each of three services, and one for each poller. */
const ENOUGH_OPEN_FILES = 256;
/** With fewer, a service cannot even start. */
const MIN_OPEN_FILES = 48;

/** This process's limit of open files (`ulimit -n`); undefined where the system does not report it. See proc(5). */
export function openFilesLimit(limits = readProcessLimits()): number | undefined {
  const match = /^Max open files\s+(\d+)/m.exec(limits);
  return match === null ? undefined : Number(match[1]);
}

/**
 * Returns a warning if the limit would slow calls down, undefined if it is high enough.
 * @throws {UsageError} when nothing can run with it
 */
export function openFilesWarning(limit = openFilesLimit()): string | undefined {
  if (limit === undefined || limit >= ENOUGH_OPEN_FILES) return undefined;
  const advice = `Raise the limit with "ulimit -n ${ENOUGH_OPEN_FILES}" (or more) in this shell.`;
  if (limit < MIN_OPEN_FILES) {
    throw new UsageError(
      `A process may have only ${limit} files and connections open here, which is too few. ${advice}`,
    );
  }
  return `A process may have only ${limit} files and connections open here: calls wait for each other. ${advice}`;
}

/** Prints a warning on standard error if the limit is low. @throws {UsageError} when nothing can run with it */
export function checkOpenFiles(): void {
  const warning = openFilesWarning();
  if (warning !== undefined) process.stderr.write(`movie-load: ${warning}\n`);
}

function readProcessLimits(): string {
  if (process.platform !== 'linux') return '';
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
