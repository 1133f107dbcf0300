// Commands in documents and messages work on the Node that README promises: by npm, whose launcher fetches the right one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root, trackedFiles } from '../support/repository.ts';

const BARE_NODE = /\bnode (?:--?[\w-]+(?:=\S+)? )*(?:\.\/)?[\w<>/-]+(?:\.[\w-]+)*\.ts\b/;
const PORT_OF_MACOS = /--(?:[a-z]+-)?port[ =]5000\b|\b(?:127\.0\.0\.1|localhost):5000\b/;

const lines = trackedFiles('*.md', '*.ts', '*.tsx', '*.mjs', '*.sh', '*.yml')
  .filter((file) => !file.startsWith('tests/static/'))
  .flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .map((text, index) => ({ at: `${file}:${index + 1}`, text })),
  );

test('no command runs a TypeScript file by a Node that may be too old', () => {
  expect(BARE_NODE.test('run `node packages/a/b.ts 5`')).toBe(true);
  expect(lines.filter(({ text }) => BARE_NODE.test(text))).toEqual([]);
});

test('no example takes port 5000, which macOS holds', () => {
  expect(PORT_OF_MACOS.test('up --console-port 5000')).toBe(true);
  expect(lines.filter(({ text }) => PORT_OF_MACOS.test(text))).toEqual([]);
});
