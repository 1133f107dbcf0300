// The parts of the launcher, each alone and in this process: its lock, its tools, how a package is unpacked, and
// which dependencies a program needs. What they do together: tests/end-to-end/launcher*.test.ts.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { root } from '../support/repository.ts';

const launch = join(root, 'scripts/launch');

let folder: string;
const path = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-parts-'));
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const setAge = (file: string, seconds: number): void => {
  const modifiedOn = new Date(Date.now() - seconds * 1000);
  utimesSync(file, modifiedOn, modifiedOn);
};

describe('the lock of the launcher', () => {
  const lock = async (): Promise<{ takeLock(file: string): Promise<() => void> }> => import(join(launch, 'lock.mjs'));

  test('is free after its release, which leaves neither a timer nor a listener', async () => {
    jest.useFakeTimers({ doNotFake: ['Date'] });
    const { takeLock } = await lock();
    const listeners = process.listenerCount('exit');
    const release = await takeLock(path('lock'));
    expect([existsSync(path('lock')), process.listenerCount('exit')]).toEqual([true, listeners + 1]);
    expect(jest.getTimerCount()).toBe(1);
    release();
    expect([existsSync(path('lock')), process.listenerCount('exit')]).toEqual([false, listeners]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is touched while in use, so that a long installation does not look abandoned', async () => {
    jest.useFakeTimers({ doNotFake: ['Date'] });
    const { takeLock } = await lock();
    const release = await takeLock(path('lock'));
    setAge(path('lock'), 60);
    jest.advanceTimersByTime(1000);
    expect(Date.now() - statSync(path('lock')).mtimeMs).toBeLessThan(30_000);
    release();
    jest.advanceTimersByTime(5000);
    expect(existsSync(path('lock'))).toBe(false);
  });

  test('is taken from a killed launcher ten seconds after the last touch, not before', async () => {
    const { takeLock } = await lock();
    writeFileSync(path('lock'), '');
    const now = Date.now();
    utimesSync(path('lock'), now / 1000, now / 1000);
    const { mtimeMs } = statSync(path('lock'));
    const clock = jest.spyOn(Date, 'now').mockReturnValue(mtimeMs + 10_000);
    const lockPromise = takeLock(path('lock'));
    // The launcher has checked the lock once by now, and checks it again after the pause.
    const filesWhileWaiting = readdirSync(folder);
    clock.mockReturnValue(mtimeMs + 10_001);
    (await lockPromise)();
    expect([filesWhileWaiting, readdirSync(folder)]).toEqual([['lock'], []]);
  });

  test('of another launcher stays as it is when a suspended launcher, which lost its own, continues and ends', async () => {
    jest.useFakeTimers({ doNotFake: ['Date'] });
    const { takeLock } = await lock();
    const release = await takeLock(path('lock'));
    rmSync(path('lock'));
    writeFileSync(path('lock'), 'of another launcher');
    setAge(path('lock'), 60);
    const { mtimeMs } = statSync(path('lock'));
    jest.advanceTimersByTime(1000);
    release();
    expect([readFileSync(path('lock'), 'utf8'), statSync(path('lock')).mtimeMs]).toEqual([
      'of another launcher',
      mtimeMs,
    ]);
  });

  test('is not created again by a suspended launcher whose lock another one took and released', async () => {
    jest.useFakeTimers({ doNotFake: ['Date'] });
    const { takeLock } = await lock();
    const release = await takeLock(path('lock'));
    rmSync(path('lock'));
    jest.advanceTimersByTime(1000);
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is put back when another launcher took it in between', async () => {
    const { takeLock } = await lock();
    writeFileSync(path('lock'), 'of another launcher');
    const { mtimeMs } = statSync(path('lock'));
    const clock = jest.spyOn(Date, 'now').mockReturnValue(mtimeMs);
    // The start of the wait, then two checks: of the old lock, and of the new lock that was moved away in its place.
    clock.mockReturnValueOnce(mtimeMs).mockReturnValueOnce(mtimeMs + 20_000);
    const lockPromise = takeLock(path('lock'));
    expect(clock).toHaveBeenCalledTimes(3);
    const filesWhileWaiting = readdirSync(folder).map((file) => [file, readFileSync(path(file), 'utf8')]);
    rmSync(path('lock'), { force: true });
    (await lockPromise)();
    expect(filesWhileWaiting).toEqual([['lock', 'of another launcher']]);
  });
});

describe('a downloaded package', () => {
  /** One entry of a tar archive: its header, and its text up to the end of a block. */
  const entry = (name: string, text: string): Buffer => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')} `, 124);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return Buffer.concat([header, body]);
  };
  const end = Buffer.alloc(1024);
  const pack = (...parts: Buffer[]) => writeFileSync(path('package.tgz'), gzipSync(Buffer.concat(parts)));
  const unpack = async (name: string): Promise<boolean> => {
    const { unpackFile } = await import(join(launch, 'unpack.mjs'));
    return unpackFile(path('package.tgz'), name, path('program'));
  };

  test.each([0, 1, 511, 512, 513, 100_000])('yields the program that follows a file of %d bytes', async (bytes) => {
    const program = 'x'.repeat(bytes + 3);
    pack(entry('package/readme', 'r'.repeat(bytes)), entry('package/program', program), end);
    expect(await unpack('package/program')).toBe(true);
    expect(readFileSync(path('program'), 'utf8')).toBe(program);
    expect(statSync(path('program')).mode & 0o777).toBe(0o755 & ~process.umask());
  });

  test('does not mistake a file with a similar name for the program', async () => {
    pack(entry('package/program.txt', 'x'), entry('program', 'x'), end);
    expect(await unpack('package/program')).toBe(false);
    expect(existsSync(path('program'))).toBe(false);
  });

  test('is refused when it ends early, in the program or in a file before it', async () => {
    pack(entry('package/program', 'x'.repeat(5000)).subarray(0, 1024));
    await expect(unpack('package/program')).rejects.toThrow('ends in the middle of a file');
    await expect(unpack('package/another')).rejects.toThrow('ends in the middle of a file');
  });
});

