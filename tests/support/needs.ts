// Tests that need something a machine may lack: skipped with the reason there, or failing where it is required.
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

/** How a skipped suite's name ends; `npm test` lists what is between the brackets. */
const skipMark = (reason: string): string => `[skipped: ${reason}]`;

type Suite = (name: string, body: () => void) => void;

/** What becomes of a suite: it runs, it is skipped, or it fails because the absence is not accepted. */
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
 * `describe`, or its replacement on a machine that lacks something.
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
