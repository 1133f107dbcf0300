// A shell in place of Node: a service that runs a test's commands in milliseconds.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';

const { execPath } = process;
let folder: string;

/** Replaces the services of this test file by that shell. */
export function replaceServices(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'movie-load-fake-'));
    const shell = join(folder, 'node');
    writeFileSync(shell, '#!/bin/sh\neval "$SCRIPT"\n');
    chmodSync(shell, 0o755);
    process.execPath = shell;
  });
  afterAll(() => {
    process.execPath = execPath;
    rmSync(folder, { recursive: true });
  });
}

/** The environment of a service that runs these commands; `$*` are its arguments. */
export const doing = (...commands: readonly string[]) => ({ PATH: process.env.PATH, SCRIPT: commands.join('\n') });

/** The command that reports. */
export function reporting(more: Partial<ServiceReport>): string {
  const report: ServiceReport = {
    ...NO_COUNTS,
    kind: 'report',
    service: 'consumer',
    instance: 'host-1-ab',
    at: 1,
    peak_rss_bytes: 1,
    cpu_seconds: 0,
    final: false,
    ...more,
  };
  return `echo '${JSON.stringify(report)}' >&$NODE_CHANNEL_FD`;
}

/** Ends with this code at most a second after SIGTERM. */
export const untilSigterm = (code: number) => [`trap "exit ${code}" TERM`, 'while :; do sleep 0.05; done'];
export const FOR_EVER = 'exec sleep 60';
