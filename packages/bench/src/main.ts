// `npm run bench [-- --quick] [--full] [--replicas] [--json] [--rounds N]`: measures, prints, and writes docs/performance.md.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readArgumentsOrEnd } from '@movie-load/service/arguments';
import { writeCharts } from './charts.ts';
import { type StartRun, start } from './cli.ts';
import { writeConstants } from './constants.ts';
import { measureDisturbed } from './disturbed.ts';
import { measureEmbeddedSqs } from './embedded-sqs.ts';
import { measureIdleCalls } from './idle.ts';
import { measureLatency } from './latency.ts';
import { onLocalstack } from './localstack.ts';
import { measureReplicas } from './replicas.ts';
import { writeReplicas, writeReport } from './report.ts';
import { type Results, ratiosOf } from './results.ts';
import { type Row, runRows, storingRows } from './rows.ts';
import { measureSteps } from './steps.ts';
import { targetsOf } from './targets.ts';

const HELP = `Measures movie-load against what users would write instead, side by side, and writes docs/performance.md.

Usage: npm run bench -- [options]

  --quick      one round, no replicas, memory or idle minute (under 3 minutes); writes no files
  --replicas   nothing but 1 to 8 replicas at AWS-like latency and the constants of packages/aws/src/measured.json, which
               \`npm run sim -- --scale\` reads (15 minutes or more)
  --disturbed N  nothing but a packed million with 8 consumers, undisturbed, with S3 away for 60 s, and N times each with a
               consumer killed and drained at a random moment; exits with 1 when that costs too much time
  --stretch N  with --replicas or --disturbed: latencies are at least N times AWS-like, for a machine that has other work, too
  --full       adds runs of a million movies one a message and of a 1 GB object, and rows on LocalStack (needs Docker)
  --rounds N   rounds through all rows (default 3)
  --json       one line of JSON on standard output; writes no files (npm run --silent bench keeps npm's own lines away)
  --help

AWS_ENDPOINT_URL set to an emulator (LocalStack) measures the rows there, through a recording proxy; nothing is written then.

Examples:
  npm run bench -- --quick
  npm run bench -- --replicas --stretch 4
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run bench -- --rounds 1 --json
`;

