// The checks that a reviewer would otherwise do: format, lint, types, and the size of files.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { biome, readText, root, trackedFiles, tsc } from '../support/repository.ts';

const MAX_LINES = 300;
const MAX_OUTPUT_CHARACTERS = 6000;

/** Calls that leave a test out, or all others. */
const SKIPS = /\b(?:test|it|describe)\.(?:only|skip|todo)(?:\.\w+)?[(`]|^\s*[fx](?:test|it|describe)(?:\.\w+)?[(`]/m;
/** These files contain such calls as text. */
const WITH_SUCH_TEXT = ['tests/static/checks.test.ts', 'tests/static/runner.test.ts'];

/** Runs the program; throws with its output if its exit code is not 0. */
function runOrFail(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`code ${status}: ${`${stdout}${stderr}`.slice(0, MAX_OUTPUT_CHARACTERS)}`);
}

describe('the whole repository', () => {
  test('is formatted and free of lint', () => {
    runOrFail(biome, ['ci', '--colors=off', '--max-diagnostics=8']);
  });

  test('has no type error', () => {
    runOrFail(tsc, ['--noEmit', '-p', '.']);
    // The page has the browser's types, and JSX.
    runOrFail(tsc, ['--noEmit', '-p', 'services/console']);
  });

  test('has no source file over 300 lines', () => {
    const long = trackedFiles('*.ts', '*.tsx', '*.mjs')
      .map((file) => ({ file, lines: readText(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  test('has no focused and no silently skipped test', () => {
    expect(
      ['test.only(', 'describe.skip.each(', 'it.todo(', 'xtest(', 'fit('].filter((call) => !SKIPS.test(call)),
    ).toEqual([]);
    const files = trackedFiles('*.test.ts');
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => !WITH_SUCH_TEXT.includes(file) && SKIPS.test(readText(file)))).toEqual([]);
  });
});