describe('a tool that the launcher runs', () => {
  const run = async (script: string): Promise<object> => {
    const { runTool } = await import(join(launch, 'child.mjs'));
    return runTool('/bin/sh', ['-c', script], { cwd: folder });
  };

  test('returns its exit code or signal, and the end of its output on both streams', async () => {
    expect(await run('echo out; exit 3')).toEqual({ code: 3, output: 'out' });
    expect(await run('echo wrong >&2; kill -9 $$')).toEqual({ code: 'SIGKILL', output: 'wrong' });
    expect(await run('printf "%05000d" 7')).toEqual({ code: 0, output: `${'0'.repeat(3999)}7` });
  });

  test('returns the reason when it cannot be started', async () => {
    const { runTool } = await import(join(launch, 'child.mjs'));
    expect(await runTool(path('nothing'), [], {})).toMatchObject({ error: { code: 'ENOENT' } });
  });

  test('gets the signals of the launcher while it runs, and the launcher ends with 128 plus the signal', async () => {
    const { runTool } = await import(join(launch, 'child.mjs'));
    const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const listeners = () => signals.map((signal) => process.listeners(signal));
    const before = listeners();
    const running = [1, 2].map(() => runTool('/bin/sh', ['-c', 'exec sleep 60'], {}));
    expect(listeners().map(({ length }) => length)).toEqual(before.map(({ length }) => length + 1));
    process.listeners('SIGTERM').at(-1)?.('SIGTERM');
    const ended = { code: 'SIGTERM', output: '' };
    expect(await Promise.all(running)).toEqual([ended, ended]);
    expect(exit.mock.calls).toEqual([[143]]);
    expect(listeners()).toEqual(before);
  });
});

describe('a long installation', () => {
  test('prints a line after two seconds and then every ten, until it ends', async () => {
    const { logWhileWaiting } = await import(join(launch, 'log.mjs'));
    jest.useFakeTimers();
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const waiting = logWhileWaiting('reading');
    jest.advanceTimersByTime(1999);
    expect(written).not.toHaveBeenCalled();
    jest.advanceTimersByTime(10_001);
    waiting.stop();
    jest.advanceTimersByTime(60_000);
    expect(written.mock.calls).toEqual([
      ['movie-load: reading (2 s so far) …\n'],
      ['movie-load: reading (12 s so far) …\n'],
    ]);
  });
});

