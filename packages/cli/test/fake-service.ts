// Replaces Node by a shell, so that services run the shell commands of a test, in milliseconds.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';

const { execPath } = process;
let folder: string;

/** The services of this test file run the shell instead of Node. */
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
export const serviceEnvironmentFor = (...commands: readonly string[]) => ({
  PATH: process.env.PATH,
  SCRIPT: commands.join('\n'),
});

/** The shell command that sends a report over IPC, as a service does. */
export function reportCommand(reportMembers: Partial<ServiceReport>): string {
  const report: ServiceReport = {
    ...NO_COUNTS,
    kind: 'report',
    service: 'consumer',
    instance: 'host-1-ab',
    at: 1,
    peak_rss_bytes: 1,
    cpu_seconds: 0,
    final: false,
    ...reportMembers,
  };
  return `echo '${JSON.stringify(report)}' >&$NODE_CHANNEL_FD`;
}

/** Shell commands that run until SIGTERM, and then exit with this code. */
export const untilSigterm = (code: number) => [`trap "exit ${code}" TERM`, 'while :; do sleep 0.05; done'];
/** Runs for longer than a test needs it. A process that a failed test leaves behind ends by itself. */
export const RUN_FOREVER = 'exec sleep 60';
