// docs/performance.md: the part between the two marks is written by the benchmark, the rest by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { AWS_PRICES } from '@movie-load/aws';
import type { Results } from './results.ts';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly holds: boolean | undefined;
}

const atLeast = (what: string, value: number | undefined | null, least: number): Target => ({
  what,
  target: `at least ${least}`,
  measured: value === undefined || value === null ? '–' : String(value),
  holds: value === undefined || value === null ? undefined : value >= least,
});

const atMost = (what: string, value: number | undefined, most: number, unit = ''): Target => ({
  what,
  target: `at most ${most}${unit}`,
  measured: value === undefined ? '–' : `${value}${unit}`,
  holds: value === undefined ? undefined : value <= most,
});

export function targetsOf({ rows, ratios, idle_calls_a_minute, runs, localstack, embedded_sqs }: Results): Target[] {
  const row = (name: string) => rows.find((one) => one.name === name);
  const [one, packed] = [row('ours, one a message'), row('ours, packed')];
  const start = runs.find(({ movies, packed: isPacked }) => movies === 1000 && !isPacked);
  const onLocalstack = (name: string) => {
    const [mine, theirs] = [name, 'textbook'].map((one) => localstack.find((candidate) => candidate.name === one));
    return mine && theirs && Number((mine.movies_per_second / theirs.movies_per_second).toFixed(1));
  };
  return [
    atLeast('movies/s against the textbook, one a message', ratios.vs_textbook, 6),
    atLeast('movies/s against the textbook, packed', ratios.vs_textbook_packed, 100),
    atLeast('movies/s against the ceiling through the SDK, one a message', ratios.vs_ceiling, 0.9),
    atLeast('movies/s against the ceiling through the SDK, packed', ratios.vs_ceiling_packed, 0.6),
    atMost('calls per 1,000 movies, one a message', one?.calls_per_1000, 515),
    atMost('calls per 1,000 movies, packed', packed?.calls_per_1000, 2.5),
    atMost('write units per movie, one a message', one?.write_units_per_movie, 0.32),
    atMost('write units per movie, packed', packed?.write_units_per_movie, 0.14),
    atMost('US dollars per million movies, one a message', one?.usd_per_million, 0.36),
    atMost('US dollars per million movies, packed', packed?.usd_per_million, 0.1),
    atLeast('8 replicas against one, at AWS-like latency', ratios.replicas_8, 6.5),
    atMost('calls a minute of an idle consumer', idle_calls_a_minute, 4),
    ...sqsTargets(embedded_sqs),
    ...[true, false].flatMap((isPacked) => memoryTargets(runs, isPacked)),
    atMost('assembly of an object of 1 GB: peak RSS of the consumer', largeObject(runs)?.consumer_rss_mb, 256, ' MB'),
    atMost('`npm start`, 1,000 movies: seconds of wall time', start?.wall_seconds, 4),
    atMost('`npm start`, 1,000 movies: seconds that are not the pipeline', start?.overhead_seconds, 1.5),
    atLeast('on LocalStack: movies/s against the textbook, one a message', onLocalstack('ours, one a message'), 6),
    atLeast('on LocalStack: movies/s against the textbook, packed', onLocalstack('ours, packed'), 300),
  ];
}

const RECEIVED = 'receive ten/s';

function sqsTargets(depths: Results['embedded_sqs']): Target[] {
  const rates = depths.flatMap((row) =>
    Object.entries(row).flatMap(([name, rate]) => (name.endsWith('/s') ? [rate] : [])),
  );
  const [shallow, deep] = [depths.at(0)?.[RECEIVED], depths.at(-1)?.[RECEIVED]];
  const share = shallow && deep && Number((deep / shallow).toFixed(2));
  return [
    atLeast(
      'embedded SQS over HTTP: calls a second of one core, the slowest',
      rates.length > 0 ? Math.min(...rates) : undefined,
      5000,
    ),
    // The same, within the machine's own noise.
    atLeast('embedded SQS: rate of receives beside 1,000,000 waiting messages, against 5,000', share, 0.85),
  ];
}

const LARGE_MB = 1000;
const largeObject = (runs: Results['runs']) => runs.find(({ object_mb }) => object_mb >= LARGE_MB);

function memoryTargets(runs: Results['runs'], isPacked: boolean): Target[] {
  const run = (movies: number) => runs.find((one) => one.packed === isPacked && one.movies === movies);
  const [small, large] = [run(100_000), run(1_000_000)];
  const how = isPacked ? 'packed' : 'one a message';
  return (['producer', 'consumer'] as const).flatMap((process) => {
    const [from, to] = [small?.[`${process}_rss_mb`], large?.[`${process}_rss_mb`]];
    const growth = from && to && Number((to / from).toFixed(2));
    return [
      atMost(`${process}, ${how}: peak RSS at 1,000,000 against 100,000 movies`, growth, 1.2),
      atMost(`${process}, ${how}: peak RSS at 1,000,000 movies`, to, 200, ' MB'),
    ];
  });
}

