// The measured part of docs/performance.md, section by section. The start of that page defines the compared programs:
// textbook, ours and ceiling.
import { AWS_PRICES, type ReplicaRow } from '@movie-load/aws';
import type { Results } from './results.ts';
import { targetsOf } from './targets.ts';

const table = (head: readonly string[], lines: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const verdictText = (holds: boolean | undefined) =>
  holds === undefined ? 'not measured' : holds ? 'met' : '**missed**';

export function measuredSections(results: Results, charts: readonly string[]): string {
  const parts = [
    measurementNote(results),
    targetsSection(results),
    ratiosSection(results),
    rowsSection(results),
    callsSection(results),
    `### CPU time of each step\n\n${table(['step', 'µs per movie'], Object.entries(results.steps))}`,
    localstackSection(results),
    embeddedSqsSection(results),
    runsSection(results),
    charts.map((file) => `![${file.replace('.svg', '')}](images/${file})`).join('\n\n'),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

const measurementNote = ({ date, machine, endpoint, rounds }: Results): string =>
  `Measured ${date} on ${machine}, ${endpoint}. Rows are medians of ${rounds} rounds. The idle minute, latencies of messages (the last column of the rows), the embedded SQS, runs of \`start\` and LocalStack were measured once. Prices are AWS's list prices of ${AWS_PRICES.region}, ${AWS_PRICES.asOf}.`;

const targetsSection = (results: Results): string =>
  `### Targets\n\n${table(
    ['what', 'target', 'measured', 'verdict'],
    targetsOf(results).map(({ what, target, measured, holds }) => [what, target, measured, verdictText(holds)]),
  )}`;

const ratiosSection = ({ ratios }: Results): string =>
  `### Ratios\n\nOur movies/s divided by those of each row. Our clients are the SDK without parts that the consumer does not need, so ours can be faster than the ceiling through the unchanged SDK.\n\n${table(
    ['against', 'one a message', 'packed'],
    [
      ['the textbook', ratios.vs_textbook, ratios.vs_textbook_packed],
      ['the ceiling through the SDK, unchanged', ratios.vs_ceiling, ratios.vs_ceiling_packed],
      ['the ceiling through our clients', ratios.vs_own_clients, ratios.vs_own_clients_packed],
      ['the ceiling by bare HTTP', ratios.vs_http, ratios.vs_http_packed],
    ],
  )}`;

const ROW_HEAD = [
  'program',
  'movies',
  'movies/s (spread)',
  'calls per 1,000',
  'write units per movie',
  '$ per million',
  'the whole job: movies/s',
  'CPU s per million, by process',
  'CPU s of the server per million',
  'peak RSS by process',
  'ms from sent to deleted, p50 / p99 / max',
];

const rowsSection = ({ rows }: Results): string =>
  `### Rows\n\n${table(
    ROW_HEAD,
    rows.map((row) => [
      row.name,
      row.movies.toLocaleString('en'),
      `${row.movies_per_second.toLocaleString('en')} (${row.spread.map((speed) => speed.toLocaleString('en')).join('–')})`,
      row.calls_per_1000,
      row.write_units_per_movie,
      row.usd_per_million,
      row.whole_movies_per_second?.toLocaleString('en') ?? '–',
      row.processes.map((one) => one.cpu_seconds_per_million).join(' + '),
      row.server_cpu_seconds_per_million,
      `${row.processes.map((one) => one.peak_rss_mb).join(' + ')} MB`,
      row.p50_ms === null ? '–' : `${row.p50_ms} / ${row.p99_ms} / ${row.max_ms}`,
    ]),
  )}\n\nMovies/s count stored movies, without an object. The whole job is a separate run, from the first receive to COMPLETE with the object; calls, write units, price, CPU and memory are from that run, too. The last column was measured at a tenth of the row's rate. A message is deleted when its movies are stored and counted. The batch that completes a job is deleted after the object is written, which the maximum shows.`;

const callsSection = ({ rows }: Results): string =>
  `Calls by operation, per 1,000 movies:\n\n${table(
    ['program', 'calls'],
    rows.map((row) => [
      row.name,
      Object.entries(row.calls_by_operation_per_1000)
        .map(([operation, count]) => `${operation} ${count}`)
        .join(', '),
    ]),
  )}`;

const REPLICA_HEAD = [
  'job',
  'processes',
  'first receive to COMPLETE',
  'times as fast as one',
  'latencies ×',
  'cores used',
  'busy cores of the machine',
];

const replicaJob = ({ mode, movies, object_parts }: ReplicaRow) =>
  `${movies.toLocaleString('en')} movies, ${mode}, ${object_parts === 1 ? 'one `PutObject`' : `${object_parts} parts`}`;

/** The part of the page that `--replicas` writes, too. */
export function replicasSection({ replicas, date, machine }: Pick<Results, 'replicas' | 'date' | 'machine'>): string {
  const lines = replicas.map((row) => [
    replicaJob(row),
    row.processes,
    `${row.seconds} s`,
    row.times_one,
    row.stretch,
    row.cores,
    row.machine_cores,
  ]);
  return `### Replicas at AWS-like latency\n\nMeasured once, ${date}, on ${machine}: from the first receive to COMPLETE with the object, one poller in each consumer. A call takes 15 ms (SQS), 10 ms (DynamoDB) or 40 ms (S3), times a factor. The factor is raised until eight consumers and the embedded AWS together use less than 0.7 cores, so that they wait for latencies and not for cores. All processes are up before the first receive. The last column includes other programs and, unlike the one before it, the time in which the queue is filled and the processes start.\n\n${table(REPLICA_HEAD, lines)}\n\n![replicas](images/replicas.svg)`;
}

function localstackSection({ localstack }: Results): string | undefined {
  if (localstack.length === 0) return undefined;
  return `### On LocalStack\n\nLocalStack ran in a container on the same machine: one round, through a recording proxy.\n\n${table(
    ['program', 'movies', 'movies/s', 'calls per 1,000'],
    localstack.map((row) => [
      row.name,
      row.movies.toLocaleString('en'),
      row.movies_per_second.toLocaleString('en'),
      row.calls_per_1000,
    ]),
  )}`;
}

function embeddedSqsSection({ embedded_sqs }: Results): string | undefined {
  const [first] = embedded_sqs;
  if (first === undefined) return undefined;
  return `### The embedded SQS\n\nCalls per second of the server's CPU time, made by a light HTTP client.\n\n${table(
    Object.keys(first),
    embedded_sqs.map((row) => Object.values(row).map((value) => value.toLocaleString('en'))),
  )}`;
}

function runsSection({ runs }: Results): string | undefined {
  if (runs.length === 0) return undefined;
  return `### Whole runs of \`movie-load start\`\n\n${table(
    ['movies', 'mode', 'wall time', 'outside the pipeline', 'producer', 'largest consumer', 'object'],
    runs.map((run) => [
      run.movies.toLocaleString('en'),
      run.packed ? 'packed' : 'one a message',
      `${run.wall_seconds} s`,
      `${run.overhead_seconds} s`,
      `${run.producer_rss_mb} MB`,
      `${run.consumer_rss_mb} MB`,
      `${run.object_mb} MB`,
    ]),
  )}`;
}
