// `movie-load capacity`: calculates what a job needs on AWS to finish in time. Exit code 1 if it cannot finish in time
// with any of the calculated numbers of movies per message. It calls no endpoint.
import { awsEnvironment } from '@movie-load/aws';
import { type Capacity, capacityOf } from '@movie-load/queue/capacity';
import { EXIT, MAX_MOVIES, UsageError } from '@movie-load/schema';
import { type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { parseMoviesPerMessage, wholeNumber } from '../../options.ts';
import { printResult } from '../../output.ts';
import { capacityText, headingText, sourceText } from './text.ts';
import { parseWithin } from './within.ts';

interface CapacityOptions extends Pick<CommonOptions, 'json'> {
  readonly movies: string;
  readonly within: string;
  readonly moviesPerMessage?: string;
  readonly packed?: boolean;
}

export const addTo = defineCommand('capacity', {
  about: 'Calculate what a job needs on AWS to finish in time: replicas, quotas, memory, price. Makes no calls.',
  required: ['--movies <n>', 'number of movies'],
  options: [
    ['--within <time>', 'the time from the first send to COMPLETE: 90s, 45m, 1h, 1h30m, 2d', '1h'],
    ['--movies-per-message <n|auto>', 'movies per message (default: both 1 and auto, which is 325)'],
    ['--packed', 'the same as --movies-per-message auto'],
    jsonOption,
  ],
  examples: [
    'npm run movie-load -- capacity --movies 50000000 --within 1h',
    'npm run movie-load -- capacity --movies 1,000,000 --within 90s --packed',
    'npm run movie-load -- capacity --movies 1000000 --movies-per-message 10 --json',
  ],
  run: capacity,
});

async function capacity(options: CapacityOptions): Promise<number> {
  const movies = wholeNumber('--movies', options.movies, 1, MAX_MOVIES);
  const within_seconds = parseWithin(options.within);
  // Reads only the table's name: no other setting of AWS matters here, and the bucket's default name would need a call.
  const { MOVIE_LOAD_TABLE: table } = awsEnvironment.parse(process.env);
  const jobs = packingsToCalculate(options).map((movies_per_message) =>
    capacityOf({ movies, movies_per_message, within_seconds, table }),
  );
  await printResult(options, { movies, within_seconds, jobs }, () => capacitiesText(jobs));
  return jobs.some(({ verdict }) => verdict !== 'impossible') ? EXIT.ok : EXIT.failed;
}

/** The numbers of movies per message to calculate for: the requested one, or both that the documentation compares. */
function packingsToCalculate({ packed, moviesPerMessage }: CapacityOptions): (number | 'auto')[] {
  if (packed && moviesPerMessage !== undefined) {
    throw new UsageError('--packed is --movies-per-message auto: give one of the two.');
  }
  if (packed) return ['auto'];
  return moviesPerMessage === undefined ? [1, 'auto'] : [parseMoviesPerMessage(moviesPerMessage)];
}

function capacitiesText(jobs: readonly Capacity[]): string {
  const [first] = jobs;
  if (first === undefined) return '';
  return [headingText(first), ...jobs.map(capacityText), sourceText(first)].join('\n\n');
}