const table = (head: readonly string[], lines: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const verdict = (holds: boolean | undefined) => (holds === undefined ? 'not measured' : holds ? 'holds' : '**missed**');

function measuredPart(results: Results, charts: readonly string[]): string {
  const { rows, ratios, replicas, embedded_sqs, localstack, runs, steps } = results;
  const parts = [
    `Measured ${results.date} on ${results.machine}, ${results.endpoint}. Rows: median of ${results.rounds} rounds; replicas, idle minute, times of messages, the embedded SQS, runs of \`start\` and LocalStack: measured once. Prices: AWS list, ${AWS_PRICES.region}, ${AWS_PRICES.asOf}.`,
    `### Targets\n\n${table(
      ['what', 'target', 'measured', ''],
      targetsOf(results).map(({ what, target, measured, holds }) => [what, target, measured, verdict(holds)]),
    )}`,
    `### Ratios\n\nOurs against …, movies/s. Our consumer's clients are the SDK with what it does not need taken out, so the SDK as it comes is no limit for it.\n\n${table(
      ['against', 'one a message', 'packed'],
      [
        ['the textbook', ratios.vs_textbook, ratios.vs_textbook_packed],
        ['the ceiling through the SDK as it comes', ratios.vs_ceiling, ratios.vs_ceiling_packed],
        ['the ceiling through our clients', ratios.vs_own_clients, ratios.vs_own_clients_packed],
        ['the ceiling by bare HTTP', ratios.vs_http, ratios.vs_http_packed],
      ],
    )}`,
    `### Rows\n\n${table(
      [
        'who',
        'movies',
        'movies/s (spread)',
        'calls per 1,000',
        'write units per movie',
        '$ per million',
        'CPU s per million, by process, with assembly',
        'of the server',
        'peak RSS by process',
        'assembly',
        'ms from sent to deleted, p50 / p99 / max',
      ],
      rows.map((row) => [
        row.name,
        row.movies.toLocaleString('en'),
        `${row.movies_per_second.toLocaleString('en')} (${row.spread.map((speed) => speed.toLocaleString('en')).join('–')})`,
        row.calls_per_1000,
        row.write_units_per_movie,
        row.usd_per_million,
        row.processes.map((one) => one.cpu_seconds_per_million).join(' + '),
        row.server_cpu_seconds_per_million,
        `${row.processes.map((one) => one.peak_rss_mb).join(' + ')} MB`,
        `${row.assemble_seconds} s`,
        row.p50_ms === null ? '–' : `${row.p50_ms} / ${row.p99_ms} / ${row.max_ms}`,
      ]),
    )}\n\nThe last column is at a tenth of the row's rate: a message is deleted when its movies are stored and counted; ours deletes the batch that completes a job after the object is written, which the maximum shows.`,
    `Calls by operation, per 1,000 movies:\n\n${table(
      ['who', 'calls'],
      rows.map((row) => [
        row.name,
        Object.entries(row.calls_by_operation_per_1000)
          .map(([operation, count]) => `${operation} ${count}`)
          .join(', '),
      ]),
    )}`,
    `### Our own microseconds per movie\n\n${table(['step', 'µs'], Object.entries(steps))}`,
  ];
  if (replicas.length > 0) {
    parts.push(
      `### Replicas at AWS-like latency\n\nSQS 15 ms, DynamoDB 10 ms, S3 40 ms; one poller each; 9,000 movies, one a message. Warm: from the moment when every process has stored something. The whole: from the first receive, while the others still start.\n\n${table(
        ['processes', 'warm: movies/s', 'times one', 'the whole: movies/s', 'times one'],
        replicas.map((one) => [
          one.processes,
          one.movies_per_second,
          one.times_one,
          one.whole_movies_per_second,
          one.whole_times_one,
        ]),
      )}`,
    );
  }
  if (localstack.length > 0) {
    parts.push(
      `### On LocalStack\n\nIn a container on the same machine, one round, through a recording proxy.\n\n${table(
        ['who', 'movies', 'movies/s', 'calls per 1,000'],
        localstack.map((row) => [
          row.name,
          row.movies.toLocaleString('en'),
          row.movies_per_second.toLocaleString('en'),
          row.calls_per_1000,
        ]),
      )}`,
    );
  }
  if (embedded_sqs.length > 0) {
    const [first = {}] = embedded_sqs;
    parts.push(
      `### The embedded SQS\n\nBy a light HTTP client; calls per second of the server's CPU time.\n\n${table(
        Object.keys(first),
        embedded_sqs.map((row) => Object.values(row).map((value) => value.toLocaleString('en'))),
      )}`,
    );
  }
  if (runs.length > 0) {
    parts.push(
      `### Whole runs of \`movie-load start\`\n\n${table(
        ['movies', '', 'wall', 'of it not the pipeline', 'producer', 'largest consumer', 'object'],
        runs.map((run) => [
          run.movies.toLocaleString('en'),
          run.packed ? 'packed' : 'one a message',
          `${run.wall_seconds} s`,
          `${run.overhead_seconds} s`,
          `${run.producer_rss_mb} MB`,
          `${run.consumer_rss_mb} MB`,
          `${run.object_mb} MB`,
        ]),
      )}`,
    );
  }
  parts.push(charts.map((file) => `![${file.replace('.svg', '')}](images/${file})`).join('\n\n'));
  return parts.join('\n\n');
}

/** Replaces the measured part of the page. Throws when the marks are not there. */
export async function writeReport(page: string, results: Results, charts: readonly string[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no marks ${BEGIN} … ${END}`);
  const measured = measuredPart(results, charts);
  await writeFile(page, `${text.slice(0, begin + BEGIN.length)}\n\n${measured}\n\n${text.slice(end)}`);
}
