// Runs the tests of this package with the runner of `npm test`.
import type { FileResult } from '../../scripts/test/events.ts';
import { listTests, runJest } from '../../scripts/test/jest.ts';
import { addUp, closingLines, fileLine } from '../../scripts/test/totals.ts';

const FILE_LIMIT_MS = 5 * 60_000;

/**
 * Runs all test files below `root` and returns the exit code. The last line printed is
 * `N passed, N failed, N skipped`, like that of `npm test`.
 */
export async function testInfra(root: string): Promise<number> {
  const results: FileResult[] = [];
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  await runJest({
    root,
    files: listTests(root, []),
    options: [],
    fileLimitMs: FILE_LIMIT_MS,
    signal: interrupt.signal,
    onResult(result) {
      results.push(result);
      if (result.failure !== '') console.log(result.failure);
      console.log(fileLine(result));
    },
    onTick() {},
  });
  const totals = addUp(results);
  for (const line of closingLines(totals)) console.log(line);
  if (interrupt.signal.aborted) return 130;
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}
