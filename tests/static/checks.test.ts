// The checks that a reviewer would otherwise do: format, lint, types, and the size of files.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { biome, root, trackedFiles, tsc } from '../support/repository.ts';

const LINES_AT_MOST = 300;

describe('the whole repository', () => {
  test('is formatted and free of lint', () => {
    const { status, stdout, stderr } = spawnSync(biome, ['ci', '--colors=off'], { cwd: root, encoding: 'utf8' });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  test('has no type error', () => {
    const { status, stdout } = spawnSync(tsc, ['--noEmit', '-p', '.'], { cwd: root, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('has no source file over 300 lines', () => {
    const long = trackedFiles('*.ts', '*.tsx', '*.mjs')
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_AT_MOST);
    expect(long).toEqual([]);
  });

  test('forgets no focused or silently skipped test', () => {
    const found = trackedFiles('*.test.ts')
      .filter((file) => file !== 'tests/static/checks.test.ts')
      .filter((file) => /\b(test|it|describe)\.(only|skip|todo)\(/.test(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });
});
