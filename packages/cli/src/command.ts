// Defines commands of the command line: their options, examples, subcommands and exit code.
import type { Command } from 'commander';

export interface EndpointOptions {
  /** Use AWS instead of an emulator. */
  readonly aws?: boolean;
}

export interface CommonOptions extends EndpointOptions {
  readonly json?: boolean;
}

type Option = readonly [flags: string, about: string, defaultValue?: string];

export const awsOption: Option = ['--aws', 'use AWS instead of an emulator, with the credentials of the environment'];

export const jsonOption: Option = ['--json', 'print JSON for programs'];

/** Adds a command to the program, or a subcommand to a command. */
export type AddCommand = (parent: Command) => void;

interface CommandParts {
  readonly about: string;
  readonly required?: Option;
  readonly options?: readonly Option[];
  /** Shell command lines, shown at the end of the command's help. */
  readonly examples: readonly string[];
  /** Runs when the parent command is called without a subcommand. */
  readonly isDefault?: boolean;
  /** Gets the arguments, then the options. Resolves to the exit code. */
  readonly run?: (...args: Parameters<Parameters<Command['action']>[0]>) => Promise<number>;
  /** Its subcommands. */
  readonly commands?: readonly AddCommand[];
}

/**
 * @param nameAndArguments as commander reads them
 * @example export const addTo = defineCommand('repair <id>', { about: '…', examples: ['…'], run: repair });
 */
export function defineCommand(nameAndArguments: string, parts: CommandParts): AddCommand {
  const { about, required, options = [], examples, isDefault = false, run, commands = [] } = parts;
  return (parent) => {
    const command = parent.command(nameAndArguments, { isDefault }).description(about);
    if (required) command.requiredOption(...required);
    for (const option of options) command.option(...option);
    command.addHelpText('after', ['\nExamples:', ...examples].join('\n  '));
    if (run) {
      command.action(async (...args) => {
        process.exitCode = await run(...args);
      });
    }
    for (const add of commands) add(command);
    command.hook('preSubcommand', refuseUnknown);
  };
}

/** The first argument that is neither an option of the command nor an option's value. */
function firstOperand(args: readonly string[], command: Command): string | undefined {
  let isValue = false;
  return args.find((word) => {
    const isOperand = !(isValue || word.startsWith('-'));
    isValue = command.options.some((option) => option.required && (option.long === word || option.short === word));
    return isOperand;
  });
}

/** Without this, `dlq lst` would run the default subcommand of `dlq`, which reports too many arguments. */
function refuseUnknown(parent: Command, next: Command): void {
  const operand = firstOperand(parent.args, next);
  if (operand === undefined || operand === next.name()) return;
  const names = parent.commands.map((command) => command.name()).join(', ');
  parent.error(`error: unknown command '${parent.name()} ${operand}' (below \`${parent.name()}\` are: ${names})`, {
    code: 'commander.unknownCommand',
  });
}
