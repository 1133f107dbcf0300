// Which dependencies the launcher installs, and when: in a small workspace, with a fake pnpm that only records its
// arguments.
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, startCommand } from '@movie-load/testing';
import { isAlive } from '../support/processes.ts';
import { readText, root, trackedFiles } from '../support/repository.ts';

const PNPM = `#!/bin/sh
[ "$1" = --version ] && echo 12.0.0 && exit
mkdir busy 2>/dev/null || echo 'two at once' >> calls
echo "$@" >> calls
sleep "\${PNPM_SECONDS:-0}"
while [ -n "$PNPM_WAITS" ] && [ ! -e continue ]; do sleep 0.1; done
rmdir busy
[ -z "$PNPM_FAILS" ] || { echo 'no network'; exit 3; }
mkdir -p node_modules packages/cli/node_modules
echo "$@" > node_modules/.modules.yaml
`;
const CLI = 'packages/cli/src/main.ts';
const TEST = 'scripts/test.ts';
const INFRA = 'infra/src/main.ts';
const PROGRAMS = [
  CLI,
  TEST,
  'services/console/src/build.ts',
  'services/console/src/main.ts',
  'services/consumer/src/main.ts',
];
const SERVICES = '--filter=@movie-load/cli... --filter=@movie-load/producer... --filter=@movie-load/consumer...';
const PAGE = `${SERVICES} --filter=@movie-load/console... --filter=@movie-load/page...`;

let clone: string;
const path = (...names: string[]): string => join(clone, ...names);
const calls = (): string[] =>
  existsSync(path('calls')) ? readFileSync(path('calls'), 'utf8').trimEnd().split('\n') : [];
/** The installed level of each call of pnpm. */
const installs = (): string[] =>
  calls().map((call) => {
    if (call.endsWith(`--prod --trust-lockfile ${SERVICES}`)) return 'services';
    if (call.endsWith(`--prod --trust-lockfile ${PAGE}`)) return 'page';
    if (call.endsWith(`--prod --trust-lockfile ${PAGE} --filter=@movie-load/trace-export...`)) return 'traces';
    return call === 'install --frozen-lockfile --reporter=append-only' ? 'everything' : call;
  });

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'movie-load-install-'));
  cpSync(join(root, 'scripts/launch'), path('scripts/launch'), { recursive: true });
  cpSync(join(root, 'scripts/launch.mjs'), path('scripts/launch.mjs'));
  for (const file of ['package.json', 'packages/cli/package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    write(file, '{}');
  for (const file of PROGRAMS) write(file, 'console.log("done")');
  write('bin/pnpm', PNPM);
  chmodSync(path('bin/pnpm'), 0o755);
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(path(file)), { recursive: true });
  writeFileSync(path(file), text);
}

