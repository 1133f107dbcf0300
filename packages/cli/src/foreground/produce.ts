// Runs the producer once, with this program's safeguards before it. People get a summary, programs (--json) its line.
import type { ProduceOptions } from '../commands/produce.ts';
import { endpointSettings } from '../endpoint.ts';
import { parseMovies, parseMoviesPerMessage, parseSeed } from '../options.ts';
import { printLine } from '../output.ts';
import { readyEndpoint } from './ready-endpoint.ts';
import { runInForeground } from './run.ts';
import { sendForPeople } from './send-for-people.ts';

/** Returns the exit code. */
export async function produce(options: ProduceOptions): Promise<number> {
  const movies = parseMovies(options);
  const args = producerArguments(movies, options);
  // A dry run talks to nobody, so it needs no endpoint.
  if (!options.dryRun) await readyEndpoint(await endpointSettings(options));
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
  return [
    '--movies',
    String(movies),
    '--movies-per-message',
    String(parseMoviesPerMessage(options.moviesPerMessage)),
    ...seed,
    ...nonce,
    ...(options.dryRun ? ['--dry-run'] : []),
    // What it prints for people says less than its line for programs.
    ...(options.json || !options.dryRun ? ['--json'] : []),
    '--yes',
    '--once',
  ];
}
