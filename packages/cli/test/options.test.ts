// The values of options, and the job that `start` makes of them.
import { describe, expect, test } from '@jest/globals';
import { MAX_SEED, UsageError } from '@movie-load/schema';
import { producerArguments } from '../src/commands/start/job-processes.ts';
import { readRequest } from '../src/commands/start/request.ts';
import {
  parseConsumers,
  parseGroups,
  parseMovies,
  parseMoviesPerMessage,
  parsePort,
  parseSeed,
  wholeNumber,
} from '../src/options.ts';

const options = { movies: '1000', moviesPerMessage: '1', consumers: '2', out: 'downloads' };

describe('a number option', () => {
  test.each(['', ' 5', '5 ', '-1', '1.5', '1e3', '0x10', '９', '9999999999999', '101'])('rejects %j', (text) => {
    expect(() => wholeNumber('--n', text, 0, 100)).toThrow(UsageError);
  });

  test.each(['20,000', '20_000', '1,000,000', '999', '1_000_000'])('accepts %s', (text) => {
    expect(wholeNumber('--n', text, 0, 10_000_000)).toBe(Number(text.replaceAll(/\D/g, '')));
  });

  test.each(['20,00', '2,0000', ',000', '1,', '1,000_000', '0,020', '1 000', '1.000', '1,,000', '1000,000'])(
    'rejects %j, whose separators are misplaced',
    (text) => {
      expect(() => wholeNumber('--n', text, 0, 10_000_000)).toThrow(UsageError);
    },
  );

  test('a typed value is shown as text, without control characters for the terminal', () => {
    expect(() => wholeNumber('--n', '\u001b[2J', 0, 100)).toThrow(
      '--n must be a whole number from 0 to 100, not "\\u001b[2J".',
    );
  });

  test('more than a million movies need a confirmation', () => {
    expect(parseMovies({ movies: '1000000' })).toBe(1_000_000);
    expect(() => parseMovies({ movies: '1000001' })).toThrow('--yes');
    expect(parseMovies({ movies: '1000001', yes: true })).toBe(1_000_001);
    expect(parseMovies({ movies: '2,000,000', dryRun: true })).toBe(2_000_000);
  });

  test('movies per message can be auto', () => {
    expect(parseMoviesPerMessage('auto')).toBe('auto');
    expect(parseMoviesPerMessage('5000')).toBe(5000);
    expect(() => parseMoviesPerMessage('5001')).toThrow(UsageError);
  });
});

test.each([
  ['--consumers of up', (text: string) => parseConsumers(text, 0), 0, 64],
  ['--consumers', (text: string) => parseConsumers(text, 1), 1, 64],
  ['--groups', parseGroups, 1, 64],
  ['--seed', parseSeed, 0, MAX_SEED],
  ['--port', (text: string) => parsePort('--port', text), 0, 65_535],
  ['--movies-per-message', parseMoviesPerMessage, 1, 5000],
] as const)('%s accepts both of its limits and nothing beyond', (_, parse, least, most) => {
  expect([parse(String(least)), parse(String(most))]).toEqual([least, most]);
  expect(() => parse(String(most + 1))).toThrow(UsageError);
  if (least > 0) expect(() => parse(String(least - 1))).toThrow(UsageError);
});

describe('a start request', () => {
  test('has at least one consumer', () => {
    expect(() => readRequest({ ...options, consumers: '0' })).toThrow(
      '--consumers must be a whole number from 1 to 64',
    );
    expect(readRequest({ ...options, consumers: '1' }).consumers).toBe(1);
  });

  test('uses the given seed, or a new seed for each run', () => {
    expect(readRequest({ ...options, seed: '7' }).plan.seed).toBe(7);
    const seeds = new Set(Array.from({ length: 20 }, () => readRequest(options).plan.seed));
    expect(seeds.size).toBeGreaterThan(15);
  });

  test('is a new job each time, also with the same seed', () => {
    const first = readRequest({ ...options, seed: '7' });
    const second = readRequest({ ...options, seed: '7' });
    expect(first.jobId).not.toBe(second.jobId);
    expect({ ...first.plan, nonce: '' }).toEqual({ ...second.plan, nonce: '' });
  });

  test('becomes producer options that contain everything of the plan', () => {
    const { plan } = readRequest({ ...options, movies: '650', moviesPerMessage: 'auto', seed: '7' });
    expect(producerArguments(plan).join(' ')).toBe(
      `--movies 650 --movies-per-message ${plan.movies_per_message} --seed 7 --nonce ${plan.nonce} --yes --once`,
    );
  });
});
