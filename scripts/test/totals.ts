// The totals of a test run, and the lines that the runner prints about them.
import type { FileResult } from './events.ts';

const MAX_SLOWEST_FILES = 10;

export interface Totals {
  readonly results: readonly FileResult[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function addUp(results: readonly FileResult[]): Totals {
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
  return { results, passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The line of a finished file. */
export function fileLine({ file, seconds, passed, failed, skipped }: FileResult): string {
  const verdict = failed > 0 ? 'FAIL' : passed === 0 ? 'skip' : 'ok';
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  return `${verdict.padEnd(4)} ${seconds.toFixed(1).padStart(6)} s  ${file}  (${counts.filter(Boolean).join(', ')})`;
}

/** The lines at the end of a run. Programs may read the last one. */
export function closingLines(totals: Totals): string[] {
  const slowest = [...totals.results].sort((a, b) => b.seconds - a.seconds).slice(0, MAX_SLOWEST_FILES);
  const failedFiles = totals.results.filter(({ failed }) => failed > 0);
  const reasons = new Map<string, number>();
  for (const reason of totals.results.flatMap((result) => result.reasons)) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [
    ...section(
      'Slowest files:',
      slowest.map(({ seconds, file }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`),
    ),
    ...section(
      'Skipped:',
      [...reasons].map(([reason, count]) => `${String(count).padStart(4)} × ${reason}`),
    ),
    ...section(
      'Failed:',
      failedFiles.map(({ file, failed }) => `${String(failed).padStart(4)} in ${file}`),
    ),
    '',
    `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`,
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
