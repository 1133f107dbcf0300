// Tries every mutant of some files against the tests that cover it, then against the simulation.
import type { ImportGraph } from './imports.ts';
import { digest, type Mutant, mutantsOf, mutate } from './mutants.ts';
import { packageOf, planFor } from './plan.ts';
import type { MeasuredFile, Outcome, PlannedFile, TryTask } from './protocol.ts';
import { isTest } from './reload.ts';
import type { Store } from './store.ts';
import type { WorkerProcess } from './worker-process.ts';

const MEASURE_MS = 600_000;
const LOAD_MS = 30_000;
const SIMULATION = 'packages/simulation/src/run/run-seed.ts';

export interface Tried {
  readonly mutant: Mutant;
  readonly outcome: Outcome;
  /** Tests that cover the place; without one, a mistake there cannot be noticed. */
  readonly testsAsked: number;
}

/** A result and the tests' texts, on which it depends. */
export interface StoredOutcome {
  readonly outcome: Outcome;
  readonly testsAsked: number;
  readonly tests: string;
}

export interface StoredMeasurement {
  readonly measured: MeasuredFile;
  /** A hash of each source that the test file imports. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface Hunt {
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
  /** A test file fails without a mistake. */
  onUnsteady(file: string, outcome: Outcome): void;
  onTried(tried: Tried): void;
}

/** Tries all mutants of a file. Ends early when the signal is aborted. */
export async function huntIn(file: string, hunt: Hunt): Promise<Tried[]> {
  const text = hunt.graph.textOf(file);
  const testFiles = [...hunt.graph.dependentsOf(file)].filter((test) => isAsked(test, file)).sort();
  const measured = await measureAll(testFiles, file, hunt);
  const steadiness = createSteadiness(file, hunt);
  const tests = digest([testSidesOf(testFiles, hunt.graph), hunt.seeds, hunt.budgetMs]);
  const tried: Tried[] = [];
  for (const mutant of mutantsOf(file, text)) {
    if (hunt.signal.aborted) break;
    if (hunt.isChosen?.(mutant) === false) continue;
    const one = await tryOne(mutant, text, { measured, steadiness, tests, hunt });
    if (one === undefined) continue;
    tried.push(one);
    hunt.onTried(one);
  }
  return tried;
}

/** These tests start processes, which run the unchanged sources. */
const SLOW = /\/process\.test\.ts$|\.alone\.test\.ts$/;

/** Folders of tests outside of the package that may notice a mistake. */
const ALSO_ASKED: Readonly<Record<string, string>> = { 'packages/local-aws': 'tests/contract/simulation.test.ts' };

/** A package's own tests are responsible for it: its developers run those. */
const isAsked = (test: string, source: string): boolean =>
  test.endsWith('.test.ts') &&
  !SLOW.test(test) &&
  (packageOf(test) === packageOf(source) || test === ALSO_ASKED[packageOf(source)]);

async function measureAll(files: readonly string[], source: string, hunt: Hunt): Promise<MeasuredFile[]> {
  const all: MeasuredFile[] = [];
  const sourceText = digest(hunt.graph.textOf(source));
  for (const file of files) {
    if (hunt.signal.aborted) break;
    const key = digest([file, testSidesOf([file], hunt.graph)]);
    const known = hunt.measurements.get(key);
    // Offsets in another version of the source are useless; changes elsewhere hardly change which tests cover it.
    if (known?.texts[source] === sourceText) all.push(known.measured);
    else {
      hunt.onMeasuring(file);
      const measured = await hunt.worker.run({ kind: 'measure', file, sources: hunt.sources }, MEASURE_MS);
      if (measured === undefined || !('tests' in measured)) continue;
      const closure = [...hunt.graph.closureOf(file)].filter((one) => hunt.sources.includes(one));
      const texts = Object.fromEntries(closure.map((one) => [one, digest(hunt.graph.textOf(one))]));
      hunt.measurements.set(key, { measured, texts });
      hunt.measurements.save();
      all.push(measured);
    }
  }
  return all;
}

interface Steadiness {
  /** Test files that fail without a mistake are left out: they would notice everything. */
  leavesOut(measured: MeasuredFile): boolean;
  /** Runs a test file without a mistake, once. False when it fails, or does not end. */
  isSteady(measured: MeasuredFile): Promise<boolean>;
}

