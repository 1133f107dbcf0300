// The program with all its commands. A command has one line here; everything else about it is in `commands/`.
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
 * Loads the command that the arguments begin with, or all commands if they begin with none (`--help`, a misspelt name).
 * The program throws commander's errors instead of ending the process.
 */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('movie-load')
    .description('Movies through SQS FIFO, DynamoDB and S3: nothing lost, nothing twice.')
    .exitOverride()
    .showHelpAfterError('(--help lists the commands and options)')
    .addHelpText('after', ENVIRONMENT_HELP);
  const command = COMMANDS.get(args[0] ?? '');
  const modules = await Promise.all((command ? [command] : [...COMMANDS.values()]).map((load) => load()));
  for (const { addTo } of modules) addTo(program);
  return program;
}

const ENVIRONMENT_HELP = `
Environment variables name the endpoint and the resources:
  AWS_ENDPOINT_URL     an emulator's address; \`movie-load up\` prints it. Without it, commands require --aws.
  AWS_REGION           default: us-east-1
  MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ, MOVIE_LOAD_TABLE, MOVIE_LOAD_BUCKET

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C (143 by SIGTERM, 129 by SIGHUP).`;

/**
 * Refuses options that npm has consumed itself. Runs before parsing, because npm leaves the value of such an option as
 * an argument, which no command accepts.
 */
export function refuseOptionsOfNpm(program: Command, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { command, path } = findCommand(program, args);
  const names = optionsOf(command).map((name) => name.replace(/^--/, ''));
  // The script behind `npm start` already contains the word `start`.
  const pathBefore = env.npm_lifecycle_event === 'start' ? [] : path;
  refuseOptionsKeptByNpm(new Set(names), env, pathBefore.join(' '));
}

/** Finds the command or subcommand that the arguments name, and the names that lead to it. */
function findCommand(program: Command, args: readonly string[]) {
  let command = program;
  const path: string[] = [];
  for (const word of args) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    path.push(word);
  }
  return { command, path };
}

/** The options of a command; for a command with subcommands (`dlq`), those of all of them. */
const optionsOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long }) => long ?? []),
  ...command.commands.flatMap(optionsOf),
];
