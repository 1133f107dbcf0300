import { describe, expect, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { readArguments, withOptions } from '../src/arguments.ts';

const options = { runs: { type: 'string' }, quick: { type: 'boolean' } } as const;
const read = (...args: string[]) => readArguments({ help: 'help', options, args, env: {} });

describe('the command line', () => {
  test('has options and their values', () => {
    expect({ ...read('--runs', '3', '--quick') }).toEqual({ runs: '3', quick: true });
    expect({ ...read() }).toEqual({});
  });

  test.each([
    [['--run', '3'], "Unknown option '--run'. --help shows all options."],
    [['three'], /^Unexpected argument 'three'\. .*--help shows all options\.$/],
    [['--runs'], /--help shows all options\.$/],
    [['--quick=1'], /--help shows all options\.$/],
  ])('%j is wrong usage, in one sentence', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });

  test('that npm kept for itself is refused, and says so', () => {
    const kept = () =>
      readArguments({ help: 'help', options, args: [], env: { npm_lifecycle_event: 'sim', npm_config_runs: '3' } });
    expect(kept).toThrow(UsageError);
    expect(kept).toThrow('npm run sim -- --runs');
  });

  test('is beside the environment under its own names', () => {
    expect(withOptions({ RUNS: '1' }, { runs: '3', quick: true })).toEqual({
      RUNS: '1',
      '--runs': '3',
      '--quick': 'true',
    });
  });
});
