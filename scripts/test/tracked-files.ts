// The files of the checkout, by git.
import { spawnSync } from 'node:child_process';

/** The files under version control, or new and not ignored, that match git's path patterns (`*` also matches `/`). */
export function trackedFiles(root: string, ...patterns: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', ...patterns];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((file) => file !== '');
}
