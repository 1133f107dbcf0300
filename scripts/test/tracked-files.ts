// Lists the files of the checkout with `git ls-files`.
import { spawnSync } from 'node:child_process';

/**
 * Returns the files that match git's path patterns, in which `*` also matches `/`: those under version control, and new
 * ones that git does not ignore.
 */
export function trackedFiles(root: string, ...patterns: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', ...patterns];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((file) => file !== '');
}