const flag = { type: 'boolean', default: false } as const;
const options = readArgumentsOrEnd({
  help: HELP,
  options: {
    quick: flag,
    full: flag,
    replicas: flag,
    json: flag,
    rounds: { type: 'string' },
    stretch: { type: 'string' },
    disturbed: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
if (!Number.isInteger(rounds) || rounds < 1) refuse('--rounds takes a whole number from 1.');
if (options.quick && options.full) refuse('--quick and --full do not go together.');
if (options.replicas && (options.quick || options.full)) refuse('--replicas goes without --quick and --full.');
const leastStretch = Number(options.stretch ?? 1);
if (!(leastStretch >= 1 && leastStretch <= 100)) refuse('--stretch takes a number from 1 to 100.');
const times = options.disturbed === undefined ? undefined : Number(options.disturbed);
if (times !== undefined && !(Number.isInteger(times) && times >= 0)) refuse('--disturbed takes a whole number from 0.');
if (times !== undefined && (options.quick || options.full || options.replicas)) {
  refuse('--disturbed goes without --quick, --full and --replicas.');
}
if (options.stretch !== undefined && !options.replicas && times === undefined) {
  refuse('--stretch goes with --replicas or --disturbed.');
}
const upstream = process.env.AWS_ENDPOINT_URL || undefined;
if (upstream !== undefined && (options.full || options.replicas || times !== undefined)) {
  refuse('--full, --replicas and --disturbed measure the embedded AWS: unset AWS_ENDPOINT_URL.');
}
if (upstream !== undefined && !/^http:[/][/][^/]+[/]?$/.test(upstream)) {
  refuse(`AWS_ENDPOINT_URL is not the http:// address of an emulator: ${upstream}`);
}

function refuse(why: string): never {
  process.stderr.write(`bench: ${why.replace(/[.]$/, '')}. --help shows all options.\n`);
  process.exit(2);
}

const startedAt = Date.now();
const onProgress = (text: string) => {
  process.stderr.write(`[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);
};

const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
const page = resolve(import.meta.dirname, '../../../docs/performance.md');

if (options.replicas) {
  const measured = await measureReplicas({ onProgress, leastStretch });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  } else {
    await writeConstants(measured, { date, machine, onProgress });
    await writeReplicas(page, { date, machine, replicas: measured });
    process.stdout.write('Written: packages/aws/src/measured.json, and the rows of replicas in docs/performance.md.\n');
  }
  process.exit();
}

if (times !== undefined) {
  const measured = await measureDisturbed({ times, stretch: leastStretch, onProgress });
  process.stdout.write(`${JSON.stringify(measured, null, options.json ? 0 : 2)}\n`);
  process.exit(measured.runs.every(({ holds }) => holds) ? 0 : 1);
}

const steps = await measureSteps(false);
const packedSteps = await measureSteps(true);
onProgress('own steps measured');
const whole = !options.quick && upstream === undefined;
const definitions = storingRows({ upstream });
const stored = await runRows(definitions, { rounds, onProgress });
const replicas = whole ? await measureReplicas({ onProgress }) : [];
const rows = upstream === undefined ? await withLatencies(stored) : stored;
const localstack = options.full && upstream === undefined ? await localstackRows() : [];
const results: Results = {
  date,
  machine,
  endpoint: upstream ? 'the emulator in AWS_ENDPOINT_URL' : 'the embedded AWS in a process of its own',
  rounds,
  rows,
  ratios: ratiosOf(rows, replicas),
  replicas,
  embedded_sqs: whole ? await measureEmbeddedSqs() : [],
  localstack,
  idle_calls_a_minute: whole ? await measureIdleCalls() : undefined,
  runs: upstream === undefined ? await wholeRuns() : [],
  steps: {
    ...Object.fromEntries(Object.entries(steps).map(([step, micros]) => [`${step}, one a message`, micros])),
    ...Object.fromEntries(Object.entries(packedSteps).map(([step, micros]) => [`${step}, packed`, micros])),
  },
};

/** Each row at a tenth of its own rate; in a quick run ours alone. */
async function withLatencies(measured: readonly Row[]): Promise<Row[]> {
  const found: Row[] = [];
  for (const [index, row] of measured.entries()) {
    const definition = definitions[index];
    const isWanted = definition && (whole || (row.name.startsWith('ours') && definition.processes === 1));
    const latency = isWanted ? await measureLatency(definition, row.movies_per_second / 10) : {};
    if (isWanted) onProgress(`at a tenth of full load: ${row.name}`);
    found.push({ ...row, ...latency });
  }
  return found;
}

async function localstackRows() {
  onProgress('starting LocalStack');
  const modes = ['one a message', 'packed'];
  const names = ['textbook', ...modes.flatMap((mode) => [`ours, ${mode}`, `ceiling through our clients, ${mode}`])];
  const measured = await onLocalstack((endpoint) =>
    runRows(
      storingRows({ upstream: endpoint }).filter(({ name }) => names.includes(name)),
      { rounds: 1, onProgress: (text) => onProgress(`LocalStack: ${text}`) },
    ),
  );
  if (measured === undefined) onProgress('no Docker here: the rows on LocalStack are left out');
  return measured ?? [];
}

async function wholeRuns() {
  const runs: (StartRun & { packed: boolean })[] = [];
  const out = await mkdtemp(join(tmpdir(), 'movie-load-bench-'));
  // Ctrl-C ends this process at once, and up to 1 GB would stay behind.
  process.once('exit', () => rmSync(out, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const add = async (movies: number, packed: boolean) => {
    runs.push({ ...(await start(movies, packed, out)), packed });
    onProgress(`start: ${movies} movies, ${packed ? 'packed' : 'one a message'}: ${runs.at(-1)?.wall_seconds} s`);
  };
  try {
    // Its time has a target: the median of three.
    for (let time = 0; time < 3; time++) await add(1000, false);
    runs.sort((a, b) => a.overhead_seconds - b.overhead_seconds);
    runs.splice(0, 3, ...runs.slice(1, 2));
    await add(100_000, true);
    if (!options.quick) await add(1_000_000, true);
    if (options.full) {
      await add(100_000, false);
      await add(1_000_000, false);
      await add(7_600_000, true);
    }
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  return runs;
}

if (options.json) {
  process.stdout.write(`${JSON.stringify(results)}\n`);
} else {
  for (const { what, target, measured, holds } of targetsOf(results)) {
    const mark = holds === undefined ? '·' : holds ? '✓' : '✗';
    process.stdout.write(`${mark} ${what}: ${measured} (${target})\n`);
  }
}
if (!options.json && whole) {
  const memory = results.runs
    .filter(({ packed }) => packed)
    .flatMap(({ movies, producer_rss_mb, consumer_rss_mb }) => [
      { movies, process: 'producer', mb: producer_rss_mb },
      { movies, process: 'consumer', mb: consumer_rss_mb },
    ]);
  const images = join(dirname(page), 'images');
  await mkdir(images, { recursive: true });
  await writeReport(page, results, await writeCharts({ ...results, memory }, images));
  await writeConstants(replicas, { date, machine, onProgress });
  process.stdout.write('\nWritten: docs/performance.md and its charts in docs/images/.\n');
}
