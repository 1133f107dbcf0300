// Where the checkout and its tools are.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const biome = join(root, 'node_modules/.bin/biome');
export const tsc = join(root, 'node_modules/.bin/tsc');

/** The files under version control that match git's path patterns (`*` also matches `/`). */
export function trackedFiles(...patterns: string[]): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout.split('\0').filter((file) => file !== '');
}
