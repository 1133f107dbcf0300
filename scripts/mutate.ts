// `npm run mutate`: mutation tests. Puts small mistakes into the sources, one at a time, and checks whether a test
// fails.
import { spawnSync } from 'node:child_process';
import { UsageError } from '../packages/schema/src/errors.ts';
import { exitWithUsageError, readArguments } from '../packages/service/src/arguments.ts';
import { describeEdit, readEquivalents } from './mutate/equivalent.ts';
import { readImports } from './mutate/imports.ts';
import { BUDGET_MS } from './mutate/plan.ts';
import { ROOT } from './mutate/reload.ts';
import { reportLines, reportOf } from './mutate/report.ts';
import { openStore } from './mutate/store.ts';
import {
  type MutationRun,
  type StoredMeasurement,
  type StoredOutcome,
  type TriedMutant,
  tryMutantsOf,
} from './mutate/try-mutants.ts';
import { keysNoticedByTypes } from './mutate/types.ts';
import { createWorker } from './mutate/worker-process.ts';
import { trackedFiles } from './test/tracked-files.ts';

const DEFAULT_PACKAGES = ['packages/schema', 'packages/queue', 'services/consumer', 'packages/aws', 'packages/jobs'];

const HELP = `Puts small mistakes into the sources, one at a time, and checks whether a fast test fails. A mistake that
nothing notices is a test to write, or is marked in scripts/mutate/equivalent.json with the reason why it makes no
difference. The files themselves stay unchanged. See docs/testing.md.

  npm run mutate                                ${DEFAULT_PACKAGES.join(', ')}
  npm run mutate -- --package packages/queue    one of these packages, or any other package or service
  npm run mutate -- --file packages/queue/src/send.ts
  npm run mutate -- --changed                   the files that differ from the last commit

  --sample P  tries only P percent of the mistakes, the same ones each time
  --budget N  milliseconds of CPU time for the tests of one mistake (default ${BUDGET_MS}); with less, only faster tests run
  --seeds N   number of simulation seeds for mistakes that no test noticed (default 40; 0 runs no simulation)
  --fresh     ignores the results of earlier runs, which are in .tmp/mutate
  --json      one line of JSON on standard output, nothing else there
  --help      this text

Exit codes: 0 every mistake is noticed or marked, 1 one is not, or a mark is stale, 2 wrong usage, 130 interrupted.
`;

const PROGRESS_EVERY_MS = 10_000;
const SAVE_EVERY_MUTANTS = 50;

