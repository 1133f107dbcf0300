// The command line as a whole: one line here per command, everything about it in `commands/<name>.ts`.
import { Command } from 'commander';
import { addBuckets } from './commands/buckets.ts';
import { addConsume } from './commands/consume.ts';
import { addDlq } from './commands/dlq.ts';
import { addDownload } from './commands/download.ts';
import { addJob } from './commands/job.ts';
import { addJobs } from './commands/jobs.ts';
import { addMovies } from './commands/movies.ts';
import { addProduce } from './commands/produce.ts';
import { addQueue } from './commands/queue.ts';
import { addRepair } from './commands/repair.ts';
import { addResume } from './commands/resume.ts';
import { addSetup } from './commands/setup.ts';
import { addStart } from './commands/start.ts';
import { addTables } from './commands/tables.ts';
import { addUp } from './commands/up.ts';
import { addVerify } from './commands/verify.ts';
import { addWatch } from './commands/watch.ts';

const commands = [
  addStart,
  addUp,
  addSetup,
  addProduce,
  addConsume,
  addJobs,
  addJob,
  addMovies,
  addDownload,
  addQueue,
  addTables,
  addBuckets,
  addWatch,
  addDlq,
  addResume,
  addVerify,
  addRepair,
];

/** Throws commander's errors instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('movie-load')
    .description('Movies through SQS FIFO, DynamoDB and S3: nothing lost, nothing twice.')
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', ENVIRONMENT_HELP);
  for (const add of commands) add(program);
  return program;
}

const ENVIRONMENT_HELP = `
Where AWS is, and what the resources are called, is said by environment variables:
  AWS_ENDPOINT_URL     an emulator's address; \`movie-load up\` prints it. Without it commands ask for --aws.
  AWS_REGION           us-east-1 when it is not set
  MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ, MOVIE_LOAD_TABLE, MOVIE_LOAD_BUCKET

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C (143 by SIGTERM, 129 by SIGHUP).`;
