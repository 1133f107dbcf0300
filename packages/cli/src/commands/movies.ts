// `movie-load movies <id>`: streams a job's stored movies, by range and by pattern.
import { EXIT, movieToJson, type Range, UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { formatNumber, printable, quoted } from '../format.ts';
import { printLine } from '../output.ts';
import { withSession } from '../session.ts';

interface MoviesOptions extends CommonOptions {
  readonly range?: string;
  readonly grep?: string;
}

export const addTo = defineCommand('movies <id>', {
  about: 'Print the stored movies of a job, in order.',
  options: [
    ['--range <from..to>', 'only these movie numbers, both ends included'],
    ['--grep <pattern>', 'only movies whose title, year, actor or director match'],
    jsonOption,
    awsOption,
  ],
  examples: [
    'npm run movie-load -- movies 3f2a --range 100..200',
    'npm run movie-load -- movies 3f2a --grep midnight --json',
  ],
  run: printMovies,
});

async function printMovies(prefix: string, options: MoviesOptions): Promise<number> {
  const pattern = parsePattern(options.grep);
  return withSession(options, async ({ job: findJob, jobs, signal }) => {
    const job = await findJob(prefix);
    const range = parseRange(options.range, job.plan.movies);
    let printed = 0;
    for await (const { index, movie } of jobs.movies(job, range, { signal })) {
      const { title, year, actor, director } = movie;
      if (pattern && !pattern.test(`${title}\n${year}\n${actor}\n${director}`)) continue;
      printed += 1;
      if (options.json) await printLine(`{"index":${index},${movieToJson(movie).slice(1)}`);
      else
        await printLine(
          `${String(index).padStart(8)}  ${year}  ${printable(title)}  ·  ${printable(actor)}  ·  ${printable(director)}`,
        );
    }
    if (printed === 0) process.stderr.write(pattern ? 'No movie matches.\n' : 'None of these movies is stored yet.\n');
    return EXIT.ok;
  });
}

/** Ignores case. Throws `UsageError` when the pattern is not a regular expression. */
function parsePattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'iu');
  } catch (cause) {
    throw new UsageError(`--grep ${quoted(text)} is not a regular expression.`, { cause });
  }
}

const rangePattern = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/;

/** `100..200` includes both ends; `7` is one movie. */
function parseRange(text: string | undefined, movies: number): Range {
  if (text === undefined) return { first: 0, count: movies };
  const [, from, to = from] = rangePattern.exec(text) ?? [];
  if (from === undefined || Number(to) < Number(from)) {
    throw new UsageError(`--range takes two movie numbers, like 100..200, not ${quoted(text)}.`);
  }
  if (Number(from) >= movies) {
    throw new UsageError(`--range ${text}: the job's movies are 0 to ${formatNumber(movies - 1)}.`);
  }
  return { first: Number(from), count: Math.min(Number(to), movies - 1) - Number(from) + 1 };
}
