// `npm test [-- <pattern…> [-t <name> …]]`: every test there is, or the files whose path matches a pattern.
//
// Files that start processes run one after the other, because they need the processor; before them the others run side by
// side. Containers and browsers are waited for more than they compute, so their files are a lane of their own beside all that,
// one after the other too. The last line is always `N passed, N failed, N skipped`.
import { resolve } from 'node:path';
import { readArgumentsOrEnd } from '../packages/service/src/arguments.ts';
import type { FileResult } from './test/events.ts';
import { listTests, runJest } from './test/jest.ts';
import { addUp, closingLines, fileLine } from './test/totals.ts';

const HELP = `Runs every test there is, or those files whose path matches a pattern.

  npm test                                   everything
  npm test -- packages/jobs                  the files whose path matches
  npm test -- tests/end-to-end -t SIGKILL    … and of them the tests whose name matches

  -t, --testNamePattern <text>   only tests whose name matches
  --coverage                     also print which lines ran
  --verbose                      print the name of each test
  -u, --updateSnapshot           write snapshots anew
  --help                         this text

MOVIE_LOAD_REQUIRE=docker,browser,aws makes it a failure where the machine lacks one of them. Exit codes: 0 all passed,
1 one failed (or none ran), 2 wrong usage.
`;

/** Files that start processes or keep every processor busy: no two of them at once. */
const ALONE = /^tests\/(end-to-end|chaos)\/|\.alone\.test\.ts$/;
/** The lane beside: containers need none of our processors for most of their time, a browser for half of it. */
const ASIDE = ['tests/docker/', 'tests/browser/'];
const WORKERS = 2;
const FILE_LIMIT_MS = 60_000 * Number(process.env.MOVIE_LOAD_TEST_FILE_MINUTES ?? 10);
const LIFE_SIGN_MS = 30_000;

const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const patterns = firstOption === -1 ? args : args.slice(0, firstOption);
const jestOptions = firstOption === -1 ? [] : args.slice(firstOption);
readArgumentsOrEnd({
  help: HELP,
  args: jestOptions,
  options: {
    // Under both names, because npm keeps either.
    t: { type: 'string', short: 't' },
    testNamePattern: { type: 'string' },
    coverage: { type: 'boolean' },
    verbose: { type: 'boolean' },
    u: { type: 'boolean', short: 'u' },
    updateSnapshot: { type: 'boolean' },
  },
});

const startedAt = Date.now();
const results: FileResult[] = [];
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());

let lastLineAt = Date.now();
function print(line: string): void {
  lastLineAt = Date.now();
  console.log(line);
}

async function phase(title: string, files: readonly string[], options: readonly string[]): Promise<void> {
  if (files.length === 0 || interrupt.signal.aborted) return;
  print(`\n${title}: ${files.length} files`);
  const phaseStartedAt = Date.now();
  await runJest({
    root,
    files,
    options: [...options, ...jestOptions],
    fileLimitMs: FILE_LIMIT_MS,
    signal: interrupt.signal,
    onResult(result) {
      results.push(result);
      if (result.output !== '') print(result.output.replace(/^/gm, '     | '));
      if (result.failure !== '') print(result.failure);
      print(fileLine(result));
    },
    onTick(running) {
      if (Date.now() - lastLineAt < LIFE_SIGN_MS) return;
      for (const [file, since] of running)
        print(`…  ${((Date.now() - since) / 1000).toFixed(0).padStart(6)} s  ${file}`);
    },
  });
  print(`${((Date.now() - phaseStartedAt) / 1000).toFixed(0)} s`);
}

const files = listTests(root, patterns);
if (files.length === 0) print(`No test file matches ${patterns.join(', ')}.`);
const isAside = (file: string) => ASIDE.some((folder) => file.startsWith(folder));
const isAlone = (file: string) => ALONE.test(file);

async function mainLane(): Promise<void> {
  const ours = files.filter((file) => !isAside(file));
  const others = ours.filter((file) => !isAlone(file));
  await phase('Side by side', others, [`--maxWorkers=${WORKERS}`]);
  await phase('One after the other', ours.filter(isAlone), ['--runInBand']);
}

async function laneAside(): Promise<void> {
  for (const folder of ASIDE) {
    const ours = files.filter((file) => file.startsWith(folder));
    await phase(`Beside the others, ${folder}`, ours, ['--runInBand']);
  }
}

await Promise.all([mainLane(), laneAside()]);

const totals = addUp(results);
print(`\n${((Date.now() - startedAt) / 1000).toFixed(0)} s in all${interrupt.signal.aborted ? ', interrupted' : ''}`);
for (const line of closingLines(totals)) print(line);
process.exitCode = interrupt.signal.aborted ? 130 : totals.failed > 0 || totals.passed === 0 ? 1 : 0;
