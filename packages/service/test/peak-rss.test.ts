import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const MIB = 1024 * 1024;
const module = JSON.stringify(new URL('../src/peak-rss.ts', import.meta.url).href);
const printPeak = `import(${module}).then((m) => console.log(m.peakRssBytes()))`;
const node = (script: string) => Number(execFileSync(process.execPath, ['--expose-gc', '-e', script]));

test('peakRssBytes counts the process’ own memory, not its parent’s when it was started', () => {
  const parent = `const held = Buffer.alloc(${400 * MIB}, 1);
    const { execFileSync } = require('node:child_process');
    process.stdout.write(execFileSync(process.execPath, ['-e', ${JSON.stringify(printPeak)}]));
    if (held[0] !== 1) throw new Error('held is used');`;
  expect(node(parent)).toBeLessThan(200 * MIB);
});

test('peakRssBytes is a peak: freed memory stays counted', () => {
  const holder = `let held = Buffer.alloc(${300 * MIB}, 1); held = undefined; gc(); ${printPeak}`;
  expect(node(holder)).toBeGreaterThan(300 * MIB);
});
