// `npm run chaos [-- --runs N] [--seed N] [--parts] [--drains N] [--json]`: real processes, real kills, any number of
// runs.
import { readArgumentsOrExit } from '@movie-load/service/arguments';
import { drainOnce } from './drain.ts';
import { chaosRun, problemsOf, type RunResult } from './run.ts';

const HELP = `Runs producer and consumers as processes on the embedded AWS, kills them at every step of the protocol, and
checks the result.

Usage: npm run chaos -- [options]

  --runs N     how many runs (default 50, about ten minutes)
  --seed N     the seed of the first run; each further run has the next one (default: from the time)
  --parts      packed jobs of three to five parts, killed while parts are written and while they become the object
  --drains N   SIGTERM in the middle of a job, N times, instead of runs
  --json       one JSON line on standard output
  --help

Exit codes: 0 no movie was lost or stored twice; 1 a run failed; 2 wrong usage.

Examples:
  npm run chaos -- --runs 5
  npm run chaos -- --parts --runs 50
  npm run chaos -- --runs 1 --seed 1234 --json
`;

const options = readArgumentsOrExit({
  help: HELP,
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string' },
    parts: { type: 'boolean', default: false },
    drains: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const numbers = [options.runs, options.seed ?? '0', options.drains ?? '1'].map(Number);
if (numbers.some((value) => !Number.isSafeInteger(value) || value < 0)) {
  process.stderr.write('chaos: --runs, --seed and --drains take whole numbers. See --help.\n');
  process.exit(2);
}
const firstSeed = options.seed === undefined ? Date.now() % 2 ** 31 : Number(options.seed);
process.exitCode =
  options.drains === undefined ? await executeRuns(Number(options.runs)) : await executeDrains(Number(options.drains));

async function executeRuns(wanted: number): Promise<number> {
  const results: RunResult[] = [];
  const failed: { seed: number; why: string[] }[] = [];
  for (let seed = firstSeed; seed < firstSeed + wanted; seed++) {
    try {
      const result = await chaosRun(seed, { hasParts: options.parts });
      results.push(result);
      const problems = problemsOf(result);
      if (problems.length > 0) failed.push({ seed, why: problems });
      print(
        `${seed}: ${result.movies} movies, ${result.consumers} consumers, ${result.disturbances.join(', ')}; ${result.redelivered} redelivered, ${result.seconds} s${problems.length > 0 ? `: ${problems.join(', ')}` : ''}`,
      );
    } catch (error) {
      failed.push({ seed, why: [Error.isError(error) ? error.message : String(error)] });
      print(`${seed}: ${String(error)}`);
    }
  }
  const sum = (read: (result: RunResult) => number) => results.reduce((total, result) => total + read(result), 0);
  const countByDisturbance: Record<string, number> = {};
  for (const disturbance of results.flatMap(({ disturbances }) => disturbances))
    countByDisturbance[disturbance] = (countByDisturbance[disturbance] ?? 0) + 1;
  const summary = {
    runs: wanted,
    failed,
    kills: sum(({ disturbances }) => disturbances.filter((disturbance) => disturbance.startsWith('SIGKILL')).length),
    disturbances_by_step: countByDisturbance,
    producers_killed: sum(({ producer_killed }) => Number(producer_killed)),
    redelivered: sum(({ redelivered }) => redelivered),
    object_parts: sum(({ object_parts }) => object_parts),
    resumes: sum(({ resumes }) => resumes),
    redriven: sum(({ redriven }) => redriven),
    lost: sum(({ lost }) => lost),
    twice: sum(({ twice }) => twice),
    bytes_equal: results.every(({ bytes_equal }) => bytes_equal) && results.length === wanted,
    left_in_queues: sum(({ left_in_queues }) => left_in_queues),
  };
  process.stdout.write(`${options.json ? JSON.stringify(summary) : JSON.stringify(summary, null, 2)}\n`);
  return failed.length > 0 ? 1 : 0;
}

async function executeDrains(wanted: number): Promise<number> {
  const results = [];
  for (let seed = firstSeed; seed < firstSeed + wanted; seed++) {
    const drain = await drainOnce(seed);
    results.push(drain);
    print(
      `SIGTERM: ${drain.seconds} s, exit code ${drain.code}, ${drain.in_flight} in flight, ${drain.waiting} waiting`,
    );
  }
  const worst = Math.max(...results.map(({ seconds }) => seconds));
  const in_flight = results.reduce((total, drain) => total + drain.in_flight, 0);
  process.stdout.write(`${JSON.stringify({ drains: wanted, slowest_seconds: worst, in_flight, results })}\n`);
  return in_flight > 0 || results.some(({ code }) => code !== 0) ? 1 : 0;
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}
