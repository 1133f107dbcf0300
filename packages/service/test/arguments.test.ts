import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { exitWithUsageError, readArguments, readArgumentsOrExit, withOptions } from '../src/arguments.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const options = { runs: { type: 'string' }, quick: { type: 'boolean' } } as const;
const read = (...args: string[]) => readArguments({ help: 'help', options, args, env: {} });

const watchers = () => process.stdout.listenerCount('error');
const atFirst = watchers();

describe('the command line', () => {
  test('is read with one listener for a closed pipe on standard output, however often it is read', () => {
    read();
    read();
    expect(watchers()).toBe(atFirst + 1);
  });

  test('has options and their values', () => {
    expect({ ...read('--runs', '3', '--quick') }).toEqual({ runs: '3', quick: true });
    expect({ ...read() }).toEqual({});
  });

  test.each([
    [['--run', '3'], "Unknown option '--run'. --help shows all options."],
    [['three'], "Unexpected argument 'three'. --help shows all options."],
    [['--runs'], "Option '--runs <value>' argument missing. --help shows all options."],
    [['--quick=1'], "Option '--quick' does not take an argument. --help shows all options."],
  ])('%j is wrong usage, reported in one sentence', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(expect.objectContaining({ message }));
  });

  test('an option that npm has taken is refused with that reason', () => {
    const runWithNpmOption = () =>
      readArguments({ help: 'help', options, args: [], env: { npm_lifecycle_event: 'sim', npm_config_runs: '3' } });
    expect(runWithNpmOption).toThrow(UsageError);
    expect(runWithNpmOption).toThrow('npm run sim -- --runs');
  });

  test('options are in the environment under names with two dashes', () => {
    expect(withOptions({ RUNS: '1' }, { runs: '3', quick: true })).toEqual({
      RUNS: '1',
      '--runs': '3',
      '--quick': 'true',
    });
  });
});

describe('a program', () => {
  /** The output and the exit code of the work. */
  function run(work: () => unknown) {
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      jest.spyOn(process[name], 'write').mockImplementation((text) => {
        printed[name] += String(text);
        return true;
      });
    }
    let code: unknown;
    jest.spyOn(process, 'exit').mockImplementation((given) => {
      code = given;
      throw new Error('the process has ended');
    });
    expect(work).toThrow('the process has ended');
    jest.restoreAllMocks();
    return { ...printed, code };
  }

  test.each(['--help', '-h'])('with %s prints its help and ends with 0, whatever the other arguments', (word) => {
    const env = { npm_lifecycle_event: 'sim', npm_config_runs: '3' };
    const work = () => readArguments({ help: 'What it is for.\n', options, args: ['--nonsense', word], env });
    expect(run(work)).toEqual({ stdout: 'What it is for.\n', stderr: '', code: 0 });
  });

  test('with wrong arguments ends with 2 and a sentence, which names --help once', () => {
    const work = () => readArgumentsOrExit({ help: 'help', options, args: ['--run'], env: {} });
    const stderr = "Unknown option '--run'. --help shows all options.\n";
    expect(run(work)).toEqual({ stdout: '', stderr, code: 2 });
    expect(run(() => exitWithUsageError(new UsageError('Which job?')))).toEqual({
      stdout: '',
      stderr: 'Which job?\n--help shows all options.\n',
      code: 2,
    });
  });

  test('with good arguments gets their values; an error that is not wrong usage is thrown', () => {
    expect(readArgumentsOrExit({ help: 'help', options, args: ['--runs', '3'], env: {} }).runs).toBe('3');
    const bug = new TypeError('x is not a function');
    expect(() => exitWithUsageError(bug)).toThrow(bug);
  });
});
