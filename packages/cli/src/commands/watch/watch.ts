// `movie-load watch`: shows queues and jobs until Ctrl-C. On a terminal it redraws one screen; in a pipe it prints JSON
// lines.
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT } from '@movie-load/schema';
import { createLogUpdate } from 'log-update';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { jobLines } from '../../job-lines.ts';
import { wholeNumber } from '../../options.ts';
import { printJson } from '../../output.ts';
import { queueLines } from '../../queue-lines.ts';
import { withSession } from '../../session.ts';
import { jobsThatFit, screenText } from './screen.ts';

interface WatchOptions extends CommonOptions {
  readonly every: string;
  /** Number of updates; without it until Ctrl-C. */
  readonly times?: string;
}

export const addTo = defineCommand('watch', {
  about: 'Show queues and jobs live until Ctrl-C; JSON lines in a pipe.',
  options: [
    ['--every <seconds>', 'seconds between updates', '1'],
    ['--times <n>', 'end after this many updates'],
    jsonOption,
    awsOption,
  ],
  examples: ['npm run movie-load -- watch', 'npm run movie-load -- watch --every 5 --times 12 --json'],
  run: watch,
});

/** The number of jobs in a JSON line. */
const JOBS_IN_JSON = 10;

async function watch(options: WatchOptions): Promise<number> {
  const seconds = wholeNumber('--every', options.every, 1, 3600);
  const times =
    options.times === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--times', options.times, 1, 1_000_000);
  return withSession(options, async (session) => {
    const redraw = options.json || !process.stdout.isTTY ? undefined : createLogUpdate(process.stdout);
    try {
      for (let update = 1; ; update += 1) {
        const { rows, columns } = process.stdout;
        const limit = redraw ? jobsThatFit(rows) + 1 : JOBS_IN_JSON;
        const [queues, { lines: jobs }] = await Promise.all([queueLines(session), jobLines(session, limit)]);
        const at = new Date().toISOString();
        if (redraw) redraw(screenText({ at, queues, jobs }, { rows, columns }));
        else await printJson({ at, queues, jobs });
        if (update >= times) return EXIT.ok;
        await delay(seconds * 1000, undefined, { signal: session.signal });
      }
    } finally {
      redraw?.done();
    }
  });
}
