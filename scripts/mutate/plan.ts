// Which tests look at a mistake, and in which order they are tried.
import { covers } from './coverage.ts';
import type { Mutant } from './mutants.ts';
import type { MeasuredFile, MeasuredTest, PlannedFile } from './protocol.ts';

/** A slower test is none that a person runs while working; a mistake shall be noticed by a faster one. */
const SLOWEST = { cpuMs: 3000, wallMs: 10_000 };
/** CPU time that is spent on one mistake, unless its caller wants less. */
export const BUDGET_MS = 6000;
const LEAST_LIMIT_MS = 2500;
/** A busy machine is that much slower. */
const PATIENCE = 5;

/** Where a mistake is. */
type Place = Pick<Mutant, 'file' | 'start' | 'end'>;

export const packageOf = (file: string): string => file.split('/', 2).join('/');

/** The package's own files first, of them the fastest. */
export function planFor(mutant: Place, measured: readonly MeasuredFile[], budgetMs: number = BUDGET_MS): PlannedFile[] {
  const isForeign = ({ file }: { readonly file: string }) => Number(packageOf(file) !== packageOf(mutant.file));
  const files = measured
    .flatMap((one) => {
      const { file, sharedMs = 0 } = one;
      const tests = lookers(mutant, one).filter(({ cpuMs }) => cpuMs <= budgetMs);
      const ms = tests.reduce((total, test) => total + test.cpuMs, 0);
      return tests.length === 0 ? [] : [{ file, tests, ms, sharedMs }];
    })
    .sort((a, b) => isForeign(a) - isForeign(b) || a.ms - b.ms);
  let spentMs = 0;
  return files.flatMap(({ file, tests, ms, sharedMs }) => {
    if (spentMs > budgetMs) return [];
    spentMs += ms;
    const longestMs = Math.max(sharedMs, ...tests.map((test) => test.wallMs));
    return [{ file, tests: tests.map(({ name }) => name), limitMs: LEAST_LIMIT_MS + PATIENCE * longestMs }];
  });
}

/** The tests in which the mistake's place ran; all of a file when it ran while that was loaded. */
function lookers({ file, start, end }: Place, { shared, tests }: MeasuredFile): MeasuredTest[] {
  const ranWhileLoading = covers(shared[file], start, end);
  return tests.filter(
    ({ passed, cpuMs, wallMs, coverage }) =>
      passed &&
      cpuMs <= SLOWEST.cpuMs &&
      wallMs <= SLOWEST.wallMs &&
      (ranWhileLoading || covers(coverage[file], start, end)),
  );
}
