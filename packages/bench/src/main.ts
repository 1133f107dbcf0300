// `npm run bench`: measures, prints the targets, and writes docs/performance.md. options.ts describes its options.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { writeCharts, writeReplicasChart } from './charts.ts';
import { measureStart, type StartRun } from './cli.ts';
import { writeConstants } from './constants.ts';
import { measureDisturbed } from './disturbed.ts';
import { measureEmbeddedSqs } from './embedded-sqs.ts';
import { measureIdleCalls } from './idle.ts';
import { measureLatency } from './latency.ts';
import { withLocalstack } from './localstack.ts';
import { benchOptionsOrEnd } from './options.ts';
import { measureReplicas } from './replicas.ts';
import { writeReplicas, writeReport } from './report.ts';
import { type Results, ratiosOf } from './results.ts';
import { type Row, runRows, storingRows } from './rows.ts';
import { measureSteps } from './steps.ts';
import { targetsOf } from './targets.ts';

const options = benchOptionsOrEnd();
const { rounds, upstream, minStretch, disturbances } = options;

const startedAt = Date.now();
const onProgress = (text: string) => {
  process.stderr.write(`[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);
};

const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
const performancePage = resolve(import.meta.dirname, '../../../docs/performance.md');

if (options.replicas) {
  const measured = await measureReplicas({ onProgress, minStretch });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  } else {
    await writeConstants(measured, { date, machine, onProgress });
    await writeReplicas(performancePage, { date, machine, replicas: measured });
    await writeReplicasChart(measured, { date, machine, folder: join(dirname(performancePage), 'images') });
    process.stdout.write(
      'Written: packages/aws/src/measured.json, the rows of replicas in docs/performance.md, and their chart.\n',
    );
  }
  process.exit();
}

if (disturbances !== undefined) {
  const measured = await measureDisturbed({ times: disturbances, stretch: minStretch, onProgress });
  process.stdout.write(`${JSON.stringify(measured, null, options.json ? 0 : 2)}\n`);
  process.exit(measured.runs.every(({ holds }) => holds) ? 0 : 1);
}

const steps = await measureSteps(false);
const packedSteps = await measureSteps(true);
onProgress('own steps measured');
const measuresEverything = !options.quick && upstream === undefined;
const rowDefinitions = storingRows({ upstream });
const storingRates = await runRows(rowDefinitions, { rounds, onProgress });
const replicas = measuresEverything ? await measureReplicas({ onProgress }) : [];
const rows = upstream === undefined ? await withLatencies(storingRates) : storingRates;
const embeddedSqs = measuresEverything ? await measureEmbeddedSqs() : [];
const idleCalls = measuresEverything ? await measureIdleCalls() : undefined;
const runs = upstream === undefined ? await startRuns() : [];
// Last, because Docker's engine is busy for a minute after a container has ended.
const localstack = options.full && upstream === undefined ? await localstackRows() : [];
const results: Results = {
  date,
  machine,
  endpoint: upstream ? 'the emulator in AWS_ENDPOINT_URL' : 'the embedded AWS in a process of its own',
  rounds,
  rows,
  ratios: ratiosOf(rows, replicas),
  replicas,
  embedded_sqs: embeddedSqs,
  localstack,
  idle_calls_a_minute: idleCalls,
  runs,
  steps: {
    ...Object.fromEntries(Object.entries(steps).map(([step, micros]) => [`${step}, one a message`, micros])),
    ...Object.fromEntries(Object.entries(packedSteps).map(([step, micros]) => [`${step}, packed`, micros])),
  },
};

/** Measures the latencies of each row at a tenth of its own rate; in a quick run only of our rows with one process. */
async function withLatencies(measured: readonly Row[]): Promise<Row[]> {
  const rowsWithLatency: Row[] = [];
  for (const [index, row] of measured.entries()) {
    const definition = rowDefinitions[index];
    const isMeasured =
      definition && (measuresEverything || (row.name.startsWith('ours') && definition.processes === 1));
    const latency = isMeasured ? await measureLatency(definition, row.movies_per_second / 10) : {};
    if (isMeasured) onProgress(`at a tenth of full load: ${row.name}`);
    rowsWithLatency.push({ ...row, ...latency });
  }
  return rowsWithLatency;
}

async function localstackRows() {
  onProgress('starting LocalStack');
  const modes = ['one a message', 'packed'];
  const names = ['textbook', ...modes.flatMap((mode) => [`ours, ${mode}`, `ceiling through our clients, ${mode}`])];
  const measured = await withLocalstack((endpoint) =>
    runRows(
      storingRows({ upstream: endpoint }).filter(({ name }) => names.includes(name)),
      { rounds: 1, onProgress: (text) => onProgress(`LocalStack: ${text}`) },
    ),
  );
  if (measured === undefined) onProgress('no Docker here: the rows on LocalStack are left out');
  return measured ?? [];
}

async function startRuns() {
  const runs: (StartRun & { packed: boolean })[] = [];
  const out = await mkdtemp(join(tmpdir(), 'movie-load-bench-'));
  // Ctrl-C ends this process at once, and would leave up to 1 GB on disk.
  process.once('exit', () => rmSync(out, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const measureRun = async (movies: number, packed: boolean) => {
    runs.push({ ...(await measureStart(movies, packed, out)), packed });
    onProgress(`start: ${movies} movies, ${packed ? 'packed' : 'one a message'}: ${runs.at(-1)?.wall_seconds} s`);
  };
  try {
    // Of the runs of 1,000 movies, whose times have targets, only the median is kept.
    for (let time = 0; time < 3; time++) await measureRun(1000, false);
    runs.sort((a, b) => a.overhead_seconds - b.overhead_seconds);
    runs.splice(0, 3, ...runs.slice(1, 2));
    await measureRun(100_000, true);
    if (!options.quick) await measureRun(1_000_000, true);
    if (options.full) {
      await measureRun(100_000, false);
      await measureRun(1_000_000, false);
      await measureRun(7_600_000, true);
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
if (!options.json && measuresEverything) {
  const memory = results.runs
    .filter(({ packed }) => packed)
    .flatMap(({ movies, producer_rss_mb, consumer_rss_mb }) => [
      { movies, process: 'producer', mb: producer_rss_mb },
      { movies, process: 'consumer', mb: consumer_rss_mb },
    ]);
  const images = join(dirname(performancePage), 'images');
  await mkdir(images, { recursive: true });
  await writeReport(performancePage, results, await writeCharts({ ...results, memory }, images));
  await writeConstants(replicas, { date, machine, onProgress });
  process.stdout.write(
    '\nWritten: docs/performance.md, its charts in docs/images/, and packages/aws/src/measured.json.\n',
  );
}
