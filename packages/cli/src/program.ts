// The command line as a whole: one line here per command, everything else about it in `commands/`.
import { refuseOptionsKeptByNpm } from '@movie-load/schema';
import { Command } from 'commander';

interface CommandModule {
  /** Adds the command with its options, examples and action. */
  addTo(program: Command): void;
}

/** In the order of the help. */
const COMMANDS: ReadonlyMap<string, () => Promise<CommandModule>> = new Map([
  ['start', () => import('./commands/start/start.ts')],
  ['up', () => import('./commands/up/up.ts')],
  ['setup', () => import('./commands/setup.ts')],
  ['produce', () => import('./commands/produce/produce.ts')],
  ['consume', () => import('./commands/consume.ts')],
  ['jobs', () => import('./commands/jobs/jobs.ts')],
  ['job', () => import('./commands/job/job.ts')],
  ['movies', () => import('./commands/movies.ts')],
  ['download', () => import('./commands/download.ts')],
  ['queue', () => import('./commands/queue/queue.ts')],
  ['tables', () => import('./commands/tables.ts')],
  ['buckets', () => import('./commands/buckets.ts')],
  ['watch', () => import('./commands/watch/watch.ts')],
  ['dlq', () => import('./commands/dlq/dlq.ts')],
  ['resume', () => import('./commands/resume.ts')],
  ['verify', () => import('./commands/verify.ts')],
  ['repair', () => import('./commands/repair.ts')],
  ['capacity', () => import('./commands/capacity/capacity.ts')],
  ['delete', () => import('./commands/delete.ts')],
  ['teardown', () => import('./commands/teardown.ts')],
  ['learn', () => import('./commands/learn/learn.ts')],
  ['message', () => import('./commands/message.ts')],
  ['faults', () => import('./commands/faults/faults.ts')],
  ['clock', () => import('./commands/clock.ts')],
  ['lab', () => import('./commands/lab/lab.ts')],
]);

/**
 * Loads the command that `words` begin with; every command when they begin with none (`--help`, a misspelt name).
 * The program throws commander's errors instead of ending the process.
 */
export async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('movie-load')
    .description('Movies through SQS FIFO, DynamoDB and S3: nothing lost, nothing twice.')
    .exitOverride()
    .showHelpAfterError('(--help lists the commands and options)')
    .addHelpText('after', ENVIRONMENT_HELP);
  const named = COMMANDS.get(words[0] ?? '');
  const modules = await Promise.all((named ? [named] : [...COMMANDS.values()]).map((load) => load()));
  for (const { addTo } of modules) addTo(program);
  return program;
}

const ENVIRONMENT_HELP = `
Environment variables set the endpoint and the names of the resources:
  AWS_ENDPOINT_URL     an emulator's address; \`movie-load up\` prints it. Without it commands ask for --aws.
  AWS_REGION           us-east-1 when it is not set
  MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ, MOVIE_LOAD_TABLE, MOVIE_LOAD_BUCKET

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C (143 by SIGTERM, 129 by SIGHUP).`;

/**
 * Refuses options that npm has kept for itself. Looks before anything is parsed: what npm kept leaves its value behind, as
 * an argument that no command takes.
 */
export function refuseOptionsOfNpm(program: Command, words: readonly string[], env: NodeJS.ProcessEnv): void {
  const { command, path } = invoked(program, words);
  const names = optionsOf(command).map((name) => name.replace(/^--/, ''));
  // The script `npm start` has `start` in it.
  const before = env.npm_lifecycle_event === 'start' ? [] : path;
  refuseOptionsKeptByNpm(new Set(names), env, before.join(' '));
}

/** The command that the words name, as deep as they do. */
function invoked(program: Command, words: readonly string[]) {
  let command = program;
  const path: string[] = [];
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    path.push(word);
  }
  return { command, path };
}

/** Its options; where more words are needed (`dlq`), those of all that it may become. */
const optionsOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long }) => long ?? []),
  ...command.commands.flatMap(optionsOf),
];