function readOptions() {
  const values = readArguments({
    help: HELP,
    options: {
      package: { type: 'string', multiple: true },
      file: { type: 'string', multiple: true },
      changed: { type: 'boolean', default: false },
      sample: { type: 'string', default: '100' },
      budget: { type: 'string', default: String(BUDGET_MS) },
      seeds: { type: 'string', default: '40' },
      fresh: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if (!/^\d{1,6}$/.test(values.seeds)) throw new UsageError(`--seeds is a whole number, not "${values.seeds}".`);
  if (!/^(?:100|[1-9]\d?)$/.test(values.sample))
    throw new UsageError(`--sample is a whole number from 1 to 100, not "${values.sample}".`);
  if (!/^\d{1,6}$/.test(values.budget)) throw new UsageError(`--budget is a whole number, not "${values.budget}".`);
  return { ...values, budget: Number(values.budget), sample: Number(values.sample), seeds: Number(values.seeds) };
}

type Options = ReturnType<typeof readOptions>;

/** The source files that the options choose. */
function chosenFiles({ package: packages, file: files, changed }: Options, sources: readonly string[]): string[] {
  if (files !== undefined) {
    const unknown = files.find((file) => !sources.includes(file));
    if (unknown === undefined) return files;
    throw new UsageError(`${unknown} does not exist. Name it from the root: packages/queue/src/send.ts.`);
  }
  if (changed) return sources.filter((file) => changedFiles().has(file));
  return (packages ?? DEFAULT_PACKAGES).flatMap((name) => {
    const packageFiles = sources.filter((file) => file.startsWith(`${name.replace(/\/$/, '')}/src/`));
    if (packageFiles.length === 0)
      throw new UsageError(`There is no package ${name}. Name it from the root: packages/queue.`);
    return packageFiles;
  });
}

/** The files that differ from the last commit, new ones included. */
function changedFiles(): Set<string> {
  const { stdout } = spawnSync('git', ['diff', '--name-only', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  const untracked = spawnSync('git', ['ls-files', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  return new Set(`${stdout}\n${untracked.stdout}`.split('\n'));
}

/** A number from 0 to 99, always the same for a mistake's key, by which --sample chooses. */
const percentOf = (key: string): number => Buffer.from(key, 'base64url').readUInt32BE(0) % 100;

const log = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const options = readOptions();
  const allFiles = trackedFiles(ROOT, 'packages/*.ts', 'services/*.ts', 'tests/*.ts');
  const sources = allFiles.filter((file) => /^(packages|services)\/[^/]+\/src\//.test(file));
  const files = chosenFiles(options, sources);
  const graph = readImports(ROOT, allFiles);
  const interrupt = new AbortController();
  const worker = createWorker();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      interrupt.abort();
      worker.close();
    });
  const tried: TriedMutant[] = [];
  let lastProgressAt = Date.now();
  const countUnnoticed = () => tried.filter(({ outcome }) => outcome.status === 'unnoticed').length;
  const run: MutationRun = {
    graph,
    worker,
    measurements: openStore<StoredMeasurement>('measurements', options.fresh),
    outcomes: openStore<StoredOutcome>('results', options.fresh),
    sources,
    seeds: options.seeds,
    budgetMs: options.budget,
    isChosen: ({ key }) => percentOf(key) < options.sample,
    signal: interrupt.signal,
    onMeasuring: (file) => log(`running ${file} without a mistake …`),
    onBaselineFailure: (file, { test, detail }) =>
      log(`left out, fails without a mistake: ${file}: ${test}: ${detail}`),
    onTried(result) {
      tried.push(result);
      const { mutant, outcome } = result;
      const { file, line } = mutant;
      if (outcome.status === 'unnoticed') log(`unnoticed: ${file}:${line}: ${describeEdit(mutant)}`);
      if (tried.length % SAVE_EVERY_MUTANTS === 0) run.outcomes.save();
      if (Date.now() - lastProgressAt < PROGRESS_EVERY_MS) return;
      lastProgressAt = Date.now();
      log(`${file}:${line}: ${tried.length} mistakes tried, ${countUnnoticed()} unnoticed`);
    },
  };
  for (const file of files) await tryMutantsOf(file, run);
  worker.close();
  if (!interrupt.signal.aborted) checkTypes(tried, run);
  const fullReport = reportOf(tried, graph.textOf, readEquivalents());
  // With --sample a mark without its mistake is not stale: the mistake may not have been tried.
  const report = options.sample < 100 ? { ...fullReport, stale: [] } : fullReport;
  run.outcomes.save();
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else for (const line of reportLines(report)) process.stdout.write(`${line}\n`);
  if (interrupt.signal.aborted) return 130;
  return report.survivors.length > 0 || report.stale.length > 0 ? 1 : 0;
}

/** Runs the type checker on the mistakes that no test noticed, and records those that it notices in `tried`. */
function checkTypes(tried: TriedMutant[], { graph, outcomes }: MutationRun): void {
  const unnoticed = tried.filter(({ outcome }) => outcome.status === 'unnoticed');
  if (unnoticed.length > 0) log(`checking the types of ${unnoticed.length} mistakes …`);
  const noticedKeys = keysNoticedByTypes(
    unnoticed.map(({ mutant }) => mutant),
    graph.textOf,
  );
  for (const [index, result] of tried.entries()) {
    const { mutant } = result;
    if (!noticedKeys.has(mutant.key)) continue;
    const stored = outcomes.get(mutant.key);
    const outcome = { status: 'types', noticedBy: 'types' } as const;
    if (stored !== undefined) outcomes.set(mutant.key, { ...stored, outcome });
    tried[index] = { ...result, outcome };
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  exitWithUsageError(error);
}
