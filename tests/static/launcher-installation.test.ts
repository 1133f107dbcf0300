// How the launcher installs dependencies, in this process, with a pnpm that runs the commands of a test.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { root } from '../support/repository.ts';

const launch = join(root, 'scripts/launch');

let folder: string;
const path = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-install-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('an installation', () => {
  const DONE = 'mkdir -p node_modules; echo done > node_modules/.modules.yaml';

  /** Installs with a pnpm that runs these commands. */
  const install = async (commands: string, level = 'services'): Promise<void> => {
    for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) writeFileSync(path(file), '{}');
    writeFileSync(path('pnpm'), `#!/bin/sh\necho "$*" >> calls\n${commands}\n`);
    chmodSync(path('pnpm'), 0o755);
    const { installDependencies } = await import(join(launch, 'dependencies.mjs'));
    const findPnpm = async (): Promise<string> => path('pnpm');
    return installDependencies({ root: folder, toolchain: path('.toolchain'), level, findPnpm, env: process.env });
  };
  const calls = (): string[] => readFileSync(path('calls'), 'utf8').trimEnd().split('\n');
  const isLocked = (): boolean => existsSync(path('.toolchain/install.lock'));

  beforeEach(() => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      // The lock is released when the process ends.
      process.listeners('exit').at(-1)?.(1);
      throw new Error(`ended with ${code}`);
    });
  });

  test('runs once for all programs that need no more, and releases its lock', async () => {
    await install(DONE);
    expect(isLocked()).toBe(false);
    await install('exit 1');
    expect(calls()).toEqual([
      expect.stringMatching(/^install --frozen-lockfile .*--prod .*--filter=@movie-load\/cli\.\.\./),
    ]);
    await install(DONE, 'everything');
    expect(calls().slice(1)).toEqual(['install --frozen-lockfile --reporter=append-only']);
  });

  test.each(['exit 1', 'exit 7', 'kill -9 $$'])(
    'fails when pnpm ends by "%s", and is repeated by the next launcher',
    async (end) => {
      await expect(install(`${DONE}; echo "no network"; ${end}`)).rejects.toThrow('ended with 1');
      expect(process.stderr.write).toHaveBeenLastCalledWith(
        expect.stringMatching(/pnpm install ended with (?:1|7|SIGKILL):\nno network\nCheck the network/),
      );
      expect(isLocked()).toBe(false);
      await install(DONE);
      expect(calls()).toHaveLength(2);
    },
  );
});
