// Tries every mutant of some files against the tests that cover it, then against the simulation.
import type { ImportGraph } from './imports.ts';
import { digest, type Mutant, mutantsOf, mutate } from './mutants.ts';
import { packageOf, planFor } from './plan.ts';
import type { MeasuredFile, Outcome, PlannedFile, TryTask } from './protocol.ts';
import { isTest } from './reload.ts';
import type { Store } from './store.ts';
import type { WorkerProcess } from './worker-process.ts';

const MEASURE_LIMIT_MS = 600_000;
const FIRST_STEP_LIMIT_MS = 30_000;
const SIMULATION = 'packages/simulation/src/run/run-seed.ts';

export interface TriedMutant {
  readonly mutant: Mutant;
  readonly outcome: Outcome;
  /** Number of tests that run the changed place; with 0 no test can notice the mutant. */
  readonly coveringTests: number;
}

/** A result, and a hash of the tests on which it depends. */
export interface StoredOutcome {
  readonly outcome: Outcome;
  readonly coveringTests: number;
  readonly tests: string;
}

export interface StoredMeasurement {
  readonly measured: MeasuredFile;
  /** A hash of each source that the test file imports. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface MutationRun {
  readonly graph: ImportGraph;
  readonly worker: WorkerProcess;
  readonly measurements: Store<StoredMeasurement>;
  readonly outcomes: Store<StoredOutcome>;
  /** All sources whose coverage is recorded. */
  readonly sources: readonly string[];
  /** Seeds of the simulation for mistakes that no test noticed. */
  readonly seeds: number;
  /** CPU time of the tests per mistake. */
  readonly budgetMs: number;
  /** Chooses the mistakes to try. Default: all. */
  readonly isChosen?: ((mutant: Mutant) => boolean) | undefined;
  readonly signal: AbortSignal;
  onMeasuring(file: string): void;
  /** Called when a test file fails although no source is changed. */
  onBaselineFailure(file: string, outcome: Outcome): void;
  onTried(tried: TriedMutant): void;
}

/** Tries all mutants of a file. Ends early when the signal is aborted. */
export async function tryMutantsOf(file: string, run: MutationRun): Promise<TriedMutant[]> {
  const text = run.graph.textOf(file);
  const testFiles = [...run.graph.dependentsOf(file)].filter((test) => isSelected(test, file)).sort();
  const measured = await measureAll(testFiles, file, run);
  const baseline = createBaselineCheck(file, run);
  const tests = digest([testDigestsOf(testFiles, run.graph), run.seeds, run.budgetMs]);
  const tried: TriedMutant[] = [];
  for (const mutant of mutantsOf(file, text)) {
    if (run.signal.aborted) break;
    if (run.isChosen?.(mutant) === false) continue;
    const result = await tryOne(mutant, text, { measured, baseline, tests, run });
    if (result === undefined) continue;
    tried.push(result);
    run.onTried(result);
  }
  return tried;
}

/** These tests start processes, which run the unchanged sources. */
const STARTS_PROCESSES = /\/process\.test\.ts$|\.alone\.test\.ts$/;

/** By package: a test file outside of it that may notice its mutants. */
const TEST_OUTSIDE_OF: Readonly<Record<string, string>> = { 'packages/local-aws': 'tests/contract/simulation.test.ts' };

/** Selects the tests of the source's package, because its developers run those. */
const isSelected = (test: string, source: string): boolean =>
  test.endsWith('.test.ts') &&
  !STARTS_PROCESSES.test(test) &&
  (packageOf(test) === packageOf(source) || test === TEST_OUTSIDE_OF[packageOf(source)]);

async function measureAll(files: readonly string[], source: string, run: MutationRun): Promise<MeasuredFile[]> {
  const measuredFiles: MeasuredFile[] = [];
  const sourceDigest = digest(run.graph.textOf(source));
  for (const file of files) {
    if (run.signal.aborted) break;
    const key = digest([file, testDigestsOf([file], run.graph)]);
    const stored = run.measurements.get(key);
    // Offsets in another version of the source are useless; changes elsewhere hardly change which tests cover it.
    if (stored?.texts[source] === sourceDigest) measuredFiles.push(stored.measured);
    else {
      run.onMeasuring(file);
      const measured = await run.worker.run({ kind: 'measure', file, sources: run.sources }, MEASURE_LIMIT_MS);
      if (measured === undefined || !('tests' in measured)) continue;
      const closure = [...run.graph.closureOf(file)].filter((path) => run.sources.includes(path));
      const texts = Object.fromEntries(closure.map((path) => [path, digest(run.graph.textOf(path))]));
      run.measurements.set(key, { measured, texts });
      run.measurements.save();
      measuredFiles.push(measured);
    }
  }
  return measuredFiles;
}

interface BaselineCheck {
  /** True for a test file that fails although no source is changed: it would seem to notice every mutant. */
  excludes(measured: MeasuredFile): boolean;
  /** Runs a test file against the unchanged sources, once. False if it fails or does not end. */
  passesUnchanged(measured: MeasuredFile): Promise<boolean>;
}

