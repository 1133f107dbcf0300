// The help of every command, whose examples must work; and which commands are loaded.
import { describe, expect, test } from '@jest/globals';
import { AUTO_MOVIES_PER_MESSAGE } from '@movie-load/movies';
import type { Command } from 'commander';
import { createProgram } from '../src/program.ts';

/** Commands without a result, which run until Ctrl-C; their log is JSON already. */
const WITHOUT_JSON = new Set(['up', 'consume']);

const allCommands = everyCommand(await createProgram([]));
const leaves = allCommands.filter(({ commands }) => commands.length === 0);
const silentOutput = { writeOut: () => undefined, writeErr: () => undefined };

/** All commands including those with subcommands, except the program itself. */
function everyCommand({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...everyCommand(command)]);
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  command.configureOutput(silentOutput);
  return help;
}

/** The lines below `Examples:` */
const examplesOf = (help: string): string[] =>
  (help.split('Examples:\n')[1] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const example = /^(?:\w+=\S+ )*npm (?:-s )?(?<command>start|run movie-load)(?: -- (?<args>[^|>]*))?(?:[|>].*)?$/;

/**
 * The arguments that the program receives in an example; undefined if npm would consume options or run something else.
 */
function argumentsOf(line: string): string[] | undefined {
  const { command, args = '' } = example.exec(line)?.groups ?? {};
  if (command === undefined) return undefined;
  const words = args.split(' ').filter((word) => word !== '');
  return command === 'start' ? ['start', ...words] : words;
}

describe('the help', () => {
  test('has at least two examples for every command; all but those that keep running offer --json', () => {
    expect(leaves.length).toBeGreaterThan(20);
    for (const command of allCommands)
      expect([command.name(), examplesOf(helpOf(command)).length >= 2]).toEqual([command.name(), true]);
    for (const command of leaves) {
      const hasJson = command.options.some(({ long }) => long === '--json');
      expect([command.name(), hasJson]).toEqual([command.name(), !WITHOUT_JSON.has(command.name())]);
    }
  });

  test.each(allCommands.flatMap((command) => examplesOf(helpOf(command))))(
    'has a working example: %s',
    async (line) => {
      const words = argumentsOf(line) ?? ['no', 'example'];
      const fresh = await createProgram(words);
      const ran: string[] = [];
      for (const command of everyCommand(fresh)) {
        command.configureOutput(silentOutput);
        if (command.commands.length === 0) command.action(() => void ran.push(command.name()));
      }
      await fresh.parseAsync(words, { from: 'user' });
      expect(ran).toHaveLength(1);
    },
  );

  test.each(['start', 'produce', 'capacity'])('of %s says how many movies a message has with auto', (name) => {
    const options = leaves.find((command) => command.name() === name)?.options ?? [];
    const { description } = options.find(({ long }) => long === '--movies-per-message') ?? {};
    expect(description).toMatch(new RegExp(`auto\\b.* ${AUTO_MOVIES_PER_MESSAGE}\\b`));
  });

  test.each([
    'npm run movie-load -- -s job 3f2a --json',
    'npm run movie-load -- jobs --nothing',
    'npm run movie-load -- nothing',
    'npm run movie-load jobs --limit 5',
  ])('would fail the test of its examples with: %s', async (line) => {
    const words = argumentsOf(line) ?? ['no', 'example'];
    const fresh = (await createProgram(words)).configureOutput(silentOutput);
    for (const command of everyCommand(fresh)) command.configureOutput(silentOutput).action(() => undefined);
    await expect(fresh.parseAsync(words, { from: 'user' })).rejects.toThrow('unknown');
  });
});

test('a command is loaded alone; all are loaded for the help and for an unknown name', async () => {
  const names = async (...words: string[]) => (await createProgram(words)).commands.map((command) => command.name());
  expect(await names('start', '--movies', '5')).toEqual(['start']);
  expect(await names('queue', 'peek')).toEqual(['queue']);
  const everything = await names();
  expect(everything).toHaveLength(25);
  for (const words of [['--help'], ['help', 'jobs'], ['strat'], ['constructor']])
    expect(await names(...words)).toEqual(everything);
});
