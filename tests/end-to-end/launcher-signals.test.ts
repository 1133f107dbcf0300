// A program that npm runs ends with npm, however npm ends, and whether the shell between them remains or replaces itself
// by the launcher (`exec`).
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, type RunningProcess, startCommand } from '@movie-load/testing';
import { isAlive } from '../support/processes.ts';
import { root } from '../support/repository.ts';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-signals-'));
  writeFileSync(
    join(folder, 'stays.mjs'),
    'for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0)); setInterval(() => {}, 1000); console.log("pid", process.pid);',
  );
  writeFileSync(
    join(folder, 'drains.mjs'),
    `import { appendFileSync } from 'node:fs';
    process.on('SIGTERM', () => {
      appendFileSync('received-signals', 'SIGTERM ');
      setTimeout(() => process.exit(0), 1500);
    });
    setInterval(() => {}, 1000);
    console.log('pid', process.pid);`,
  );
  const drain = `node ${join(root, 'scripts/launch.mjs')} ${join(folder, 'drains.mjs')}`;
  const stay = `node ${join(root, 'scripts/launch.mjs')} ${join(folder, 'stays.mjs')}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'signals', scripts: { stay, drain } }));
  writeFileSync(join(folder, 'staying-shell'), '#!/bin/sh\n/bin/sh "$@"\nexit $?\n');
  chmodSync(join(folder, 'staying-shell'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parentOf = (pid: number): number => Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);

/** Process ids of npm, its child (a shell, or the launcher if the shell execs it), the launcher, the program. */
async function chainOf(npm: RunningProcess): Promise<readonly [number, ...number[]]> {
  const line = await eventually('the program runs', () => /^pid (\d+)$/m.exec(npm.stdout())?.[1]);
  const chain = [Number(line)];
  while (chain[0] !== npm.pid) chain.unshift(parentOf(chain[0] ?? 0));
  return [npm.pid, ...chain.slice(1)];
}

const shells = ['/bin/sh', 'staying-shell'] as const;
const signals = ['SIGTERM', 'SIGKILL', 'SIGHUP'] as const;
const cases = shells.flatMap((shell) =>
  (['npm', 'its child'] as const).flatMap((target) => signals.map((signal) => [shell, target, signal] as const)),
);

onLinux('a program behind npm', () => {
  test.each(cases)('started by %s leaves no process behind when %s is ended by %s', async (shell, target, signal) => {
    const script_shell = shell === 'staying-shell' ? join(folder, shell) : shell;
    await using npm = startCommand('npm', ['run', 'stay'], {
      cwd: folder,
      group: true,
      env: { npm_config_script_shell: script_shell },
    });
    const chain = await chainOf(npm);
    process.kill(target === 'npm' ? npm.pid : (chain[1] ?? 0), signal);
    await eventually('all processes have ended', () => !chain.some(isAlive));
  });

  test('ends with npm and the launcher at Ctrl-C of the terminal', async () => {
    await using npm = startCommand('npm', ['run', 'stay'], { cwd: folder, group: true });
    const chain = await chainOf(npm);
    process.kill(-npm.pid, 'SIGINT');
    await eventually('all processes have ended', () => !chain.some(isAlive));
  });

  test('gets only one SIGTERM when npm is killed, so that it can drain', async () => {
    await using npm = startCommand('npm', ['run', 'drain'], { cwd: folder, group: true });
    const chain = await chainOf(npm);
    process.kill(npm.pid, 'SIGKILL');
    await eventually('all processes have ended', () => !chain.some(isAlive));
    expect(readFileSync(join(folder, 'received-signals'), 'utf8')).toBe('SIGTERM ');
  });

  test('ends when its launcher is killed', async () => {
    await using npm = startCommand('npm', ['run', 'stay'], { cwd: folder, group: true });
    const chain = await chainOf(npm);
    process.kill(chain.at(-2) ?? 0, 'SIGKILL');
    await eventually('all processes have ended', () => !chain.some(isAlive));
  });
});
