// Tests that need a program which a machine may not have: without it they are skipped with the reason, or fail if
// required.
import { describe, test } from '@jest/globals';
import { type Found, findAwsCli, findBrowser, findDocker, findPython } from './tools.ts';

/** What a test may need of the machine beyond Node. */
export type Need = 'docker' | 'browser' | 'aws' | 'python';

const finders: Record<Need, () => Found> = {
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
 * Judges needs against what was found. `required` is the value of `MOVIE_LOAD_REQUIRE`: a comma-separated list of
 * needs whose absence is a failure.
 */
export function judge(wanted: readonly Need[], required: string | undefined, find: (need: Need) => Found): Verdict {
  const insisted = (required ?? '').split(',').map((word) => word.trim());
  for (const need of wanted) {
    const found = find(need);
    if (!found.ok) return { run: false, fail: insisted.includes(need), reason: found.reason };
  }
  return { run: true };
}

/**
 * `describe`, or its replacement on a machine without a program.
 *
 * @example
 *     const withDocker = needs('docker');
 *     withDocker('the compose file', () => { test('…', async () => { … }); });
 */
export function needs(...wanted: Need[]): Suite {
  const verdict = judge(wanted, process.env.MOVIE_LOAD_REQUIRE, (need) => finders[need]());
  if (verdict.run) return (name, body) => describe(name, body);
  if (!verdict.fail) return (name, body) => describe.skip(`${name} ${skipMark(verdict.reason)}`, body);
  return (name) =>
    describe(name, () => {
      test('has what it needs', () => {
        throw new Error(`MOVIE_LOAD_REQUIRE=${process.env.MOVIE_LOAD_REQUIRE} asks for it, but ${verdict.reason}`);
      });
    });
}