const startLauncher = (program: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  startCommand(process.execPath, [path('scripts/launch.mjs'), program, ...args], {
    cwd: tmpdir(),
    env: { PATH: `${path('bin')}:${process.env.PATH}`, ...env },
  });

async function launch(program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  await using running = startLauncher(program, args, env);
  const { code } = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

const ok = { code: 0, stdout: 'done\n' };

describe('the launcher', () => {
  test.each([
    ['services', CLI, ['start']],
    ['services', CLI, ['start', '--movies', '5', '--group', 'up']],
    ['services', `./${CLI}`, ['--json', 'job']],
    ['services', CLI, []],
    ['services', 'services/consumer/src/main.ts', []],
    ['page', CLI, ['up', '--port', '0']],
    ['traces', CLI, ['up', '--trace']],
    ['page', 'services/console/src/main.ts', []],
    ['page', 'services/console/src/build.ts', ['--force']],
    ['everything', TEST, ['packages/jobs']],
  ])('installs %s for %s %j', async (level, program, args) => {
    expect(await launch(program, args)).toMatchObject(ok);
    expect(installs()).toEqual([level]);
  });

  test('installs OpenTelemetry only if a receiver of traces is named', async () => {
    await launch(CLI, ['start'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
    expect(installs()).toEqual(['traces']);
  });

  test('installs the package of infra/ only for its two commands', async () => {
    for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) write(`infra/${file}`, '{}');
    write(INFRA, 'console.log("done")');
    const calledInInfra = () => existsSync(path('infra/calls'));
    for (const [program, ...args] of [[CLI, 'up'], [TEST], [INFRA], [INFRA, '--help'], [INFRA, 'synth', '--help']]) {
      expect(await launch(program ?? '', args)).toMatchObject(ok);
      expect({ program, args, called: calledInInfra() }).toMatchObject({ called: false });
    }
    expect(await launch(INFRA, ['synth'])).toMatchObject(ok);
    expect(readFileSync(path('infra/calls'), 'utf8')).toBe('install --frozen-lockfile --reporter=append-only\n');
    expect(await launch(INFRA, ['synth'])).toEqual({ ...ok, stderr: '' });
  });

  test('installs with the pnpm of toolchain.json if the machine’s pnpm has another version', async () => {
    write('bin/pnpm', PNPM.replace('12.0.0', '120.0.0'));
    const pins = JSON.parse(readText('scripts/launch/toolchain.json'));
    const { package: name, version } = pins.pnpm['linux-x64'];
    const fetched = join('.toolchain', `pnpm-${version}`, 'node_modules', name, 'pnpm');
    write(fetched, PNPM.replace('echo "$@" >> calls', 'echo fetched >> calls'));
    chmodSync(path(fetched), 0o755);
    expect(await launch(CLI, ['start'], { MOVIE_LOAD_PLATFORM: 'linux-x64' })).toMatchObject(ok);
    expect(calls()).toEqual(['fetched']);
  });

  test('installs and prints nothing when everything is installed', async () => {
    await launch(CLI, ['start']);
    expect(await launch(CLI, ['start'])).toEqual({ ...ok, stderr: '' });
    expect(installs()).toEqual(['services']);
  });

  test('adds what a later program needs, and removes nothing', async () => {
    for (const args of [['start'], ['up'], ['start']]) await launch(CLI, args);
    await launch(TEST);
    await launch(CLI, ['up']);
    expect(installs()).toEqual(['services', 'page', 'everything']);
    appendFileSync(path('pnpm-lock.yaml'), '# changed');
    await launch(CLI, ['start']);
    expect(installs().slice(3)).toEqual(['everything']);
  });

  test('installs again after each change of the manifests or of the installed files', async () => {
    const changes = [
      () => undefined,
      () => appendFileSync(path('pnpm-lock.yaml'), '# changed'),
      () => write('packages/cli/package.json', '{ "private": true }'),
      () => write('services/producer/package.json', '{}'),
      () => write('node_modules/.modules.yaml', 'another pnpm'),
      () => rmSync(path('packages/cli/node_modules'), { recursive: true }),
      () => rmSync(path('node_modules'), { recursive: true }),
      () => write('node_modules/.movie-load.json', '{'),
    ];
    for (const [before, change] of changes.entries()) {
      change();
      await launch(TEST);
      expect({ change: String(change), installs: installs().length }).toEqual({
        change: String(change),
        installs: before + 1,
      });
    }
    expect(await launch(TEST)).toEqual({ ...ok, stderr: '' });
    expect(new Set(installs())).toEqual(new Set(['everything']));
  });

  test('installs everything if a user has run pnpm, which also installs everything', async () => {
    write('node_modules/.modules.yaml', 'by hand');
    await launch(CLI, ['start']);
    expect(installs()).toEqual(['everything']);
  });

  test('repeats an interrupted installation even if the next program needs less', async () => {
    const { code, stderr } = await launch(CLI, ['up'], { PNPM_FAILS: 'yes' });
    expect(code).toBe(1);
    expect(stderr).toContain('movie-load: pnpm install ended with 3:\nno network\nCheck the network');
    expect(await launch(CLI, ['start'])).toMatchObject(ok);
    expect(await launch(CLI, ['up'])).toEqual({ ...ok, stderr: '' });
    expect(installs()).toEqual(['page', 'page']);
  });

  test('installs once when several launchers start at once, and prints what it waits for', async () => {
    await using first = startLauncher(CLI, ['start'], { PNPM_WAITS: 'yes' });
    await using second = startLauncher(CLI, ['start'], { PNPM_WAITS: 'yes' });
    await using third = startLauncher(CLI, ['start'], { PNPM_WAITS: 'yes' });
    const launchers = [first, second, third];
    const count = (line: RegExp) => launchers.filter((launcher) => line.test(launcher.stderr())).length;
    const installing = /^movie-load: pnpm is installing what the lockfile names \(\d+ s so far\) …$/m;
    const waiting = /^movie-load: another launcher installs in this folder \(\d+ s so far\) …$/m;
    await eventually('one installs and two wait', () => count(installing) === 1 && count(waiting) === 2);
    write('continue', '');
    for (const launcher of launchers) {
      expect({ ...(await launcher.ended), stdout: launcher.stdout() }).toMatchObject(ok);
    }
    expect([count(installing), count(waiting)]).toEqual([1, 2]);
    expect(installs()).toEqual(['services']);
  });

  test('ends the installation when it is stopped, and leaves no pnpm behind', async () => {
    write('bin/pnpm', PNPM.replace('sleep "', 'echo $$ > pid; exec sleep "'));
    await using running = startCommand(process.execPath, [path('scripts/launch.mjs'), CLI], {
      env: { PATH: `${path('bin')}:${process.env.PATH}`, PNPM_SECONDS: '60' },
    });
    const pid = await eventually(
      'pnpm runs',
      () => existsSync(path('pid')) && Number(readFileSync(path('pid'), 'utf8')),
    );
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    await eventually('pnpm has ended', () => !isAlive(pid));
    expect(existsSync(path('.toolchain/install.lock'))).toBe(false);
  });

  test('installs after a launcher was killed while it had the lock', async () => {
    write('.toolchain/install.lock', '');
    const abandonedOn = new Date(Date.now() - 60_000);
    utimesSync(path('.toolchain/install.lock'), abandonedOn, abandonedOn);
    const ended = await Promise.all([launch(CLI, ['start']), launch(CLI, ['start'])]);
    for (const run of ended) expect(run).toMatchObject(ok);
    expect(installs()).toEqual(['services']);
    expect(existsSync(path('.toolchain/install.lock'))).toBe(false);
  });
});

test('the launcher reads the package.json of every package of the workspace', async () => {
  const { projects }: { projects(root: string): string[] } = await import(
    join(root, 'scripts/launch/dependencies.mjs')
  );
  const folders = trackedFiles('package.json', '*/package.json').map((file) => dirname(file));
  // Outside the workspace.
  const expected = folders.filter((folder) => folder !== 'infra');
  expect(projects(root).sort()).toEqual(expected.sort());
});
