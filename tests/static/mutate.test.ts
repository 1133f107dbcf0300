// `npm run mutate`: the mistakes that it makes, the tests that it runs, and the numbers of its report.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { covers, intervalsOf } from '../../scripts/mutate/coverage.ts';
import { describeEdit, markedFiles, readEquivalents } from '../../scripts/mutate/equivalent.ts';
import { mutantsOf, mutate } from '../../scripts/mutate/mutants.ts';
import { planFor } from '../../scripts/mutate/plan.ts';
import { reportOf } from '../../scripts/mutate/report.ts';
import { FOLDER, openStore } from '../../scripts/mutate/store.ts';
import { keysNoticedByTypes } from '../../scripts/mutate/types.ts';
import { readText } from '../support/repository.ts';

const mistakesIn = (text: string) => mutantsOf('packages/a/src/a.ts', text).map(describeEdit);

describe('the mistakes of a mutation run', () => {
  test.each([
    ['a < b', ['< → <=', '< → >=']],
    ['a === b', ['=== → !==']],
    ['a - b', ['- → +']],
    ['"text" + b', []],
    ['a && b', ['a && b → (a)', 'a && b → (b)']],
    ['a ?? b', ['a ?? b → (a)', 'a ?? b → (b)']],
    ['a ? b : c', ['a ? b : c → (b)', 'a ? b : c → (c)']],
    ['!a', ['!a → a']],
    ['9', ['9 → 10']],
    ['60_000', ['60_000 → 6000']],
    ['true', ['true → false']],
    ['Math.max(a, b)', ['max → min']],
    ['a.filter(b)', ['a.filter(b) → (a)']],
    ['f(a, signal)', ['signal → undefined']],
    ['f({ a, signal })', ['signal → (nothing)']],
    ['f({ ...a, b })', ['...a, → (nothing)']],
    ['a[index]', ['index → 0']],
    ['/^a$/', ['/^a$/ → /a$/', '/^a$/ → /^a/']],
    ['a as string', []],
  ])('include the right ones for the expression %s', (expression, expected) => {
    expect(mistakesIn(`export const x = ${expression};`)).toEqual(expected);
  });

  test.each([
    ['a();', ['a(); → ;']],
    ['log.warn({ n: 1 }, "text");', []],
    ['invariant(a, "text");', []],
    ['throw new Error("a", 1);', ['throw new Error("a", 1); → ;']],
    ['return await a();', ['await a() → a()']],
    ['if (a) return;', ['a → true', 'a → false', 'return; → ;']],
    ['for (;;) { if (a) break; }', ['a → true', 'a → false', 'break; → ;']],
    ['try { a(); } catch { b(); c(); }', ['a(); → ;', '{ b(); c(); } → {}', 'b(); → ;', 'c(); → ;']],
    [
      'await a(); await b();',
      [
        '{ await a(); await b(); } → {}',
        'await a(); await b(); → await b(); await a();',
        'await a(); → ;',
        'await b(); → ;',
      ],
    ],
  ])('include the right ones for the statement %s', (statement, expected) => {
    expect(mistakesIn(`async function f() { ${statement} }`)).toEqual(expected);
  });

  test('change one place only, and keep their key when the code around them moves', () => {
    const text = 'const a = 1;\nexport const f = (n: number) => n < 2;\n';
    const [, mutant] = mutantsOf('a.ts', text);
    if (mutant === undefined) throw new Error('no mutant');
    expect(mutate(text, mutant)).toBe('const a = 1;\nexport const f = (n: number) => n <= 2;\n');
    expect(mutant.line).toBe(2);
    const moved = mutantsOf('a.ts', `// a line more\n${text}`)[1];
    expect(moved?.key).toBe(mutant.key);
    expect(moved?.line).toBe(3);
  });
});

