// `movie-load produce`: runs the producer once, at the environment's endpoint. People get a summary, programs
// (--json) the producer's own line.
import { awsOption, type CommonOptions, defineCommand } from '../../command.ts';
import { endpointSettings, requireQueue } from '../../endpoint.ts';
import { parseGroups, parseMovies, parseMoviesPerMessage, parseSeed } from '../../options.ts';
import { printLine } from '../../output.ts';
import { runInForeground } from '../../processes/foreground.ts';
import { sendForPeople } from './send-for-people.ts';

interface ProduceOptions extends CommonOptions {
  readonly movies: string;
  readonly moviesPerMessage: string;
  readonly seed?: string;
  readonly nonce?: string;
  readonly groups?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const addTo = defineCommand('produce', {
  about: 'Send a job to the environment’s queue.',
  options: [
    ['--movies <n>', 'number of movies', '1000'],
    ['--movies-per-message <n|auto>', 'movies per message; auto: 325, which always fit into 64 KB', '1'],
    ['--seed <n>', 'the same seed gives the same movies (default: a new one)'],
    ['--nonce <word>', 'name of the job: the same word and options again complete the same job'],
    ['--groups <n>', 'approximate number of message groups, 1 to 64 (default: about 64)'],
    ['--dry-run', 'print the plan, the requests that it needs and their list price; send nothing'],
    ['--yes', 'accept more than 1,000,000 movies'],
    ['--json', 'print the job, or the plan of --dry-run, as one JSON line; the log goes to standard error'],
    awsOption,
  ],
  examples: [
    'npm run movie-load -- produce --movies 5,000',
    'LOG_LEVEL=info npm run movie-load -- produce --seed 7',
    'npm run movie-load -- produce --movies 1000000 --movies-per-message auto --dry-run',
  ],
  run: produce,
});

async function produce(options: ProduceOptions): Promise<number> {
  const movies = parseMovies(options);
  const args = producerArguments(movies, options);
  // A dry run sends nothing, so it needs no endpoint.
  if (!options.dryRun) await requireQueue(await endpointSettings(options));
  const producer = { service: 'producer' as const, args, env: { ...process.env, HTTP_PORT: '' } };
  if (!options.dryRun && !options.json) return sendForPeople(producer, { movies, aws: options.aws ?? false });
  const lines: string[] = [];
  const { code } = await runInForeground([{ ...producer, onOutput: (line) => void lines.push(line) }]);
  if (lines.length > 0) await printLine(lines.join('\n'));
  return code;
}

function producerArguments(movies: number, options: ProduceOptions): string[] {
  const seed = options.seed === undefined ? [] : ['--seed', String(parseSeed(options.seed))];
  const nonce = options.nonce === undefined ? [] : ['--nonce', options.nonce];
  const groups = options.groups === undefined ? [] : ['--groups', String(parseGroups(options.groups))];
  return [
    '--movies',
    String(movies),
    '--movies-per-message',
    String(parseMoviesPerMessage(options.moviesPerMessage)),
    ...seed,
    ...nonce,
    ...groups,
    ...(options.dryRun ? ['--dry-run'] : []),
    // The producer's JSON line has more facts than its text.
    ...(options.json || !options.dryRun ? ['--json'] : []),
    '--yes',
    '--once',
  ];
}
