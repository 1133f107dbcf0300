// The benchmark's command line, validated before anything is measured.
import { UsageError } from '@movie-load/schema';
import { exitWithUsageError, readArguments } from '@movie-load/service/arguments';

const HELP = `Measures movie-load against what users would write instead, and writes docs/performance.md.

Usage: npm run bench -- [options]

  --quick      one round, without replicas, the embedded SQS, the idle minute and \`npm start\` with a million movies
               (under 3 minutes); writes no files
  --replicas   only 1 to 8 replicas at AWS-like latency and the constants of packages/aws/src/measured.json, which
               \`npm run sim -- --scale\` reads (15 minutes or more)
  --disturbed N
               only a packed million with 8 consumers: undisturbed, with S3 unreachable for 60 s, N times with a killed
               consumer and N times with a drained one, at random moments; exits with 1 if one of these runs
               takes too long
  --stretch N  with --disturbed: latencies are N times AWS-like; with --replicas: at least N times. For a machine that
               has other work
  --full       adds runs of a million movies one a message and of a 1 GB object, and rows on LocalStack (needs Docker)
  --rounds N   rounds through all rows (default 3)
  --json       one line of JSON on standard output; writes no files (use npm run --silent bench, because npm prints two
               lines of its own)
  --help

AWS_ENDPOINT_URL set to an emulator (LocalStack) measures the rows there, through a recording proxy, and
writes no files.

Examples:
  npm run bench -- --quick
  npm run bench -- --replicas --stretch 4
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run bench -- --rounds 1 --json
`;

export interface BenchOptions {
  readonly quick: boolean;
  readonly full: boolean;
  readonly replicas: boolean;
  readonly json: boolean;
  readonly rounds: number;
  /** Factor of the AWS-like latencies: of disturbed runs, and the smallest one of replicas, which may raise it. */
  readonly minStretch: number;
  /** Number of runs with a killed consumer, and of runs with a drained one; undefined: everything else is measured. */
  readonly disturbances: number | undefined;
  /** The emulator to measure. Default: the embedded AWS. */
  readonly upstream: string | undefined;
}

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UsageError */
export function benchOptions(args: readonly string[], env: Environment): BenchOptions {
  const { rounds, stretch, disturbed, ...flags } = readArguments({
    help: HELP,
    args,
    env,
    options: { quick: flag, full: flag, replicas: flag, json: flag, rounds: text, stretch: text, disturbed: text },
  });
  const options: BenchOptions = {
    ...flags,
    rounds: Number(rounds ?? (flags.quick ? 1 : 3)),
    minStretch: Number(stretch ?? 1),
    disturbances: disturbed === undefined ? undefined : Number(disturbed),
    upstream: env.AWS_ENDPOINT_URL || undefined,
  };
  const problem = [...findProblems(options, stretch !== undefined)][0];
  if (problem !== undefined) throw new UsageError(`bench: ${problem}. --help shows all options.`);
  return options;
}

function* findProblems(options: BenchOptions, stretchIsGiven: boolean): Generator<string> {
  const { quick, full, replicas, rounds, minStretch, disturbances, upstream } = options;
  const isDisturbed = disturbances !== undefined;
  if (!Number.isInteger(rounds) || rounds < 1) yield '--rounds takes a whole number from 1';
  if (!(minStretch >= 1 && minStretch <= 100)) yield '--stretch takes a number from 1 to 100';
  if (isDisturbed && !(Number.isInteger(disturbances) && disturbances >= 0)) {
    yield '--disturbed takes a whole number from 0';
  }
  if ([quick, full, replicas, isDisturbed].filter(Boolean).length > 1) {
    yield '--quick, --full, --replicas and --disturbed do not go together';
  }
  if (stretchIsGiven && !replicas && !isDisturbed) yield '--stretch goes with --replicas or --disturbed';
  if (upstream !== undefined && (full || replicas || isDisturbed)) {
    yield '--full, --replicas and --disturbed measure the embedded AWS: unset AWS_ENDPOINT_URL';
  }
  if (upstream !== undefined && !/^http:[/][/][^/]+[/]?$/.test(upstream)) {
    yield `AWS_ENDPOINT_URL is not the http:// address of an emulator: ${upstream}`;
  }
}

/** Like `benchOptions`, but wrong usage prints a sentence on standard error and ends the process with 2. */
export function benchOptionsOrEnd(): BenchOptions {
  try {
    return benchOptions(process.argv.slice(2), process.env);
  } catch (error) {
    return exitWithUsageError(error);
  }
}
