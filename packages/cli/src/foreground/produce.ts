// Runs the producer as it is, once, with this program's safeguards before it.
import type { ProduceOptions } from '../commands/produce.ts';
import { endpointSettings } from '../endpoint.ts';
import { parseMovies, parseMoviesPerMessage, parseSeed } from '../options.ts';
import { readyEndpoint } from './ready-endpoint.ts';
import { runInForeground } from './run.ts';

/** Returns the exit code. */
export async function produce(options: ProduceOptions): Promise<number> {
  const args = producerArguments(options);
  // A dry run talks to nobody, so it needs no endpoint.
  if (!options.dryRun) await readyEndpoint(endpointSettings(options));
  return runInForeground([{ service: 'producer', args, env: withoutServer() }]);
}

function producerArguments(options: ProduceOptions): string[] {
  const seed = options.seed === undefined ? [] : ['--seed', String(parseSeed(options.seed))];
  const nonce = options.nonce === undefined ? [] : ['--nonce', options.nonce];
  return [
    '--movies',
    String(parseMovies(options)),
    '--movies-per-message',
    String(parseMoviesPerMessage(options.moviesPerMessage)),
    ...seed,
    ...nonce,
    ...(options.dryRun ? ['--dry-run'] : []),
    ...(options.json ? ['--json'] : []),
    '--yes',
    '--once',
  ];
}

function withoutServer(): NodeJS.ProcessEnv {
  return { ...process.env, HTTP_PORT: '' };
}