describe('the tests that run for a mistake', () => {
  const ranges = [
    { startOffset: 0, endOffset: 100, count: 1 },
    { startOffset: 10, endOffset: 50, count: 0 },
    { startOffset: 20, endOffset: 30, count: 3 },
  ];

  test('execute its place, by the innermost range', () => {
    // From, to, from, to: the parts that ran.
    const intervals = intervalsOf(ranges);
    expect(intervals).toEqual([0, 10, 20, 30, 50, 100]);
    expect(covers(intervals, 12, 18)).toBe(false);
    expect(covers(intervals, 12, 21)).toBe(true);
    expect(covers(intervals, 30, 50)).toBe(false);
    expect(covers(undefined, 0, 1)).toBe(false);
  });

  test('start with the fastest file, leave slow tests out, and are all tests of a file that runs it while loading', () => {
    const file = 'packages/a/src/a.ts';
    const measuredTest = (name: string, cpuMs: number, intervals: number[]) => ({
      name,
      cpuMs,
      wallMs: cpuMs,
      passed: true,
      coverage: { [file]: intervals },
    });
    const measured = [
      { file: 'packages/a/test/b.test.ts', shared: {}, tests: [measuredTest('b', 1, [0, 9])] },
      {
        file: 'packages/a/test/c.test.ts',
        shared: { [file]: [0, 9] },
        tests: [measuredTest('c', 0, []), measuredTest('d', 0, [])],
      },
      {
        file: 'packages/a/test/a.test.ts',
        shared: {},
        tests: [measuredTest('a', 50, [0, 9]), measuredTest('slow', 9000, [0, 9])],
      },
    ];
    expect(planFor({ file, start: 3, end: 4 }, measured).map((planned) => [planned.file, planned.tests])).toEqual([
      ['packages/a/test/c.test.ts', ['c', 'd']],
      ['packages/a/test/b.test.ts', ['b']],
      ['packages/a/test/a.test.ts', ['a']],
    ]);
  });

  test('end with those of other packages, with time for their shared hooks', () => {
    const file = 'packages/a/src/a.ts';
    const measuredTests = (name: string, cpuMs: number) => [
      { name, cpuMs, wallMs: cpuMs, passed: true, coverage: { [file]: [0, 9] } },
    ];
    const measured = [
      { file: 'tests/contract/a.test.ts', shared: {}, sharedMs: 3000, tests: measuredTests('contract', 0) },
      { file: 'packages/a/test/a.test.ts', shared: {}, tests: measuredTests('same package', 100) },
    ];
    expect(planFor({ file, start: 3, end: 4 }, measured)).toEqual([
      // 2.5 s and five times the longest test, or five times the shared hooks.
      { file: 'packages/a/test/a.test.ts', tests: ['same package'], limitMs: 3000 },
      { file: 'tests/contract/a.test.ts', tests: ['contract'], limitMs: 17_500 },
    ]);
  });
});

test('every mark of an equivalent mistake matches a mistake of the present source', () => {
  const marks = readEquivalents();
  const files = markedFiles();
  for (const file of files) {
    const text = readText(file);
    const lines = text.split('\n');
    for (const mutant of mutantsOf(file, text)) marks.reasonFor(mutant, lines[mutant.line - 1] ?? '');
  }
  expect(files.length).toBeGreaterThan(5);
  expect(marks.stale(new Set(files))).toEqual([]);
});

describe('the report of a mutation run', () => {
  const file = 'packages/a/src/a.ts';
  const text = 'export const f = (n: number) => n < 2;\n';
  const tried = mutantsOf(file, text).map((mutant, index) => ({
    mutant,
    outcome: { status: index === 0 ? ('failed' as const) : ('unnoticed' as const) },
    coveringTests: 1,
  }));

  test('counts noticed mistakes, and leaves out those that are marked as equivalent', () => {
    const marks = readEquivalents({ [file]: { 'export const f = (n: number) => n < 2;': { '2 → 3': 'a reason' } } });
    const report = reportOf(tried, () => text, marks);
    expect(report.scores).toEqual([
      { package: 'packages/a', mutants: 3, noticed: 1, hung: 0, types: 0, equivalent: 1, score: 50 },
    ]);
    expect(report.survivors).toMatchObject([{ file, line: 1, mistake: '< → >=' }]);
    expect(report.stale).toEqual([]);
  });

  test('lists marks that no longer match a mistake', () => {
    const marks = readEquivalents({ [file]: { 'gone();': { 'gone(); → ;': 'a reason' } }, 'b.ts': { x: { y: 'z' } } });
    expect(reportOf(tried, () => text, marks).stale).toEqual([`${file}: gone();: gone(); → ;`]);
  });
});

test('a fresh mutation run never uses the results of earlier runs, but keeps them', () => {
  const name = `test-${process.pid}`;
  try {
    const earlier = openStore<number>(name, false);
    earlier.set('old', 1);
    earlier.save();
    const fresh = openStore<number>(name, true);
    fresh.set('new', 2);
    fresh.save();
    expect([fresh.get('old'), fresh.get('new')]).toEqual([undefined, 2]);
    const later = openStore<number>(name, false);
    expect([later.get('old'), later.get('new')]).toEqual([1, 2]);
  } finally {
    rmSync(join(FOLDER, `${name}.json`), { force: true });
  }
});

describe('the type checker of a mutation run', () => {
  test('notices mistakes also in a package without dependencies, which has no node_modules', () => {
    const text =
      'declare function f(signal: AbortSignal): void;\nexport const g = (signal: AbortSignal, a = 9) => [f(signal), a];\n';
    const mutants = mutantsOf('packages/local-aws/src/none.ts', text);
    const noticed = keysNoticedByTypes(mutants, () => text);
    expect(mutants.filter(({ key }) => noticed.has(key)).map(describeEdit)).toEqual(['signal → undefined']);
    expect(mutants.length).toBeGreaterThan(1);
  });
});
