// The archive of the release before this one has the sources of its commit, among them both services.
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { ARCHIVE_BEFORE, COMMIT_BEFORE } from '../support/releases.ts';
import { readText, root } from '../support/repository.ts';

const run = (command: string, args: readonly string[], input?: Buffer) =>
  spawnSync(command, args, { cwd: root, maxBuffer: 64 * 1024 * 1024, ...(input && { input }) });

test('the files in the archive of the release before are those of the commit in its README, if git has it', () => {
  expect(readText('tests/fixtures/README.md')).toContain(COMMIT_BEFORE);
  const paths = run('tar', ['-tzf', ARCHIVE_BEFORE]).stdout.toString().split('\n');
  const files = paths.filter((path) => path !== '' && !path.endsWith('/'));
  expect(files.length).toBeGreaterThan(100);
  for (const service of ['consumer', 'producer']) expect(files).toContain(`services/${service}/src/main.ts`);
  // A shallow clone does not have the commit.
  if (run('git', ['cat-file', '-e', `${COMMIT_BEFORE}^{commit}`]).status !== 0) return;
  const archive = run('git', ['archive', '--format=tar', COMMIT_BEFORE, ...files]).stdout;
  const [archived, committed] = [run('tar', ['-xzOf', ARCHIVE_BEFORE]), run('tar', ['-xOf', '-'], archive)];
  expect(archived.stdout.length).toBeGreaterThan(100_000);
  expect(archived.stdout.equals(committed.stdout)).toBe(true);
});
