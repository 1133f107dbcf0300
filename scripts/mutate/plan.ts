// Selects the tests that cover a mutant's change, and sorts them.
import { covers } from './coverage.ts';
import type { Mutant } from './mutants.ts';
import type { MeasuredFile, MeasuredTest, PlannedFile } from './protocol.ts';

/** Slower tests are left out: developers do not run them while working, so faster ones should notice a mutant. */
const MAX_TEST_TIMES = { cpuMs: 3000, wallMs: 10_000 };
/** Default limit of CPU time per mistake. */
export const BUDGET_MS = 6000;
/** The time limit of a test of the plan is this, plus `BUSY_FACTOR` times what its file's slowest test took. */
const MIN_LIMIT_MS = 2500;
/** How many times slower a busy machine is. */
const BUSY_FACTOR = 5;

/** Where a mistake is. */
type Location = Pick<Mutant, 'file' | 'start' | 'end'>;

export const packageOf = (file: string): string => file.split('/', 2).join('/');

/**
 * Returns the test files to run for a mistake, with the tests that cover it: those of its package first, faster files
 * before slower ones. It ends with the file that exceeds the budget.
 */
export function planFor(
  mutant: Location,
  measured: readonly MeasuredFile[],
  budgetMs: number = BUDGET_MS,
): PlannedFile[] {
  const isFromOtherPackage = ({ file }: { readonly file: string }) =>
    Number(packageOf(file) !== packageOf(mutant.file));
  const files = measured
    .flatMap((measuredFile) => {
      const { file, sharedMs = 0 } = measuredFile;
      const tests = coveringTests(mutant, measuredFile).filter(({ cpuMs }) => cpuMs <= budgetMs);
      const ms = tests.reduce((total, test) => total + test.cpuMs, 0);
      return tests.length === 0 ? [] : [{ file, tests, ms, sharedMs }];
    })
    .sort((a, b) => isFromOtherPackage(a) - isFromOtherPackage(b) || a.ms - b.ms);
  let spentMs = 0;
  return files.flatMap(({ file, tests, ms, sharedMs }) => {
    if (spentMs > budgetMs) return [];
    spentMs += ms;
    const longestMs = Math.max(sharedMs, ...tests.map((test) => test.wallMs));
    return [{ file, tests: tests.map(({ name }) => name), limitMs: MIN_LIMIT_MS + BUSY_FACTOR * longestMs }];
  });
}

/** The tests that ran the mistake's place; all tests of a file if the place ran while the file was loaded. */
function coveringTests({ file, start, end }: Location, { shared, tests }: MeasuredFile): MeasuredTest[] {
  const ranWhileLoading = covers(shared[file], start, end);
  return tests.filter(
    ({ passed, cpuMs, wallMs, coverage }) =>
      passed &&
      cpuMs <= MAX_TEST_TIMES.cpuMs &&
      wallMs <= MAX_TEST_TIMES.wallMs &&
      (ranWhileLoading || covers(coverage[file], start, end)),
  );
}
