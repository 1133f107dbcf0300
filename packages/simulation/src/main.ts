// `npm run sim`: seeds by the thousand, one seed again with a trace, or the table of sabotages.
import { UsageError } from '@movie-load/schema';
import { exitWithUsageError, readArguments } from '@movie-load/service/arguments';
import { explainFailure } from './cli/explain.ts';
import { EVERY_EVENT_ENDS, runTasks, type Task } from './cli/pool.ts';
import { listSabotages, requireSabotages, runSabotages } from './cli/sabotages.ts';
import { createSummary, type Summary } from './cli/summary.ts';
import { HARMLESS } from './sabotage/harmless.ts';
import { SABOTAGES } from './sabotage/list.ts';

const HELP = `Runs the whole protocol in one process against SQS, DynamoDB and S3 in virtual time, and breaks everything that
may break. The code is the one that runs in production. See docs/simulation.md.

  npm run sim                        1,000 seeds
  npm run sim -- --seeds 100000      a night of them
  npm run sim -- --seed 42           one seed again; if it fails, the shortest schedule that still fails, and a trace
  npm run sim -- --seed 42 --trace   … and the trace of all that happens, also when it does not fail
  npm run sim -- --sabotage          breaks the protocol in ${SABOTAGES.length} ways, which must be noticed, and
                                     changes it in ${HARMLESS.length} harmless ways, which must not
  npm run sim -- --sabotage --quick  the same, beginning with seeds that have noticed them before
  npm run sim -- --sabotage --list   lists them, with a sentence each
  npm run sim -- --sabotage --name "…"   just this one; --name may come several times
  npm run sim -- --sabotage --seed 4 --name "…"   one seed with one sabotage
  npm run sim -- --scale             whole jobs in virtual time with latencies, quotas and measured CPU time: 1 to 256
                                     consumers and what limits them, and a million movies disturbed (under 10 minutes)

  --seeds N    how many seeds (default 1000)
  --from N     the first seed (default 1)
  --name "…"   with --sabotage: only the sabotage of this name
  --movies N   with --seed: one job of this size, instead of those that the seed has
  --calm       with --seed: none of the seed's faults
  --place "…"  with --seed: this fault strikes, whatever the dice say, e.g. "consumer-1.1|dynamodb:UpdateItem|3 lost_answer";
               --place may come several times
  --json       one line of JSON on standard output, nothing else there
  --help       this text

Exit codes: 0 all is well, 1 a promise was broken (or a sabotage not noticed, a prediction too far off), 2 wrong usage.
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
  const isMany = values.seed === undefined && !values.sabotage && !values.scale;
  if (!isMany && (values.seeds ?? values.from) !== undefined)
    throw new UsageError('--seeds and --from go without --seed, --sabotage and --scale.');
  if (values.trace && values.seed === undefined) throw new UsageError('--trace goes with --seed.');
  return {
    ...values,
    seed: values.seed === undefined ? undefined : whole('seed', values.seed, 0),
    movies: values.movies === undefined ? undefined : whole('movies', values.movies, 1),
    seeds: whole('seeds', values.seeds ?? '1000', 1),
    from: whole('from', values.from ?? '1', 0),
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new UsageError(`--${name} is a whole number from ${least} on, not "${text}".`);
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const printProgress = (line: string) => process.stderr.write(`${line}\n`);

/** The protocol is loaded only to run it, because that takes a second: not for the help, nor where workers run it. */
async function main(): Promise<number> {
  const options = readOptions();
  const { json, seed, name: names, sabotage } = options;
  if (!sabotage && (options.list || options.quick || names.length > 0))
    throw new UsageError('--list, --quick and --name go with --sabotage.');
  if (options.scale) {
    if (sabotage || seed !== undefined) throw new UsageError('--scale goes with --json alone.');
    const { scale } = await import('./scale/command.ts');
    return scale({ json, print, printProgress });
  }
  if (options.list) return listSabotages(names, { json, print });
  const { movies, place, calm, quick } = options;
  if (seed !== undefined) {
    const { runOneSeed } = await import('./cli/one-seed.ts');
    return runOneSeed({ ...options, seed, sabotage: sabotage ? oneOf(names) : undefined, print });
  }
  if (movies !== undefined || place.length > 0 || calm)
    throw new UsageError('--movies, --calm and --place go with --seed.');
  return sabotage ? runSabotages(names, { json, quick, print, printProgress }) : many(options);
}

function oneOf(names: readonly string[]): string {
  const [name, ...more] = requireSabotages(names);
  if (name !== undefined && more.length === 0) return name;
  throw new UsageError('With --sabotage and --seed, --name says which one sabotage: --sabotage --list lists them.');
}

async function many({ seeds, from, json }: { seeds: number; from: number; json: boolean }): Promise<number> {
  const summary = createSummary();
  const tasks = Iterator.from(range(from, seeds)).map((seed): Task => ({ kind: 'seed', seed }));
  const progress = everySoOften(() => printProgress(`${summary.seeds} of ${seeds} seeds, ${summary.failed} failed`));
  await runTasks(tasks, (done) => {
    if (done.kind === 'counts') summary.counted(done.counts);
    if (done.kind !== 'seed') return;
    summary.add(done.result);
    if (done.result.violation !== undefined)
      printProgress(`seed ${done.result.seed} fails: ${done.result.violation.invariant}`);
    progress();
  });
  const result = summary.result();
  if (json) print(JSON.stringify(result));
  else for (const line of words(result)) print(line);
  const [first] = result.failures;
  if (first?.invariant === EVERY_EVENT_ENDS) {
    printProgress(`It would hang again. Its trace ends where it does: npm run sim -- --seed ${first.seed} --trace`);
  } else if (first !== undefined) {
    const { runSeed } = await import('./run/run-seed.ts');
    const failed = await runSeed({ seed: first.seed });
    for (const line of await explainFailure(failed, runSeed)) (json ? printProgress : print)(line);
    (json ? printProgress : print)(`Again: npm run sim -- --seed ${first.seed}`);
  }
  return result.failed === 0 ? 0 : 1;
}

function words(result: Summary): string[] {
  const table = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`);
  return [
    `${result.seeds} seeds, ${result.failed} failed, ${result.seconds} s (${result.virtual_days} virtual days, ${result.steps} steps)`,
    `${result.crashes} crashes, ${result.redeliveries} redeliveries, ${result.lost_answers} lost answers`,
    'Faults:',
    ...table(result.faults),
    'Branches of the protocol:',
    ...table(result.branches),
    'Blocks of the code that tries again, where they ran least:',
    ...rarest(result.retries).map(({ times, where, code }) => `  ${String(times).padStart(8)}  ${where}  ${code}`),
  ];
}

const RAREST = 20;
const rarest = (blocks: Summary['retries']) => blocks.toSorted((a, b) => a.times - b.times).slice(0, RAREST);

function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed;
}

const PROGRESS_MS = 2000;

function everySoOften(printNow: () => void): () => void {
  let next = performance.now() + PROGRESS_MS;
  return () => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MS;
    printNow();
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  exitWithUsageError(error);
}
