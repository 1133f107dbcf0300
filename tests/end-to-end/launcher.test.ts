// The launcher: if nothing is missing, it prints and downloads nothing, and the program behaves as if
// started directly: arguments, output, exit code, signals.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startCommand } from '@movie-load/testing';
import { isAlive } from '../support/processes.ts';
import { root } from '../support/repository.ts';

/** The Node that npm itself runs on, which may be older than ours: the launcher must work on it. */
const hostNode = process.env.npm_node_execpath ?? process.execPath;
const launcher = join(root, 'scripts/launch.mjs');
/** A registry that does not answer: every download fails. */
const offline = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };

let folder: string;
const program = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-launcher-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function launch(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  await using running = startCommand(hostNode, [launcher, file, ...args], { env: { ...offline, ...env } });
  const { code } = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

describe('the launcher', () => {
  test('prints and downloads nothing when nothing is missing', async () => {
    const before = toolchain();
    const file = program('hello.mjs', 'console.log(process.argv.slice(2).join(), process.versions.node.split(".")[0])');
    const { code, stdout, stderr } = await launch(file, ['--movies', '5']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^--movies,5 (2[2-9]|[3-9]\d)\n$/);
    expect(toolchain()).toEqual(before);
  });

  test.each([['--nonsense'], ['services/nothing.ts'], ['']])(
    'refuses %j, because it is not a program',
    async (file) => {
      const { code, stdout, stderr } = await launch(file);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^movie-load: .*usage: npm run file -- <program>/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
  );

  test('explains its usage with --help', async () => {
    const { code, stdout, stderr } = await launch('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npm run file -- <program>');
  });

  test('ends with the exit code of the program', async () => {
    expect(await launch(program('fails.mjs', 'process.exitCode = 7'))).toMatchObject({ code: 7, stderr: '' });
    const killed = program('killed.mjs', 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)');
    expect(await launch(killed)).toMatchObject({ code: 137 });
  });

  test('passes signals on to the program', async () => {
    const file = program(
      'waits.mjs',
      'process.on("SIGTERM", () => { console.log("got it"); process.exit(3); }); setInterval(() => {}, 1000); console.log("ready");',
    );
    await using running = startCommand(hostNode, [launcher, file], { env: offline });
    await eventually('the program runs', () => running.stdout().includes('ready'));
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(3);
    expect(running.stdout()).toContain('got it');
  });

  test('ends the program when the launcher’s parent is killed', async () => {
    const file = program('stays.mjs', 'setInterval(() => {}, 1000); console.log(process.pid);');
    await using parent = startCommand('/bin/sh', ['-c', `"${hostNode}" "${launcher}" "${file}"; true`], {
      env: offline,
    });
    const pid = await eventually('the program runs', () => Number(parent.stdout()) || undefined);
    parent.kill('SIGKILL');
    await eventually('the program has ended', () => !isAlive(pid));
  });
});

const toolchain = (): string[] => {
  try {
    return readdirSync(join(root, '.toolchain'), { recursive: true })
      .map(String)
      .filter((name) => !name.startsWith('compile-cache'))
      .sort();
  } catch {
    return [];
  }
};
