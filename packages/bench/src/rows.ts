// The rows of the table: which program stores which job with how many processes, as median and spread of several
// rounds.
import { ceiling, ours, textbook, textbookBatching } from './contenders.ts';
import { type Job, type Measurement, type MeasureOptions, measure } from './measure.ts';
import { usdPerMillion } from './price.ts';

export interface RowDefinition extends MeasureOptions {
  readonly name: string;
  /** True for our consumer, which also completes the job; the programs that it is compared with do not. */
  readonly writesObject: boolean;
}

export interface Row {
  readonly name: string;
  readonly movies: number;
  /**
   * From the first receive to the last delete, without an object: median over the rounds, and the lowest and highest.
   */
  readonly movies_per_second: number;
  readonly spread: readonly [low: number, high: number];
  readonly calls_per_1000: number;
  readonly calls_by_operation_per_1000: Readonly<Record<string, number>>;
  readonly write_units_per_movie: number;
  readonly usd_per_million: number;
  /** The greatest value of all processes and rounds. */
  readonly peak_rss_mb: number;
  /** Sum over all processes of the contender, without their start, including the writing of the object. */
  readonly cpu_seconds_per_million: number;
  readonly server_cpu_seconds_per_million: number;
  /** From a separate run, from the first receive to COMPLETE; null where no object is written. */
  readonly whole_movies_per_second: number | null;
  /**
   * CPU time and memory of each process, in the order of their start: its CPU seconds per million movies of the whole
   * job, and its greatest peak of all rounds.
   */
  readonly processes: readonly { readonly cpu_seconds_per_million: number; readonly peak_rss_mb: number }[];
  /** From sent to stored, counted and deleted, at a tenth of `movies_per_second`; null where it was not measured. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
}

const SINGLE_JOB: Job = { movies: 30_000, packed: false };
const PACKED_JOB: Job = { movies: 200_000, packed: true };
const TEXTBOOK_JOB: Job = { movies: 3000, packed: false };

/** In the order of a round: rows that are compared are neighbours. */
export function storingRows(options: { readonly upstream?: string | undefined }) {
  const { upstream } = options;
  const row = (name: string, job: Job, processes: number, start: MeasureOptions['start']): RowDefinition => ({
    name,
    job,
    processes,
    start,
    upstream,
    writesObject: name.startsWith('ours'),
  });
  return [
    row('textbook', TEXTBOOK_JOB, 1, textbook),
    row('textbook, batching', TEXTBOOK_JOB, 1, textbookBatching),
    row('ours, one a message', SINGLE_JOB, 1, ours()),
    row('ceiling through the SDK, one a message', SINGLE_JOB, 1, ceiling('sdk', 1)),
    row('ceiling through our clients, one a message', SINGLE_JOB, 1, ceiling('ours', 1)),
    row('ceiling by bare HTTP, one a message', SINGLE_JOB, 1, ceiling('http', 1)),
    row('ours, one a message, 2 processes', SINGLE_JOB, 2, ours()),
    row('ours, packed', PACKED_JOB, 1, ours()),
    row('ceiling through the SDK, packed', PACKED_JOB, 1, ceiling('sdk', 1)),
    row('ceiling through our clients, packed', PACKED_JOB, 1, ceiling('ours', 1)),
    row('ceiling by bare HTTP, packed', PACKED_JOB, 1, ceiling('http', 1)),
    row('ours, packed, 2 processes', PACKED_JOB, 2, ours()),
  ];
}

export interface RunOptions {
  readonly rounds: number;
  onProgress(text: string): void;
}

/**
 * The two runs of a row in one round: storing alone, and the whole job. One run serves as both if it writes no
 * object.
 */
interface Round {
  readonly storing: Measurement;
  readonly whole: Measurement;
}

/** Measures all rows in each round, so that disturbances of the machine affect all rows alike. */
export async function runRows(
  definitions: readonly RowDefinition[],
  { rounds, onProgress }: RunOptions,
): Promise<Row[]> {
  const measured = new Map<RowDefinition, Round[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const definition of definitions) {
      const result = await runRow(definition);
      onProgress(`round ${round} of ${rounds}: ${definition.name}: ${Math.round(storingRate(result))} movies/s`);
      measured.set(definition, [...(measured.get(definition) ?? []), result]);
    }
  }
  return definitions.map((definition) => summarize(definition, measured.get(definition) ?? []));
}

async function runRow(definition: RowDefinition): Promise<Round> {
  const whole = await measure(definition);
  return { whole, storing: definition.writesObject ? await measure({ ...definition, withoutObject: true }) : whole };
}

const storingRate = ({ storing }: Round) => storing.movies / storing.seconds;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

const roundTo = (value: number, digits = 0) => Number(value.toFixed(digits));

function summarize({ name, job, processes, writesObject }: RowDefinition, rounds: readonly Round[]): Row {
  const medianOf = (read: (whole: Measurement) => number) => median(rounds.map(({ whole }) => read(whole)));
  const speeds = rounds.map(storingRate);
  const { movies } = job;
  const perMillion = (seconds: number) => roundTo((seconds / movies) * 1e6, 1);
  const calls: Record<string, number> = {};
  for (const operation of new Set(rounds.flatMap(({ whole }) => Object.keys(whole.calls)))) {
    calls[operation] = roundTo((medianOf((run) => run.calls[operation] ?? 0) / movies) * 1000, 3);
  }
  return {
    name,
    movies,
    movies_per_second: roundTo(median(speeds)),
    spread: [roundTo(Math.min(...speeds)), roundTo(Math.max(...speeds))],
    whole_movies_per_second: writesObject
      ? roundTo(medianOf((run) => movies / (run.completeSeconds ?? Number.POSITIVE_INFINITY)))
      : null,
    calls_per_1000: roundTo((medianOf((run) => sum(Object.values(run.calls))) / movies) * 1000, 2),
    calls_by_operation_per_1000: calls,
    write_units_per_movie: roundTo(medianOf((run) => run.writeUnits) / movies, 4),
    usd_per_million: roundTo(
      medianOf((run) => usdPerMillion(job, run)),
      4,
    ),
    peak_rss_mb: peakMb(rounds.flatMap(({ whole }) => whole.processes)),
    cpu_seconds_per_million: perMillion(medianOf((run) => sum(run.processes.map(({ cpuSeconds }) => cpuSeconds)))),
    processes: Array.from({ length: processes }, (_, index) => ({
      cpu_seconds_per_million: perMillion(medianOf((run) => run.processes[index]?.cpuSeconds ?? 0)),
      peak_rss_mb: peakMb(rounds.map(({ whole }) => whole.processes[index])),
    })),
    server_cpu_seconds_per_million: perMillion(medianOf((run) => run.serverCpuSeconds)),
    p50_ms: null,
    p99_ms: null,
    max_ms: null,
  };
}

const peakMb = (processes: readonly (Measurement['processes'][number] | undefined)[]) =>
  roundTo(Math.max(...processes.map((one) => one?.peakRssBytes ?? 0)) / 2 ** 20);

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
