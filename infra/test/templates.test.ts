// The templates under version control are what synth writes, and writing them needs neither network nor account.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const infra = resolve(import.meta.dirname, '..');
const tsc = join(infra, '../node_modules/.bin/tsc');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Runs a program and returns its output; in a namespace without a network where the machine supports that. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const alone = spawnSync('unshare', ['-n', 'true']).status === 0 ? ['unshare', '-n'] : [];
  const [first = program, ...rest] = [...alone, program, ...args];
  return spawnSync(first, rest, { cwd: infra, encoding: 'utf8', env: { PATH: process.env.PATH, ...env } });
}

function synthesized(env: NodeJS.ProcessEnv = {}): ReadonlyMap<string, string> {
  const out = mkdtempSync(join(tmpdir(), 'movie-load-synth-'));
  folders.push(out);
  const { status, stderr } = run(process.execPath, ['src/main.ts', 'synth', '--out', out], env);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return filesIn(out);
}

const filesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

describe('the templates', () => {
  test('are the output of `npm run infra -- synth`, also without a network', () => {
    const committed = filesIn(join(infra, 'templates'));
    const made = synthesized();
    expect([...made.keys()]).toEqual([...committed.keys()]);
    for (const [file, text] of made) expect({ file, text }).toEqual({ file, text: committed.get(file) });
  });

  test('have other names when the environment sets them', () => {
    const made = synthesized({ MOVIE_LOAD_QUEUE: 'other.fifo', MOVIE_LOAD_BUCKET: 'other-bucket' });
    for (const text of made.values()) {
      expect(text).toContain('other.fifo');
      expect(text).not.toMatch(/movie-load\.fifo|movie-bucket/);
    }
  });

  test('need no bootstrap: no assets, no parameter of a bucket, no metadata', () => {
    for (const text of filesIn(join(infra, 'templates')).values()) {
      expect(text).not.toMatch(/BootstrapVersion|cdk-hnb|aws:cdk|AWS::CDK/);
      // The size that `aws cloudformation deploy` accepts without a bucket.
      expect(Buffer.byteLength(text)).toBeLessThan(51_200);
    }
  });
});

test('the types of this package are right', () => {
  const { status, stdout } = run(tsc, ['--noEmit', '-p', '.']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
