// Tests that need a program which a machine may not have: without it they are skipped with the reason, or fail if
// required.
import { describe, test } from '@jest/globals';
import { type FoundTool, findAwsCli, findBrowser, findDocker, findPython } from './tools.ts';

/** What a test may need of the machine beyond Node. */
export type Need = 'docker' | 'browser' | 'aws' | 'python';

const finders: Record<Need, () => FoundTool> = {
  docker: findDocker,
  browser: findBrowser,
  aws: findAwsCli,
  python: findPython,
};

/** The end of the name of a skipped suite; `npm test` lists the text between the brackets. */
const skipMark = (reason: string): string => `[skipped: ${reason}]`;

type Suite = (name: string, body: () => void) => void;

/** Whether a suite runs, is skipped, or fails because the machine must have the program. */
export type Verdict = { readonly run: true } | { readonly run: false; readonly fail: boolean; readonly reason: string };

/**
 * Decides whether a suite with these needs runs. `required` is the value of `MOVIE_LOAD_REQUIRE`: a comma-separated list of
 * needs whose absence is a failure.
 */
export function verdictFor(
  wanted: readonly Need[],
  required: string | undefined,
  find: (need: Need) => FoundTool,
): Verdict {
  const requiredNeeds = (required ?? '').split(',').map((word) => word.trim());
  for (const need of wanted) {
    const tool = find(need);
    if (!tool.ok) return { run: false, fail: requiredNeeds.includes(need), reason: tool.reason };
  }
  return { run: true };
}

/**
 * Returns `describe`, or on a machine without one of the programs a function that skips or fails the suite.
 *
 * @example
 *     const withDocker = needs('docker');
 *     withDocker('the compose file', () => { test('…', async () => { … }); });
 */
export function needs(...wanted: Need[]): Suite {
  const verdict = verdictFor(wanted, process.env.MOVIE_LOAD_REQUIRE, (need) => finders[need]());
  if (verdict.run) return (name, body) => describe(name, body);
  if (!verdict.fail) return (name, body) => describe.skip(`${name} ${skipMark(verdict.reason)}`, body);
  return (name) =>
    describe(name, () => {
      test('has the programs that it needs', () => {
        throw new Error(`MOVIE_LOAD_REQUIRE=${process.env.MOVIE_LOAD_REQUIRE} requires it, but ${verdict.reason}`);
      });
    });
}
