// A clone has the same bytes on every machine, whatever its core.autocrlf is: with carriage returns LocalStack's
// script does not start, and .env names an image that does not exist.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { root, trackedFiles } from '../support/repository.ts';

const BINARY = /\.(?:png|gz)$/;

/** `path → attribute` as git would apply it. */
function attributesOf(files: readonly string[], attribute: string): Map<string, string> {
  const args = ['-c', 'core.autocrlf=true', 'check-attr', '-z', '--stdin', attribute];
  const { stdout } = spawnSync('git', args, { cwd: root, input: files.join('\0'), encoding: 'utf8' });
  const words = stdout.split('\0');
  return new Map(files.map((file, index) => [file, words[index * 3 + 2] ?? '']));
}

describe('line ends', () => {
  test('stay LF in every text file of a clone', () => {
    const files = trackedFiles();
    expect(files.length).toBeGreaterThan(300);
    const ends = attributesOf(files, 'eol');
    expect(files.filter((file) => !BINARY.test(file) && ends.get(file) !== 'lf')).toEqual([]);
  });

  test('stay unchanged in pictures and archives', () => {
    const pictures = trackedFiles().filter((file) => BINARY.test(file));
    const kinds = attributesOf(pictures, 'text');
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.filter((file) => kinds.get(file) !== 'unset')).toEqual([]);
  });

  test('stay LF in every committed file', () => {
    const { stdout } = spawnSync('git', ['ls-files', '--eol'], { cwd: root, encoding: 'utf8' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter((line) => /^i\/(crlf|mixed)/.test(line))).toEqual([]);
  });
});