/** Checks a test file without a mistake only when it notices one: most files never need that. */
function createSteadiness(file: string, hunt: Hunt): Steadiness {
  const text = hunt.graph.textOf(file);
  const known = new Map<string, Promise<boolean>>();
  const unsteady = new Set<string>();
  async function check(one: MeasuredFile): Promise<boolean> {
    const key = digest(['steady', file, text, one.file, hunt.graph.textOf(one.file)]);
    const plan = planFor({ file, start: 0, end: text.length }, [one]);
    const task = {
      kind: 'try',
      changed: [{ file, text }],
      reloaded: [...hunt.graph.dependentsOf(file)],
      plan,
    } as const;
    const outcome = hunt.outcomes.get(key)?.outcome ?? (await hunt.worker.run(task, LOAD_MS).then(asOutcome));
    if (outcome !== undefined) hunt.outcomes.set(key, { outcome, testsAsked: 0, tests: '' });
    if (outcome?.status === 'unnoticed') return true;
    unsteady.add(one.file);
    if (outcome !== undefined) hunt.onUnsteady(one.file, outcome);
    return false;
  }
  return {
    leavesOut: (one) => unsteady.has(one.file),
    isSteady(one) {
      const steady = known.get(one.file) ?? check(one);
      known.set(one.file, steady);
      return steady;
    },
  };
}

/** The texts of the tests and of their support files: a mistake stays noticed while they do not change. */
function testSidesOf(files: readonly string[], graph: ImportGraph): string[] {
  const closure = new Set(files.flatMap((file) => [...graph.closureOf(file)]));
  return [...closure]
    .filter(isTest)
    .sort()
    .map((file) => digest(graph.textOf(file)));
}

interface Circumstances {
  readonly measured: readonly MeasuredFile[];
  readonly steadiness: Steadiness;
  readonly tests: string;
  readonly hunt: Hunt;
}

async function tryOne(mutant: Mutant, text: string, circumstances: Circumstances): Promise<Tried | undefined> {
  const { tests, hunt } = circumstances;
  const known = hunt.outcomes.get(mutant.key);
  // A noticed mistake stays noticed; an unnoticed one is tried again when the tests have changed.
  if (known !== undefined && (known.outcome.status !== 'unnoticed' || known.tests === tests))
    return { mutant, outcome: known.outcome, testsAsked: known.testsAsked };
  const changed = [{ file: mutant.file, text: mutate(text, mutant) }];
  const reloaded = [...hunt.graph.dependentsOf(mutant.file)];
  const { plan, outcome: noticed } = await tryTests(mutant, { changed, reloaded }, circumstances);
  const testsAsked = plan.reduce((total, planned) => total + (planned.tests?.length ?? 0), 0);
  let outcome = noticed;
  if (outcome?.status === 'unnoticed' && hunt.seeds > 0 && reloaded.includes(SIMULATION))
    outcome = await hunt.worker
      .run({ kind: 'simulate', changed, reloaded, seeds: hunt.seeds }, LOAD_MS)
      .then(asOutcome);
  if (hunt.signal.aborted) return undefined;
  outcome ??= { status: 'hung', detail: 'the process hung or ended' };
  hunt.outcomes.set(mutant.key, { outcome, testsAsked, tests });
  return { mutant, outcome, testsAsked };
}

/** Runs the tests that cover the mistake, without those that always fail. */
async function tryTests(
  mutant: Mutant,
  task: Pick<TryTask, 'changed' | 'reloaded'>,
  { measured, steadiness, hunt }: Circumstances,
): Promise<{ readonly plan: readonly PlannedFile[]; readonly outcome: Outcome | undefined }> {
  for (;;) {
    const asked = measured.filter((one) => !steadiness.leavesOut(one));
    const plan = planFor(mutant, asked, hunt.budgetMs);
    if (plan.length === 0 || hunt.signal.aborted) return { plan, outcome: { status: 'unnoticed' } };
    const outcome = await hunt.worker.run({ kind: 'try', ...task, plan }, LOAD_MS).then(asOutcome);
    if (outcome?.status === 'unnoticed') return { plan, outcome };
    // It is unknown which file ended the process, so that all are checked.
    const files = plan.map(({ file }) => file).filter((file) => outcome?.by === undefined || outcome.by === file);
    let areSteady = true;
    for (const one of asked.filter(({ file }) => files.includes(file))) {
      areSteady = (await steadiness.isSteady(one)) && areSteady;
    }
    if (areSteady) return { plan, outcome };
  }
}

const asOutcome = (answer: MeasuredFile | Outcome | undefined): Outcome | undefined =>
  answer !== undefined && 'status' in answer ? answer : undefined;
