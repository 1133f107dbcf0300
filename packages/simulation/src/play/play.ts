// Runs a seed or a sabotage for a person who steps through it: with or without its own faults, and with placed ones.
import { UsageError } from '@movie-load/schema';
import { siteAndKind } from '../engine/faults.ts';
import { INVARIANTS } from '../oracle/invariants.ts';
import { runSeed, type SeedResult } from '../run/run-seed.ts';
import { shrink } from '../run/shrink.ts';
import { sabotaged } from '../sabotage/catch.ts';
import { MAX_SEEDS } from '../sabotage/sabotage.ts';
import { RunRecorder } from './recorder.ts';
import type { PlayRequest, Recording, Shortest } from './recording.ts';

/** The time to find the seed that notices a sabotage: nearly all are noticed in their first hundred seeds. */
const SEEK_MS = 12_000;
/** The time to find the shortest schedule: a run takes about 20 ms, one with an outage of hours half a second. */
const SHRINK_MS = 12_000;

type Run = typeof runSeed;

/**
 * @example const { events, verdict } = await play({ seed: 7, sabotage: null, movies: 6, faults: 'none', placed: [] });
 * @throws {UsageError} when there is no such sabotage or fault, or no seed notices the sabotage in time
 */
export async function play(request: PlayRequest): Promise<Recording> {
  const run = await runnerOf(request);
  const { seed, tried } = request.seed === null ? await seek(run, request) : { seed: request.seed, tried: 1 };
  return { ...(await record(run, request, seed)), tried };
}

/**
 * The shortest schedule that breaks the same promise as the request; undefined when it breaks none.
 *
 * @throws {UsageError} as `play`
 */
export async function shortest(request: PlayRequest): Promise<Shortest | undefined> {
  const run = await runnerOf(request);
  const { seed } = request.seed === null ? await seek(run, request) : { seed: request.seed };
  const failed = await run(optionsOf(request, seed));
  if (failed.violation === undefined) return undefined;
  const until = performance.now() + SHRINK_MS;
  let runs = 0;
  const { faults } = await shrink(failed, async (only) => {
    // When the time is over, the last result is the answer.
    if (performance.now() > until) return { ...failed, violation: undefined };
    runs += 1;
    return run({ ...optionsOf(request, seed), only });
  });
  const recording = await record(run, { ...request, faults }, seed);
  return { faults, of: failed.faults.length, runs, recording: { ...recording, tried: 1 } };
}

async function runnerOf({ sabotage, placed }: PlayRequest): Promise<Run> {
  try {
    for (const id of placed) siteAndKind(id);
    return sabotage === null ? runSeed : await sabotaged(sabotage);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** The first seed that breaks a promise. */
async function seek(run: Run, request: PlayRequest): Promise<{ readonly seed: number; readonly tried: number }> {
  if (request.sabotage === null) throw new UsageError('Choose a seed, or a sabotage whose seed is looked for.');
  const until = performance.now() + SEEK_MS;
  let seed = 0;
  while (seed < MAX_SEEDS && performance.now() < until) {
    seed += 1;
    const { violation } = await run(optionsOf(request, seed));
    if (violation !== undefined) return { seed, tried: seed };
  }
  throw new UsageError(
    `No promise was broken in the first ${seed} seeds. On the command line, npm run sim -- --sabotage --name "${request.sabotage}" looks on.`,
  );
}

function optionsOf({ movies, faults, placed }: PlayRequest, seed: number) {
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
  const { theme, violation, faults } = await run({ ...optionsOf(request, seed), recorder });
  const verdict = verdictOf(violation);
  const recorded = recorder.end(verdict === null ? undefined : `✗ ${verdict.invariant}: ${verdict.detail}`);
  const quiet = recorded.events.findIndex(({ who, what }) => who === 'world' && what === 'faults stop');
  return {
    seed,
    theme,
    sabotage: request.sabotage,
    ...recorded,
    faults,
    quiet_from: quiet < 0 ? null : quiet,
    verdict,
  };
}

const verdictOf = (violation: SeedResult['violation']): Recording['verdict'] =>
  violation === undefined ? null : { ...violation, sentence: INVARIANTS[violation.invariant].sentence };
