// The checks that a reviewer would otherwise do: format, lint, types, and the size of files.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { biome, readText, root, trackedFiles, tsc } from '../support/repository.ts';

const LINES_AT_MOST = 300;
const SHOWN_AT_MOST = 6000;

/** Fails with the program's output when its exit code is not 0. */
function runs(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`code ${status}: ${`${stdout}${stderr}`.slice(0, SHOWN_AT_MOST)}`);
}

describe('the whole repository', () => {
  test('is formatted and free of lint', () => {
    runs(biome, ['ci', '--colors=off', '--max-diagnostics=8']);
  });

  test('has no type error', () => {
    runs(tsc, ['--noEmit', '-p', '.']);
    // The page has the browser's types, and JSX.
    runs(tsc, ['--noEmit', '-p', 'services/console']);
  });

  test('has no source file over 300 lines', () => {
    const long = trackedFiles('*.ts', '*.tsx', '*.mjs')
      .map((file) => ({ file, lines: readText(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_AT_MOST);
    expect(long).toEqual([]);
  });

  test('forgets no focused or silently skipped test', () => {
    const found = trackedFiles('*.test.ts')
      .filter((file) => !file.startsWith('tests/static/')) // they speak of such tests
      .filter((file) => /\b(test|it|describe)\.(only|skip|todo)\(/.test(readText(file)));
    expect(found).toEqual([]);
  });
});
