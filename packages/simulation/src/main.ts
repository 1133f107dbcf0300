// `npm run sim`: runs many seeds, one seed with a trace, the sabotages, or the model of whole jobs (`--scale`).
import { UsageError } from '@movie-load/schema';
import { exitWithUsageError, readArguments } from '@movie-load/service/arguments';
import { explainFailure } from './cli/explain.ts';
import { EVERY_EVENT_ENDS, runTasks, type Task } from './cli/pool.ts';
import { listSabotages, requireSabotages, runSabotages } from './cli/sabotages.ts';
import { createSummary, type Summary } from './cli/summary.ts';
import { HARMLESS_CHANGES } from './sabotage/harmless.ts';
import { SABOTAGES } from './sabotage/list.ts';

const HELP = `Runs the production code in one process on simulated SQS, DynamoDB and S3 in virtual time. Calls, processes
and services fail as the seed decides, and invariants are checked after every effect. See docs/simulation.md.

  npm run sim                        1,000 seeds
  npm run sim -- --seeds 100000      a night of them
  npm run sim -- --seed 42           one seed again; if it fails, the shortest schedule that still fails, and a trace
  npm run sim -- --seed 42 --trace   … and its whole trace, also when it does not fail
  npm run sim -- --sabotage          breaks the protocol in ${SABOTAGES.length} ways, which must be noticed, and
                                     changes it in ${HARMLESS_CHANGES.length} harmless ways, which must not be noticed
  npm run sim -- --sabotage --quick  the same, beginning with seeds that have noticed them before
  npm run sim -- --sabotage --list   lists them, with a sentence each
  npm run sim -- --sabotage --name "…"   just this one; --name may come several times
  npm run sim -- --sabotage --seed 4 --name "…"   one seed with one sabotage
  npm run sim -- --scale             whole jobs in virtual time with latencies, quotas and measured CPU time: 1 to 256
                                     consumers and what limits them, and a million movies disturbed (under 10 minutes)

  --seeds N    how many seeds (default 1000)
  --from N     the first seed (default 1)
  --name "…"   with --sabotage: only the sabotage of this name
  --movies N   with --seed: one job of this size, instead of the seed's jobs
  --calm       with --seed: none of the seed's faults
  --place "…"  with --seed: adds this fault to the seed's own, e.g. "consumer-1.1|dynamodb:UpdateItem|3 lost_answer";
               --place may come several times
  --json       one line of JSON on standard output, nothing else there
  --help       this text

Exit codes: 0 all is well; 1 an invariant was broken, a sabotage was not noticed, a harmless change was, or --scale
found a prediction or a disturbed job out of its bounds; 2 wrong usage.
`;

