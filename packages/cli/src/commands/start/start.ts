// `movie-load start`, also `npm start`: a complete job on the embedded AWS. `run-job.ts` does the work.
import { EXIT } from '@movie-load/schema';
import { defineCommand } from '../../command.ts';
import { errorText, Interrupted, reportError } from '../../exit.ts';
import { listenForInterrupt } from '../../interrupt.ts';
import { checkOpenFiles } from '../../open-files.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../processes/embedded.ts';
import { prepareFolder } from '../../save-object.ts';
import { createProgress } from './progress.ts';
import { readRequest, type StartOptions } from './request.ts';
import { emptySummary, type Summary, summaryLines } from './summary.ts';

export const addTo = defineCommand('start', {
  about: 'Run a job on the embedded AWS: generate, enqueue, store, write the object, download.',
  options: [
    ['--movies <n>', 'number of movies', '1000'],
    ['--movies-per-message <n|auto>', 'movies per message; auto: 325, which always fit into 64 KB', '1'],
    ['--consumers <n>', 'number of consumer processes', '2'],
    ['--seed <n>', 'the same seed gives the same movies (default: a new one)'],
    ['--out <folder>', 'the folder for the file', 'downloads'],
    ['--json', 'print only one JSON line on standard output'],
    ['--yes', 'accept more than 1,000,000 movies'],
  ],
  examples: ['npm start', 'npm -s start -- --movies 200000 --movies-per-message auto --json'],
  run: start,
});

/** Returns the exit code. With `--json` it always prints its line, also after a failure. */
async function start(options: StartOptions): Promise<number> {
  using interrupt = listenForInterrupt();
  let summary = emptySummary(0);
  let code: number = EXIT.ok;
  let embedded: Promise<EmbeddedAws> | undefined;
  try {
    const request = readRequest(options);
    checkOpenFiles();
    await prepareFolder(request.folder, '--out');
    const progress = await createProgress(options.json ? process.stderr : process.stdout);
    // The embedded AWS starts while the rest of this program is loaded, which takes about as long.
    embedded = startEmbeddedAws({ port: 0, signal: interrupt.signal });
    embedded.then(
      ({ kill }) => interrupt.onForce(kill),
      () => undefined,
    );
    const { runJob } = await import('./run-job.ts');
    await runJob(request, {
      embedded,
      interrupt,
      progress,
      onSummary: (current) => {
        summary = current;
      },
    });
    summary = { ...summary, status: 'COMPLETE' };
  } catch (error) {
    code = reportError(error);
    summary = failedSummary(summary, error);
  } finally {
    await embedded?.then(
      (aws) => aws.close(),
      () => undefined,
    );
  }
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else if (code === EXIT.ok) process.stdout.write(`${summaryLines(summary).join('\n')}\n`);
  else if (interrupt.signal.aborted) process.stderr.write('movie-load: interrupted; everything is stopped\n');
  return code;
}

function failedSummary(summary: Summary, error: unknown): Summary {
  const status = error instanceof Interrupted ? 'INTERRUPTED' : 'FAILED';
  return { ...summary, status, error: errorText(error) };
}
