// `npm test [-- <pattern…> [-t <name> …]]`: runs all tests, or the files whose path matches a pattern.
//
// Three lanes run concurrently: files that start processes, files that need containers or a browser, and all others.
// The first two run one file at a time, because such a file can keep every processor busy. But it waits half of its
// time, and the other lanes use that. The third lane has two workers as soon as one of the first two has ended. The
// last line printed is always `N passed, N failed, N skipped`.
import { resolve } from 'node:path';
import { readArgumentsOrExit } from '../packages/service/src/arguments.ts';
import type { FileResult } from './test/events.ts';
import { listTests, runJest } from './test/jest.ts';
import { addUp, closingLines, fileLine } from './test/totals.ts';

const HELP = `Runs all tests, or the files whose path matches a pattern.

  npm test                                   everything
  npm test -- packages/jobs                  the files whose path matches
  npm test -- tests/end-to-end -t SIGKILL    of these files, the tests whose name matches

  -t, --testNamePattern <text>   only tests whose name matches
  --coverage                     also prints which lines ran
  --verbose                      prints the name of each test
  -u, --updateSnapshot           writes new snapshots
  --help                         this text

Tests that need what the machine does not have are skipped. With MOVIE_LOAD_REQUIRE=docker,browser,aws,python they fail
for each of these that is missing. Exit codes: 0 all passed, 1 one failed (or none ran), 2 wrong usage, 130 interrupted.
`;

/** The first lane: files that start processes or keep every processor busy. */
const PROCESS_TESTS = /^tests\/(end-to-end|chaos)\/|\.alone\.test\.ts$/;
/** The second lane: folders of files that need containers or a browser. */
const CONTAINER_AND_BROWSER_FOLDERS = ['tests/docker/', 'tests/browser/'];
/** The most files that run at the same time, in all lanes. */
const MAX_CONCURRENT_FILES = 3;
/** The most workers of Jest in the third lane. */
const MAX_WORKERS = 2;
/**
 * The third lane starts a new Jest after this number of files, because a running one cannot get another worker when a
 * lane has ended.
 */
const BATCH_FILES = 40;
const FILE_LIMIT_MS = 60_000 * Number(process.env.MOVIE_LOAD_TEST_FILE_MINUTES ?? 60);
/** If nothing was printed for this time, the running files are. */
const MAX_SILENCE_MS = 30_000;

const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const patterns = firstOption === -1 ? args : args.slice(0, firstOption);
const jestOptions = firstOption === -1 ? [] : args.slice(firstOption);
readArgumentsOrExit({
  help: HELP,
  args: jestOptions,
  options: {
    // Each under both names: if the user forgets `--`, npm keeps either, and `readArgumentsOrExit` then refuses to run.
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

/** Runs files in one Jest and prints their results. */
async function runPhase(title: string, files: readonly string[], options: readonly string[]): Promise<void> {
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
      if (Date.now() - lastLineAt < MAX_SILENCE_MS) return;
      for (const [file, since] of running)
        print(`…  ${((Date.now() - since) / 1000).toFixed(0).padStart(6)} s  ${file}`);
    },
  });
  print(`${((Date.now() - phaseStartedAt) / 1000).toFixed(0)} s`);
}

const files = listTests(root, patterns);
if (files.length === 0) print(`No test file matches ${patterns.join(', ')}.`);
const isProcessTest = (file: string) => PROCESS_TESTS.test(file);
const isIn = (folder: string) => (file: string) => file.startsWith(folder);
/** How many of the first two lanes are running. */
let runningSerialLanes = 0;

/** Runs phases, by title, one after the other, and their files one at a time. */
async function runSerialLane(phases: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const nonEmpty = Object.entries(phases).filter(([, phaseFiles]) => phaseFiles.length > 0);
  if (nonEmpty.length === 0) return;
  runningSerialLanes += 1;
  for (const [title, phaseFiles] of nonEmpty) await runPhase(title, phaseFiles, ['--runInBand']);
  runningSerialLanes -= 1;
}

/** Runs all other files with as many workers as the first two lanes leave. */
async function runOtherFiles(): Promise<void> {
  const remaining = files.filter(
    (file) => !isProcessTest(file) && !CONTAINER_AND_BROWSER_FOLDERS.some((folder) => isIn(folder)(file)),
  );
  while (remaining.length > 0 && !interrupt.signal.aborted) {
    const workers = Math.min(MAX_WORKERS, MAX_CONCURRENT_FILES - runningSerialLanes);
    await runPhase('Concurrently', remaining.splice(0, BATCH_FILES), [`--maxWorkers=${workers}`]);
  }
}

await Promise.all([
  runSerialLane({ 'One after the other': files.filter(isProcessTest) }),
  runSerialLane(
    Object.fromEntries(
      CONTAINER_AND_BROWSER_FOLDERS.map((folder) => [`One after the other, ${folder}`, files.filter(isIn(folder))]),
    ),
  ),
  runOtherFiles(),
]);

const totals = addUp(results);
print(`\n${((Date.now() - startedAt) / 1000).toFixed(0)} s in all${interrupt.signal.aborted ? ', interrupted' : ''}`);
for (const line of closingLines(totals)) print(line);
process.exitCode = interrupt.signal.aborted ? 130 : totals.failed > 0 || totals.passed === 0 ? 1 : 0;
