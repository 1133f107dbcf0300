// The targets of the benchmark, and whether a run reached them.
import type { Results } from './results.ts';

interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly holds: boolean | undefined;
}

const atLeast = (what: string, value: number | undefined | null, min: number): Target => ({
  what,
  target: `at least ${min}`,
  measured: value === undefined || value === null ? '–' : String(value),
  holds: value === undefined || value === null ? undefined : value >= min,
});

const atMost = (what: string, value: number | undefined, max: number, unit = ''): Target => ({
  what,
  target: `at most ${max}${unit}`,
  measured: value === undefined ? '–' : `${value}${unit}`,
  holds: value === undefined ? undefined : value <= max,
});

export function targetsOf({ rows, ratios, idle_calls_a_minute, runs, localstack, embedded_sqs }: Results): Target[] {
  const row = (name: string) => rows.find((one) => one.name === name);
  const [single, packed] = [row('ours, one a message'), row('ours, packed')];
  const start = runs.find(({ movies, packed: isPacked }) => movies === 1000 && !isPacked);
  const localstackRatio = (name: string, otherName: string) => {
    const [first, second] = [name, otherName].map((one) => localstack.find((candidate) => candidate.name === one));
    return first && second && Number((first.movies_per_second / second.movies_per_second).toFixed(2));
  };
  // On LocalStack the ratio is closer to 1, because LocalStack's own time is part of both rates.
  const ceilingTargets = ['one a message', 'packed'].map((mode) =>
    atLeast(
      `on LocalStack: movies/s against the ceiling through our clients, ${mode}`,
      localstackRatio(`ours, ${mode}`, `ceiling through our clients, ${mode}`),
      0.85,
    ),
  );
  return [
    atLeast('movies/s against the textbook, one a message', ratios.vs_textbook, 6),
    atLeast('movies/s against the textbook, packed', ratios.vs_textbook_packed, 100),
    atLeast('movies/s against the ceiling through the SDK, one a message', ratios.vs_ceiling, 0.9),
    atLeast('movies/s against the ceiling through the SDK, packed', ratios.vs_ceiling_packed, 0.6),
    atMost('calls per 1,000 movies, one a message', single?.calls_per_1000, 515),
    atMost('calls per 1,000 movies, packed', packed?.calls_per_1000, 2.5),
    atMost('write units per movie, one a message', single?.write_units_per_movie, 0.32),
    atMost('write units per movie, packed', packed?.write_units_per_movie, 0.14),
    atMost('US dollars per million movies, one a message', single?.usd_per_million, 0.36),
    atMost('US dollars per million movies, packed', packed?.usd_per_million, 0.1),
    atLeast('8 replicas against one, first receive to COMPLETE, one a message', ratios.replicas_8, 6.5),
    atLeast('8 replicas against one, first receive to COMPLETE, packed', ratios.replicas_8_packed, 6.5),
    atMost('calls a minute of an idle consumer', idle_calls_a_minute, 4),
    ...sqsTargets(embedded_sqs),
    ...[true, false].flatMap((isPacked) => memoryTargets(runs, isPacked)),
    atMost('assembly of an object of 1 GB: peak RSS of the consumer', largeObject(runs)?.consumer_rss_mb, 256, ' MB'),
    atMost('`npm start`, 1,000 movies: seconds of wall time', start?.wall_seconds, 4),
    atMost('`npm start`, 1,000 movies: seconds outside the pipeline', start?.overhead_seconds, 1.5),
    atLeast(
      'on LocalStack: movies/s against the textbook, one a message',
      localstackRatio('ours, one a message', 'textbook'),
      6,
    ),
    ...ceilingTargets,
  ];
}

const RECEIVE_RATE = 'receive ten/s';

function sqsTargets(depths: Results['embedded_sqs']): Target[] {
  const rates = depths.flatMap((row) =>
    Object.entries(row).flatMap(([name, rate]) => (name.endsWith('/s') ? [rate] : [])),
  );
  const [shallow, deep] = [depths.at(0)?.[RECEIVE_RATE], depths.at(-1)?.[RECEIVE_RATE]];
  const share = shallow && deep && Number((deep / shallow).toFixed(2));
  return [
    atLeast(
      'embedded SQS over HTTP: calls a second of one core, the slowest',
      rates.length > 0 ? Math.min(...rates) : undefined,
      5000,
    ),
    // The rates should be equal; the limit allows for the machine's noise.
    atLeast('embedded SQS: rate of receives beside 1,000,000 waiting messages, against 5,000', share, 0.85),
  ];
}

const LARGE_MB = 1000;
const largeObject = (runs: Results['runs']) => runs.find(({ object_mb }) => object_mb >= LARGE_MB);

function memoryTargets(runs: Results['runs'], isPacked: boolean): Target[] {
  const run = (movies: number) => runs.find((one) => one.packed === isPacked && one.movies === movies);
  const [small, large] = [run(100_000), run(1_000_000)];
  const mode = isPacked ? 'packed' : 'one a message';
  return (['producer', 'consumer'] as const).flatMap((process) => {
    const [from, to] = [small?.[`${process}_rss_mb`], large?.[`${process}_rss_mb`]];
    const growth = from && to && Number((to / from).toFixed(2));
    return [
      atMost(`${process}, ${mode}: peak RSS at 1,000,000 against 100,000 movies`, growth, 1.2),
      atMost(`${process}, ${mode}: peak RSS at 1,000,000 movies`, to, 200, ' MB'),
    ];
  });
}
