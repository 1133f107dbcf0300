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

test('a page is up to date when it is at least as new as all its sources', () => {
  writeSources();
  expect(isBuilt(root)).toBe(false);
  write('dist/index.html', 99);
  expect(isBuilt(root)).toBe(false);
  write('dist/index.html', 100);
  expect(isBuilt(root)).toBe(true);
});

test.each(['src/api.ts', 'src/build.ts', 'src/page/app.tsx', 'src/page/lab/lab.tsx'])(
  'a newer %s makes another build necessary',
  (path) => {
    writeSources();
    write('dist/index.html', 100);
    write(path, 101);
    expect(isBuilt(root)).toBe(false);
  },
);

test('packages below the page are ignored; without sources, as in an image, the build is up to date', () => {
  writeSources();
  write('dist/index.html', 100);
  write('src/page/node_modules/react/index.js', 200);
  expect(isBuilt(root)).toBe(true);
  rmSync(join(root, 'src'), { recursive: true });
  expect(isBuilt(root)).toBe(true);
});