/** Checks a test file only after it has noticed a mutant: most files never need the check. */
function createBaselineCheck(file: string, run: MutationRun): BaselineCheck {
  const text = run.graph.textOf(file);
  const checks = new Map<string, Promise<boolean>>();
  const failing = new Set<string>();
  async function check(measuredFile: MeasuredFile): Promise<boolean> {
    const key = digest(['unchanged', file, text, measuredFile.file, run.graph.textOf(measuredFile.file)]);
    const plan = planFor({ file, start: 0, end: text.length }, [measuredFile]);
    const task = {
      kind: 'try',
      changed: [{ file, text }],
      reloaded: [...run.graph.dependentsOf(file)],
      plan,
    } as const;
    const outcome = run.outcomes.get(key)?.outcome ?? (await run.worker.run(task, FIRST_STEP_LIMIT_MS).then(asOutcome));
    if (outcome !== undefined) run.outcomes.set(key, { outcome, coveringTests: 0, tests: '' });
    if (outcome?.status === 'unnoticed') return true;
    failing.add(measuredFile.file);
    if (outcome !== undefined) run.onBaselineFailure(measuredFile.file, outcome);
    return false;
  }
  return {
    excludes: (measuredFile) => failing.has(measuredFile.file),
    passesUnchanged(measuredFile) {
      const passes = checks.get(measuredFile.file) ?? check(measuredFile);
      checks.set(measuredFile.file, passes);
      return passes;
    },
  };
}

/** Hashes of the tests and of their support files: while these are the same, results stay valid. */
function testDigestsOf(files: readonly string[], graph: ImportGraph): string[] {
  const closure = new Set(files.flatMap((file) => [...graph.closureOf(file)]));
  return [...closure]
    .filter(isTest)
    .sort()
    .map((file) => digest(graph.textOf(file)));
}

interface TryContext {
  readonly measured: readonly MeasuredFile[];
  readonly baseline: BaselineCheck;
  readonly tests: string;
  readonly run: MutationRun;
}

async function tryOne(mutant: Mutant, text: string, context: TryContext): Promise<TriedMutant | undefined> {
  const { tests, run } = context;
  const stored = run.outcomes.get(mutant.key);
  // The result of a noticed mutant is kept; an unnoticed one is tried again when the tests have changed.
  if (stored !== undefined && (stored.outcome.status !== 'unnoticed' || stored.tests === tests))
    return { mutant, outcome: stored.outcome, coveringTests: stored.coveringTests };
  const changed = [{ file: mutant.file, text: mutate(text, mutant) }];
  const reloaded = [...run.graph.dependentsOf(mutant.file)];
  const { plan, outcome: noticed } = await tryTests(mutant, { changed, reloaded }, context);
  const coveringTests = plan.reduce((total, planned) => total + (planned.tests?.length ?? 0), 0);
  let outcome = noticed;
  if (outcome?.status === 'unnoticed' && run.seeds > 0 && reloaded.includes(SIMULATION))
    outcome = await run.worker
      .run({ kind: 'simulate', changed, reloaded, seeds: run.seeds }, FIRST_STEP_LIMIT_MS)
      .then(asOutcome);
  if (run.signal.aborted) return undefined;
  outcome ??= { status: 'hung', detail: 'the process hung or ended' };
  run.outcomes.set(mutant.key, { outcome, coveringTests, tests });
  return { mutant, outcome, coveringTests };
}

/** Runs the tests that cover the mistake, without those that always fail. */
async function tryTests(
  mutant: Mutant,
  task: Pick<TryTask, 'changed' | 'reloaded'>,
  { measured, baseline, run }: TryContext,
): Promise<{ readonly plan: readonly PlannedFile[]; readonly outcome: Outcome | undefined }> {
  for (;;) {
    const included = measured.filter((measuredFile) => !baseline.excludes(measuredFile));
    const plan = planFor(mutant, included, run.budgetMs);
    if (plan.length === 0 || run.signal.aborted) return { plan, outcome: { status: 'unnoticed' } };
    const outcome = await run.worker.run({ kind: 'try', ...task, plan }, FIRST_STEP_LIMIT_MS).then(asOutcome);
    if (outcome?.status === 'unnoticed') return { plan, outcome };
    // If the process ended, the file that ended it is unknown, so all are checked.
    const files = plan
      .map(({ file }) => file)
      .filter((file) => outcome?.noticedBy === undefined || outcome.noticedBy === file);
    let allPass = true;
    for (const measuredFile of included.filter(({ file }) => files.includes(file))) {
      allPass = (await baseline.passesUnchanged(measuredFile)) && allPass;
    }
    if (allPass) return { plan, outcome };
  }
}

const asOutcome = (answer: MeasuredFile | Outcome | undefined): Outcome | undefined =>
  answer !== undefined && 'status' in answer ? answer : undefined;
