// A worker: a warm process that runs test files repeatedly, each time with another mistake in the sources.
import fc from 'fast-check';
import '../../jest.setup.mjs';
import { startRecorder } from './coverage.ts';
import type {
  Answer,
  Coverage,
  MeasuredFile,
  MeasuredTest,
  MeasureTask,
  Outcome,
  PlannedFile,
  SimulateTask,
  Task,
  TryTask,
} from './protocol.ts';
import { installReload, load, reload } from './reload.ts';
import { runTestFile, type TestRun } from './run-file.ts';

/** Time limit for a test while it is measured, without a mistake. */
const MEASURE_TEST_LIMIT_MS = 60_000;
/** Time limit for loading a file and its shared hooks on a busy machine. */
const LOAD_MS = 8000;
/** Time limit for a seed, which normally takes 30 ms. */
const SEED_MS = 15_000;
const SIMULATION = 'packages/simulation/src/run/run-seed.ts';

const send = (message: Answer): void => {
  process.send?.(message);
};

/** An error outside of any test while the mistake was active. */
let uncaught: unknown;
process.on('uncaughtException', (error) => {
  uncaught ??= error;
});
process.on('unhandledRejection', (error) => {
  uncaught ??= error;
});

const textOf = (error: unknown): string =>
  (Error.isError(error) ? error.message : String(error)).split('\n').slice(0, 6).join('\n');

async function measure({ file, sources }: MeasureTask): Promise<MeasuredFile> {
  const recorder = await startRecorder(new Set(sources));
  reload({ files: new Set(sources) });
  const tests: MeasuredTest[] = [];
  const sharedCoverage: Record<string, readonly number[]>[] = [];
  const loadStartedAt = performance.now();
  let sharedMs: number | undefined;
  let startedAt = 0;
  let cpu = process.cpuUsage();
  let problem: string | undefined;
  try {
    await runTestFile(file, MEASURE_TEST_LIMIT_MS, {
      shouldRun: () => true,
      async started() {
        sharedCoverage.push(await recorder.take());
        startedAt = performance.now();
        sharedMs ??= Math.round(startedAt - loadStartedAt);
        cpu = process.cpuUsage();
      },
      async ended({ name, errors }) {
        const { user, system } = process.cpuUsage(cpu);
        const times = { cpuMs: Math.round((user + system) / 1000), wallMs: Math.round(performance.now() - startedAt) };
        tests.push({ name, ...times, passed: errors.length === 0, coverage: await recorder.take() });
      },
    });
  } catch (error) {
    problem = textOf(error);
  }
  recorder.stop();
  return { file, shared: mergeCoverage(sharedCoverage), sharedMs, tests, problem };
}

/** The union of the coverages; overlaps do no harm. */
function mergeCoverage(parts: readonly Coverage[]): Coverage {
  const merged: Record<string, Set<string>> = {};
  for (const part of parts) {
    for (const [file, intervals] of Object.entries(part)) {
      merged[file] ??= new Set();
      for (let index = 0; index < intervals.length; index += 2)
        merged[file].add(`${intervals[index]} ${intervals[index + 1]}`);
    }
  }
  return Object.fromEntries(
    Object.entries(merged).map(([file, pairs]) => [file, [...pairs].flatMap((pair) => pair.split(' ').map(Number))]),
  );
}

async function tryTests({ changed, reloaded, plan }: TryTask): Promise<Outcome> {
  reload({ files: new Set(reloaded), changed });
  for (const planned of plan) {
    const outcome = await tryFile(planned);
    if (outcome !== undefined) return outcome;
  }
  return { status: 'unnoticed' };
}

async function tryFile({ file, tests, limitMs }: PlannedFile): Promise<Outcome | undefined> {
  const selectedTests = tests && new Set(tests);
  const step = () => send({ kind: 'step', limitMs: LOAD_MS + limitMs });
  step();
  let failure: TestRun | undefined;
  uncaught = undefined;
  try {
    await runTestFile(file, limitMs, {
      // The first failure is enough.
      shouldRun: ({ name }) => failure === undefined && uncaught === undefined && selectedTests?.has(name) !== false,
      async started() {
        step();
      },
      ended(test) {
        if (test.errors.length > 0) failure ??= test;
      },
    });
  } catch (error) {
    if (Error.isError(error) && error.name === 'SyntaxError')
      return { status: 'invalid', noticedBy: file, detail: textOf(error) };
    return { status: 'failed', noticedBy: file, test: 'the file is loaded', detail: textOf(error) };
  }
  if (failure !== undefined) {
    const detail = textOf(failure.errors[0]);
    return { status: /Exceeded timeout/.test(detail) ? 'hung' : 'failed', noticedBy: file, test: failure.name, detail };
  }
  if (uncaught === undefined) return undefined;
  return { status: 'failed', noticedBy: file, test: 'no error is left uncaught', detail: textOf(uncaught) };
}

interface Simulation {
  runSeed(options: { seed: number }): Promise<{ readonly violation?: { readonly invariant: string } | undefined }>;
}

async function simulate({ changed, reloaded, seeds }: SimulateTask): Promise<Outcome> {
  reload({ files: new Set(reloaded), changed });
  const noticedBy = 'simulation';
  let seed = 0;
  try {
    const { runSeed } = (await load(SIMULATION)) as Simulation;
    for (seed = 1; seed <= seeds; seed += 1) {
      send({ kind: 'step', limitMs: SEED_MS });
      const { violation } = await runSeed({ seed });
      if (violation !== undefined) return { status: 'failed', noticedBy, test: `seed ${seed}: ${violation.invariant}` };
    }
  } catch (error) {
    return { status: 'failed', noticedBy, test: `seed ${seed}`, detail: textOf(error) };
  }
  return { status: 'unnoticed' };
}

async function perform(task: Task): Promise<void> {
  if (task.kind === 'measure') send({ kind: 'measured', measured: await measure(task) });
  else send({ kind: 'tried', outcome: task.kind === 'try' ? await tryTests(task) : await simulate(task) });
}

installReload();
// The first counterexample is enough, because it is not shown.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
process.on('message', (task: Task) => void perform(task));
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
