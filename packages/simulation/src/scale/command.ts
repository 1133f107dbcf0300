// The output of `npm run sim -- --scale`.
import { runStudy, type Study } from './study.ts';
import { startWorkers } from './workers.ts';

export interface ScaleCommand {
  readonly json: boolean;
  print(line: string): void;
  /** Prints progress on standard error. */
  printProgress(line: string): void;
}

/**
 * Runs the study and prints it. Resolves with the exit code: 0 when predictions and disturbed jobs are within
 * bounds.
 */
export async function runScale({ json, print, printProgress }: ScaleCommand): Promise<number> {
  const startedAt = performance.now();
  const workers = startWorkers();
  try {
    const result = await runStudy(workers.run, printProgress);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    if (json) print(JSON.stringify({ ...result, seconds }));
    else for (const line of [...reportLines(result), `${seconds} s`]) print(line);
    return result.holds ? 0 : 1;
  } finally {
    await workers.end();
  }
}

const DISTURBANCES = {
  s3_away: 'S3 is unreachable for 60 s in the middle',
  kill: 'a consumer is killed',
  drain: 'a consumer is drained',
} as const;

function reportLines({ compared, aws, disturbed, fitted, measured_on, source }: Study): string[] {
  return [
    `Against the benchmark (${source}, ${measured_on}). Fitted on one consumer:`,
    ...Object.entries(fitted).map(
      ([mode, { overhead_ms, consumer_cpu_factor, server_cpu_factor }]) =>
        `  ${mode}: a call takes ${overhead_ms} ms more; CPU time × ${consumer_cpu_factor}, the server's × ${server_cpu_factor}`,
    ),
    ...table(
      ['job', 'consumers', 'measured', 'model', 'off by'],
      compared.map((row) => [
        row.mode,
        row.consumers,
        `${row.measured_seconds} s`,
        `${row.predicted_seconds} s`,
        row.is_fitted ? 'fitted' : `${row.error_percent} %`,
      ]),
    ),
    '',
    'On AWS, with a new table and default settings',
    ...table(
      ['job', 'consumers', 'movies', 'COMPLETE after', 'movies/s', 'write units/s', 'limited by'],
      aws.map((row) => [
        row.mode,
        row.consumers,
        row.movies.toLocaleString('en'),
        `${row.seconds} s`,
        row.movies_per_second.toLocaleString('en'),
        row.write_units_per_second.toLocaleString('en'),
        row.limited_by,
      ]),
    ),
    '',
    'A packed million with 8 consumers on AWS, disturbed',
    ...table(
      ['what', 'runs', 'undisturbed', 'slowest', 'at most', ''],
      disturbed.map((row) => [
        DISTURBANCES[row.kind],
        row.runs,
        `${row.undisturbed_seconds} s`,
        `${row.slowest_seconds} s`,
        `${row.most_seconds} s`,
        row.holds ? 'holds' : 'MISSED',
      ]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
