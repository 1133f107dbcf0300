// The runner of `npm test` counts each test, also when a file hangs, cannot be loaded or ends Jest.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileResult } from '../../scripts/test/events.ts';
import { listTests, runJest } from '../../scripts/test/jest.ts';
import { addUp, closingLines, fileLine } from '../../scripts/test/totals.ts';

/** The hanging file is stopped after this time. A machine under load must load each other file within it. */
const FILE_LIMIT_MS = 15_000;

const fixtures = {
  'jest.config.mjs': `export default { transform: {}, extensionsToTreatAsEsm: ['.ts'], testMatch: ['**/*.test.ts'] };`,
  'a-good.test.ts': `test('one', () => {}); test('two', () => {}); describe.skip('three [skipped: no moon]', () => { test('x', () => {}); }); test.skip('four [skipped: no moon]', () => {});`,
  'b-bad.test.ts': `test('one', () => { throw new Error('the reason'); }); test('two', () => {});`,
  'c-unloadable.test.ts': `import './nowhere.ts'; test('one', () => {});`,
  'd-hangs.test.ts': `test('one', () => { for (;;); });`,
  'e-kills.test.ts': `test('one', () => { process.kill(process.pid, 'SIGKILL'); });`,
  'f-good.test.ts': `test('one', () => { console.log('printed'); });`,
};

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'movie-load-runner-'));
  for (const [name, text] of Object.entries(fixtures)) writeFileSync(join(root, name), `${text}\n`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(patterns: readonly string[], options: readonly string[]): Promise<Map<string, FileResult>> {
  const results = new Map<string, FileResult>();
  await runJest({
    root,
    files: listTests(root, patterns),
    options,
    fileLimitMs: FILE_LIMIT_MS,
    signal: new AbortController().signal,
    onTick: () => undefined,
    onResult: (result) => results.set(result.file, result),
  });
  return results;
}

describe('the test runner', () => {
  test('reports a result for every file, even if another file ends Jest', async () => {
    const results = await run([], ['--runInBand']);
    const counts = [...results.values()].map(({ file, passed, failed, skipped }) => [file, passed, failed, skipped]);
    expect(counts.sort()).toEqual([
      ['a-good.test.ts', 2, 0, 2],
      ['b-bad.test.ts', 1, 1, 0],
      ['c-unloadable.test.ts', 0, 1, 0],
      ['d-hangs.test.ts', 0, 1, 0],
      ['e-kills.test.ts', 0, 1, 0],
      ['f-good.test.ts', 1, 0, 0],
    ]);
    expect(results.get('b-bad.test.ts')?.failure).toContain('the reason');
    expect(results.get('d-hangs.test.ts')?.failure).toContain('did not end within');
    expect(results.get('e-kills.test.ts')?.failure).toBe('Jest ended with SIGKILL');
    expect(results.get('f-good.test.ts')?.output).toBe('printed');

    const lines = closingLines(addUp([...results.values()]));
    expect(lines).toContain('     1 in e-kills.test.ts');
    expect(lines.at(-1)).toBe('4 passed, 4 failed, 2 skipped');
    expect(lines).toContain('     2 × no moon');
  });

  test('lists only the files whose path matches', () => {
    expect(listTests(root, ['good'])).toEqual(['a-good.test.ts', 'f-good.test.ts']);
    expect(listTests(root, ['nothing'])).toEqual([]);
  });

  test('prints the result of a file in one line', async () => {
    const [result] = (await run(['f-good'], ['--maxWorkers=2'])).values();
    if (result === undefined) throw new Error('there is no result');
    expect(fileLine(result)).toMatch(/^ok +\d+\.\d s {2}f-good\.test\.ts {2}\(1 passed\)$/);
    const slow = { ...result, seconds: 61.24 };
    expect(fileLine({ ...slow, failed: 2 })).toBe('FAIL   61.2 s  f-good.test.ts  (1 passed, 2 failed)');
    expect(fileLine({ ...slow, passed: 0, skipped: 3 })).toBe('skip   61.2 s  f-good.test.ts  (0 passed, 3 skipped)');
  });
});
