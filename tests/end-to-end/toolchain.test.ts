// For a machine without Node or pnpm the launcher fetches exactly what toolchain.json names, or nothing.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startCommand } from '@movie-load/testing';
import { type FakeRegistry, startFakeRegistry } from '../support/fake-registry.ts';
import { readText, root } from '../support/repository.ts';

const hostNode = process.env.npm_node_execpath ?? process.execPath;
const PLATFORM = 'linux-x64';
const pins = JSON.parse(readText('scripts/launch/toolchain.json'));
const { package: name, version } = pins.pnpm[PLATFORM];

let folder: string;
let clone: string;
let registry: FakeRegistry;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-toolchain-'));
  clone = join(folder, 'a clone with spaces');
  cpSync(join(root, 'scripts/launch'), join(clone, 'scripts/launch'), { recursive: true });
  registry = await startFakeRegistry(name, version, { pnpm: 'the program' });
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function fetchTool(tool: string, env: NodeJS.ProcessEnv = {}) {
  const script = join(clone, 'scripts/launch/toolchain.mjs');
  await using running = startCommand(hostNode, [script, tool, join(folder, 'out')], {
    cwd: folder,
    env: {
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'cache'),
      npm_config_fetch_retries: '0',
      MOVIE_LOAD_PLATFORM: PLATFORM,
      ...env,
    },
  });
  const { code } = await running.ended;
  return { code, stderr: running.stderr() };
}

const fetched = () => (existsSync(join(clone, '.toolchain')) ? readdirSync(join(clone, '.toolchain')) : []);

describe('the launcher’s tools', () => {
  test('come from the registry as toolchain.json names them, also into a path with spaces', async () => {
    const file = join(clone, 'scripts/launch/toolchain.json');
    const pinned = structuredClone(pins);
    pinned.pnpm[PLATFORM].integrity = registry.integrity;
    writeFileSync(file, JSON.stringify(pinned));
    // As under `npm start -g --json`: options for another command.
    const npmOptions = { npm_config_json: 'true', npm_config_global: 'true', npm_config_dry_run: 'true' };
    const { code, stderr } = await fetchTool('pnpm', npmOptions);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^movie-load: fetching pnpm 12\.\S+ from the npm registry/);
    expect(fetched()).toEqual([`pnpm-${version}`]);
    expect(readFileSync(join(folder, 'out/pnpm'), 'utf8')).toBe('the program');
  });

  test('are refused when the registry sends other bytes', async () => {
    const { code, stderr } = await fetchTool('pnpm');
    expect(code).toBe(1);
    expect(stderr).toContain(`movie-load: refused ${name}@${version}: what the registry sent is not what`);
    expect(fetched()).toEqual([]);
    expect(existsSync(join(folder, 'out/pnpm'))).toBe(false);
  });

  test('cause an error that names the tool when npm has none for this machine, such as Node on Alpine', async () => {
    const { code, stderr } = await fetchTool('node', { MOVIE_LOAD_PLATFORM: 'linux-x64-musl' });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'movie-load: npm has no ready-made Node for linux-x64-musl. Alpine and other systems with musl have their own: `apk add nodejs` (24 or newer), or use an image such as node:24-alpine.\n',
    );
  });

  test('are not installed when npm fails, and the error contains that of npm', async () => {
    const { code, stderr } = await fetchTool('pnpm', { npm_config_registry: 'http://127.0.0.1:9/' });
    expect(code).toBe(1);
    expect(stderr).toContain(`movie-load: could not fetch ${name}@${version}: npm ended with 1.`);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).toContain('Check the network');
  });
});