test('a program gets one request to stop when its launcher has ended, and not before', async () => {
  jest.useFakeTimers();
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const parent = jest.replaceProperty(process, 'ppid', 4711);
  await import(join(launch, 'parent-watch.mjs'));
  jest.advanceTimersByTime(2000);
  expect(kill).not.toHaveBeenCalled();
  parent.replaceValue(1);
  jest.advanceTimersByTime(2000);
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGTERM']]);
  expect(exit).not.toHaveBeenCalled();
});

describe('the dependencies to install', () => {
  const CLI = 'packages/cli/src/main.ts';
  const INFRA = 'infra/src/main.ts';
  const traces = (name: string) => ({ [name]: 'http://127.0.0.1:4318' });

  test.each([
    ['services', CLI, ['start', 'up'], {}],
    ['page', CLI, ['--json', 'up'], {}],
    ['traces', CLI, ['start', '--trace'], {}],
    ['traces', CLI, ['up'], traces('OTEL_EXPORTER_OTLP_ENDPOINT')],
    ['traces', CLI, ['start'], traces('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')],
    ['everything', 'scripts/test.ts', ['--trace'], {}],
    ['everything', 'scripts/test.ts', [], traces('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')],
    ['services', 'services/producer/src/main.ts', [], {}],
    ['everything', 'services/producer/test/http.test.ts', [], {}],
    ['everything', 'services/console/test/fixtures/page.ts', [], {}],
    ['services', INFRA, ['synth'], {}],
    ['everything', INFRA, ['test'], {}],
    ['services', INFRA, ['test', '--help'], {}],
  ] as const)('have the level %s for %s %j %j', async (level, program, args, env) => {
    const { levelOf } = await import(join(launch, 'dependencies.mjs'));
    expect(levelOf(program, args, env)).toBe(level);
  });
});

describe('the toolchain', () => {
  const pins = JSON.parse(readFileSync(join(launch, 'toolchain.json'), 'utf8'));
  const { package: name, version } = pins.pnpm['linux-x64'];
  const fetchTool = async (): Promise<string> => {
    const tools: { fetchTool(tool: string): Promise<string> } = await import(path('scripts/launch/toolchain.mjs'));
    return tools.fetchTool('pnpm');
  };
  const { PATH } = process.env;

  beforeEach(() => {
    cpSync(launch, path('scripts/launch'), { recursive: true });
    mkdirSync(path('bin'));
    // An npm that downloads nothing.
    writeFileSync(path('bin/npm'), '#!/bin/sh\necho "no network"; exit 1\n');
    chmodSync(path('bin/npm'), 0o755);
    Object.assign(process.env, { PATH: `${path('bin')}:${PATH}`, MOVIE_LOAD_PLATFORM: 'linux-x64' });
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`ended with ${code}`);
    });
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    process.env.PATH = PATH;
    delete process.env.MOVIE_LOAD_PLATFORM;
  });

  test('is not fetched when the program exists', async () => {
    const program = path('.toolchain', `pnpm-${version}`, 'node_modules', name, 'pnpm');
    mkdirSync(join(program, '..'), { recursive: true });
    writeFileSync(program, 'the program');
    mkdirSync(path('.toolchain/pnpm-1.0.0'));
    expect(await fetchTool()).toBe(program);
    expect(readdirSync(path('.toolchain')).sort()).toEqual(['pnpm-1.0.0', `pnpm-${version}`]);
    expect(process.stderr.write).not.toHaveBeenCalled();
  });

  test('removes other versions of the tool, leftovers that are an hour old, and its own failed attempt', async () => {
    for (const name of ['pnpm-1.0.0', 'node-1.0.0', 'partial-old', 'partial-young', 'compile-cache']) {
      mkdirSync(path('.toolchain', name), { recursive: true });
    }
    for (const name of ['partial-old', 'node-1.0.0', 'compile-cache']) setAge(path('.toolchain', name), 3660);
    setAge(path('.toolchain/partial-young'), 3000);
    await expect(fetchTool()).rejects.toThrow('ended with 1');
    expect(readdirSync(path('.toolchain')).sort()).toEqual(['compile-cache', 'node-1.0.0', 'partial-young']);
    expect(process.stderr.write).toHaveBeenLastCalledWith(expect.stringMatching(/npm ended with 1\.\nno network\n/));
  });
});
