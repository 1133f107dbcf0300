// The command line of a program: options without positional arguments, `--help`, and a check for options that npm took.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { EXIT, refuseOptionsKeptByNpm, UsageError } from '@movie-load/schema';
import { exitWhenOutputCloses } from './standard-output.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramArguments<Options extends ParseArgsOptionsConfig> {
  /** Printed for `--help` and `-h`, which end the process with 0 before any other argument is read. */
  readonly help: string;
  readonly options: Options;
  /** `process.argv` without Node and the program. */
  readonly args?: readonly string[] | undefined;
  readonly env?: Environment | undefined;
}

/**
 * The values of the options. Throws `UsageError` for an unknown option or argument, before the program does anything.
 *
 * @example const { runs } = readArguments({ help: HELP, options: { runs: { type: 'string' } } });
 */
export function readArguments<const Options extends ParseArgsOptionsConfig>(program: ProgramArguments<Options>) {
  const { help, options, args = process.argv.slice(2), env = process.env } = program;
  exitWhenOutputCloses();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    process.exit(0);
  }
  refuseOptionsKeptByNpm(Object.keys(options), env);
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const reason = Error.isError(error) ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${reason}. --help shows all options.`);
  }
}

/**
 * Like `readArguments`, for a program that `runService` does not run: prints a `UsageError` on standard error and ends
 * the process with 2.
 */
export function readArgumentsOrExit<const Options extends ParseArgsOptionsConfig>(program: ProgramArguments<Options>) {
  try {
    return readArguments(program);
  } catch (error) {
    return exitWithUsageError(error);
  }
}

/** The environment with the options as `--name`, so that an error names an option as the person wrote it. */
export function withOptions(env: Environment, values: Readonly<Record<string, unknown>>): Environment {
  return { ...env, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`--${name}`, String(value)])) };
}

/** Prints the message of a `UsageError` and ends the process with 2; throws any other error. */
export function exitWithUsageError(error: unknown): never {
  if (!(error instanceof UsageError)) throw error;
  const hint = error.message.includes('--help') ? '' : '\n--help shows all options.';
  process.stderr.write(`${error.message}${hint}\n`);
  return process.exit(EXIT.usage);
}
