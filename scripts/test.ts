// `npm test [-- <pattern…> [-t <name> …]]`: every test there is, or the files whose path matches a pattern.
//
// Three concurrent lanes: files that start processes, files that need containers or a browser, and all others. In the
// first two a file runs alone, because it needs the processor, but it also waits for half of its time, which the other
// lanes use. The others take the place of a lane that has ended. The last line is always `N passed, N failed, N
// skipped`.
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
  -u, --updateSnapshot           write snapshots again
  --help                         this text

MOVIE_LOAD_REQUIRE=docker,browser,aws makes it a failure where the machine has none of them. Exit codes: 0 all passed,
1 one failed (or none ran), 2 wrong usage.
`;

/** Files that start processes or keep every processor busy: no two of them at once. */
const ALONE = /^tests\/(end-to-end|chaos)\/|\.alone\.test\.ts$/;
/** No two of these at once either: containers and browsers, one after the other. */
const ASIDE = ['tests/docker/', 'tests/browser/'];
/** Files at the same time, in all lanes. */
const AT_ONCE = 3;
const MOST_WORKERS = 2;
/** Files of one Jest among the others: so that the next one can have a worker more when a lane has ended. */
const BATCH_FILES = 40;
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
const isAlone = (file: string) => ALONE.test(file);
const isIn = (folder: string) => (file: string) => file.startsWith(folder);
let lanesBeside = 0;

/** Phases one after the other, and their files one at a time. */
async function lane(phases: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const todo = Object.entries(phases).filter(([, ours]) => ours.length > 0);
  if (todo.length === 0) return;
  lanesBeside += 1;
  for (const [title, ours] of todo) await phase(title, ours, ['--runInBand']);
  lanesBeside -= 1;
}

async function others(): Promise<void> {
  const left = files.filter((file) => !isAlone(file) && !ASIDE.some((folder) => isIn(folder)(file)));
  while (left.length > 0 && !interrupt.signal.aborted) {
    const workers = Math.min(MOST_WORKERS, AT_ONCE - lanesBeside);
    await phase('Concurrently', left.splice(0, BATCH_FILES), [`--maxWorkers=${workers}`]);
  }
}

await Promise.all([
  lane({ 'One after the other': files.filter(isAlone) }),
  lane(Object.fromEntries(ASIDE.map((folder) => [`One after the other, ${folder}`, files.filter(isIn(folder))]))),
  others(),
]);

const totals = addUp(results);
print(`\n${((Date.now() - startedAt) / 1000).toFixed(0)} s in all${interrupt.signal.aborted ? ', interrupted' : ''}`);
for (const line of closingLines(totals)) print(line);
process.exitCode = interrupt.signal.aborted ? 130 : totals.failed > 0 || totals.passed === 0 ? 1 : 0;
