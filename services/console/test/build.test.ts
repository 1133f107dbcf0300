import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isBuilt } from '../src/build.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'movie-load-build-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A file that was changed at this second. */
function write(path: string, second: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
  utimesSync(join(root, path), second, second);
}

function writeSources(): void {
  for (const path of ['src/api.ts', 'src/build.ts', 'src/page/app.tsx', 'src/page/lab/lab.tsx']) write(path, 100);
}

test('a page is built when it is at least as new as all that it is made of', () => {
  writeSources();
  expect(isBuilt(root)).toBe(false);
  write('dist/index.html', 99);
  expect(isBuilt(root)).toBe(false);
  write('dist/index.html', 100);
  expect(isBuilt(root)).toBe(true);
});

test.each(['src/api.ts', 'src/build.ts', 'src/page/app.tsx', 'src/page/lab/lab.tsx'])(
  'a newer %s needs another build',
  (path) => {
    writeSources();
    write('dist/index.html', 100);
    write(path, 101);
    expect(isBuilt(root)).toBe(false);
  },
);

test('packages below the page are not looked at; where its sources are not, as in an image, it is as it should be', () => {
  writeSources();
  write('dist/index.html', 100);
  write('src/page/node_modules/react/index.js', 200);
  expect(isBuilt(root)).toBe(true);
  rmSync(join(root, 'src'), { recursive: true });
  expect(isBuilt(root)).toBe(true);
});