function readOptions() {
  const values = readArguments({
    help: HELP,
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      name: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      sabotage: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      movies: { type: 'string' },
      place: { type: 'string', multiple: true, default: [] },
      calm: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const runsManySeeds = values.seed === undefined && !values.sabotage && !values.scale;
  if (!runsManySeeds && (values.seeds ?? values.from) !== undefined)
    throw new UsageError('--seeds and --from cannot be combined with --seed, --sabotage or --scale.');
  if (values.trace && values.seed === undefined) throw new UsageError('--trace needs --seed.');
  return {
    ...values,
    seed: values.seed === undefined ? undefined : parseWholeNumber('seed', values.seed, 0),
    movies: values.movies === undefined ? undefined : parseWholeNumber('movies', values.movies, 1),
    seeds: parseWholeNumber('seeds', values.seeds ?? '1000', 1),
    from: parseWholeNumber('from', values.from ?? '1', 0),
  };
}

function parseWholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= min) return value;
  throw new UsageError(`--${name} is a whole number from ${min} on, not "${text}".`);
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const printProgress = (line: string) => process.stderr.write(`${line}\n`);

/** Imports the protocol only where this thread runs it, because that takes a second: workers import their own. */
async function main(): Promise<number> {
  const options = readOptions();
  const { json, seed, name: names, sabotage } = options;
  if (!sabotage && (options.list || options.quick || names.length > 0))
    throw new UsageError('--list, --quick and --name need --sabotage.');
  if (options.scale) {
    if (sabotage || seed !== undefined) throw new UsageError('--scale can be combined only with --json.');
    const { runScale } = await import('./scale/command.ts');
    return runScale({ json, print, printProgress });
  }
  if (options.list) return listSabotages(names, { json, print });
  const { movies, place, calm, quick } = options;
  if (seed !== undefined) {
    const { runOneSeed } = await import('./cli/one-seed.ts');
    return runOneSeed({ ...options, seed, sabotage: sabotage ? requireOneName(names) : undefined, print });
  }
  if (movies !== undefined || place.length > 0 || calm)
    throw new UsageError('--movies, --calm and --place need --seed.');
  return sabotage ? runSabotages(names, { json, quick, print, printProgress }) : runManySeeds(options);
}

function requireOneName(names: readonly string[]): string {
  const [name, ...more] = requireSabotages(names);
  if (name !== undefined && more.length === 0) return name;
  throw new UsageError('--sabotage with --seed needs exactly one --name. --sabotage --list lists the names.');
}

async function runManySeeds({ seeds, from, json }: { seeds: number; from: number; json: boolean }): Promise<number> {
  const summary = createSummary();
  const tasks = Iterator.from(range(from, seeds)).map((seed): Task => ({ kind: 'seed', seed }));
  const progress = throttle(() => printProgress(`${summary.seeds} of ${seeds} seeds, ${summary.failed} failed`));
  await runTasks(tasks, (taskResult) => {
    if (taskResult.kind === 'counts') summary.addCounts(taskResult.counts);
    if (taskResult.kind !== 'seed') return;
    summary.add(taskResult.result);
    if (taskResult.result.violation !== undefined)
      printProgress(`seed ${taskResult.result.seed} fails: ${taskResult.result.violation.invariant}`);
    progress();
  });
  const result = summary.result();
  if (json) print(JSON.stringify(result));
  else for (const line of summaryLines(result)) print(line);
  const [first] = result.failures;
  if (first?.invariant === EVERY_EVENT_ENDS) {
    printProgress(`This seed hangs. To print its trace up to that point: npm run sim -- --seed ${first.seed} --trace`);
  } else if (first !== undefined) {
    const { runSeed } = await import('./run/run-seed.ts');
    const failed = await runSeed({ seed: first.seed });
    for (const line of await explainFailure(failed, runSeed)) (json ? printProgress : print)(line);
    (json ? printProgress : print)(`To run it again: npm run sim -- --seed ${first.seed}`);
  }
  return result.failed === 0 ? 0 : 1;
}

function summaryLines(result: Summary): string[] {
  const table = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`);
  return [
    `${result.seeds} seeds, ${result.failed} failed, ${result.seconds} s (${result.virtual_days} virtual days, ${result.steps} steps)`,
    `${result.crashes} crashes, ${result.redeliveries} redeliveries, ${result.lost_answers} lost answers`,
    'Faults:',
    ...table(result.faults),
    'Branches of the protocol:',
    ...table(result.branches),
    'Blocks of the retry code that ran least often:',
    ...rarestBlocks(result.retries).map(
      ({ times, where, code }) => `  ${String(times).padStart(8)}  ${where}  ${code}`,
    ),
  ];
}

const RAREST_COUNT = 20;
const rarestBlocks = (blocks: Summary['retries']) =>
  blocks.toSorted((a, b) => a.times - b.times).slice(0, RAREST_COUNT);

function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed;
}

const PROGRESS_MS = 2000;

function throttle(printNow: () => void): () => void {
  let nextPrintAt = performance.now() + PROGRESS_MS;
  return () => {
    if (performance.now() < nextPrintAt) return;
    nextPrintAt = performance.now() + PROGRESS_MS;
    printNow();
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  exitWithUsageError(error);
}
