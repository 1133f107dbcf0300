// Refuses options that npm has kept for itself, for whichever command they were meant.
import { refuseOptionsKeptByNpm } from '@movie-load/schema';
import type { Command } from 'commander';

/** Looks before anything is parsed: what npm kept leaves its value behind, as an argument that no command takes. */
export function refuseOptionsOfNpm(program: Command, words: readonly string[], env: NodeJS.ProcessEnv): void {
  const { command, path } = invoked(program, words);
  const names = optionsOf(command).map((name) => name.replace(/^--/, ''));
  // `start` stands in the script itself.
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
