// Records a run of a seed or a sabotage for the page that plays it, with or without its own faults, and with placed
// ones.
import { UsageError } from '@movie-load/schema';
import { parseFaultId } from '../engine/faults.ts';
import { INVARIANTS } from '../oracle/invariants.ts';
import { runSeed, type SeedResult } from '../run/run-seed.ts';
import { shrink } from '../run/shrink.ts';
import { loadSabotagedRunSeed } from '../sabotage/catch.ts';
import { MAX_SEEDS } from '../sabotage/sabotage.ts';
import { RunRecorder } from './recorder.ts';
import type { PlayRequest, Recording, ShortestSchedule } from './recording.ts';

/** The time limit to find a seed that notices a sabotage: most are noticed in the first hundred seeds. */
const MAX_SEEK_MS = 12_000;
/** The time limit to find the shortest schedule: a run takes about 20 ms, with an outage of hours half a second. */
const MAX_SHRINK_MS = 12_000;

type Run = typeof runSeed;

/**
 * Runs a request, and returns the recording.
 *
 * @example const { events, verdict } = await play({ seed: 7, sabotage: null, movies: 6, faults: 'none', placed: [] });
 * @throws {UsageError} when there is no such sabotage or fault, or no seed notices the sabotage in time
 */
export async function play(request: PlayRequest): Promise<Recording> {
  const run = await loadRun(request);
  const { seed, tried } = request.seed === null ? await findSeed(run, request) : { seed: request.seed, tried: 1 };
  return { ...(await record(run, request, seed)), tried };
}

/**
 * Finds the shortest schedule that breaks the same invariant as the request; undefined when the request breaks none.
 *
 * @throws {UsageError} as `play`
 */
export async function findShortest(request: PlayRequest): Promise<ShortestSchedule | undefined> {
  const run = await loadRun(request);
  const { seed } = request.seed === null ? await findSeed(run, request) : { seed: request.seed };
  const failed = await run(simulationOptions(request, seed));
  if (failed.violation === undefined) return undefined;
  const deadline = performance.now() + MAX_SHRINK_MS;
  let runs = 0;
  const { faults } = await shrink(failed, async (only) => {
    // When the time is over, the last result is the answer.
    if (performance.now() > deadline) return { ...failed, violation: undefined };
    runs += 1;
    return run({ ...simulationOptions(request, seed), only });
  });
  // A placed fault that the search has removed must not strike in the recording.
  const placed = request.placed.filter((id) => faults.includes(id));
  const recording = await record(run, { ...request, faults, placed }, seed);
  return { faults, of: failed.faults.length, runs, recording: { ...recording, tried: 1 } };
}

async function loadRun({ sabotage, placed }: PlayRequest): Promise<Run> {
  try {
    for (const id of placed) parseFaultId(id);
    return sabotage === null ? runSeed : await loadSabotagedRunSeed(sabotage);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Finds the first seed that breaks an invariant. */
async function findSeed(run: Run, request: PlayRequest): Promise<{ readonly seed: number; readonly tried: number }> {
  if (request.sabotage === null)
    throw new UsageError('Choose a seed or a sabotage. A sabotage alone runs the first seed that notices it.');
  const deadline = performance.now() + MAX_SEEK_MS;
  let seed = 0;
  while (seed < MAX_SEEDS && performance.now() < deadline) {
    seed += 1;
    const { violation } = await run(simulationOptions(request, seed));
    if (violation !== undefined) return { seed, tried: seed };
  }
  throw new UsageError(
    `None of the first ${seed} seeds noticed it. To try more: npm run sim -- --sabotage --name "${request.sabotage}"`,
  );
}

function simulationOptions({ movies, faults, placed }: PlayRequest, seed: number) {
  const chosen = faults === 'none' ? [] : faults;
  return {
    seed,
    placed,
    ...(movies !== null && { movies }),
    ...(chosen !== 'all' && { only: new Set([...chosen, ...placed]) }),
  };
}

async function record(run: Run, request: PlayRequest, seed: number): Promise<Omit<Recording, 'tried'>> {
  const recorder = new RunRecorder();
  const { theme, violation, faults } = await run({ ...simulationOptions(request, seed), recorder });
  const verdict = verdictOf(violation);
  const recorded = recorder.end(verdict === null ? undefined : `✗ ${verdict.invariant}: ${verdict.detail}`);
  const quietFrom = recorded.events.findIndex(({ who, what }) => who === 'world' && what === 'faults stop');
  return {
    seed,
    theme,
    sabotage: request.sabotage,
    ...recorded,
    faults,
    quiet_from: quietFrom < 0 ? null : quietFrom,
    verdict,
  };
}

const verdictOf = (violation: SeedResult['violation']): Recording['verdict'] =>
  violation === undefined ? null : { ...violation, sentence: INVARIANTS[violation.invariant].sentence };
