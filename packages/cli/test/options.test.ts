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

describe('options', () => {
  test.each(['', ' 5', '5 ', '-1', '1.5', '1e3', '0x10', '９', '9999999999999', '101'])(
    '%j is not a number',
    (text) => {
      expect(() => wholeNumber('--n', text, 0, 100)).toThrow(UsageError);
    },
  );

  test.each(['20,000', '20_000', '1,000,000', '999', '1_000_000'])('%s is a number', (text) => {
    expect(wholeNumber('--n', text, 0, 10_000_000)).toBe(Number(text.replaceAll(/\D/g, '')));
  });

  test.each(['20,00', '2,0000', ',000', '1,', '1,000_000', '0,020', '1 000', '1.000', '1,,000', '1000,000'])(
    '%j has separators where there are none',
    (text) => {
      expect(() => wholeNumber('--n', text, 0, 10_000_000)).toThrow(UsageError);
    },
  );

  test('what a person typed is shown as text, not as something that a terminal acts on', () => {
    expect(() => wholeNumber('--n', '\u001b[2J', 0, 100)).toThrow(
      '--n must be a whole number from 0 to 100, not "\\u001b[2J".',
    );
  });

  test('more than a million movies must be meant', () => {
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
] as const)('%s has both its borders', (_, parse, least, most) => {
  expect([parse(String(least)), parse(String(most))]).toEqual([least, most]);
  expect(() => parse(String(most + 1))).toThrow(UsageError);
  if (least > 0) expect(() => parse(String(least - 1))).toThrow(UsageError);
});

describe('a start request', () => {
  test('has a consumer at least', () => {
    expect(() => readRequest({ ...options, consumers: '0' })).toThrow(
      '--consumers must be a whole number from 1 to 64',
    );
    expect(readRequest({ ...options, consumers: '1' }).consumers).toBe(1);
  });

  test('takes the seed that is given, and else a new one for each run', () => {
    expect(readRequest({ ...options, seed: '7' }).plan.seed).toBe(7);
    const seeds = new Set(Array.from({ length: 20 }, () => readRequest(options).plan.seed));
    expect(seeds.size).toBeGreaterThan(15);
  });

  test('is a job of its own each time, also with the same seed', () => {
    const first = readRequest({ ...options, seed: '7' });
    const second = readRequest({ ...options, seed: '7' });
    expect(first.jobId).not.toBe(second.jobId);
    expect({ ...first.plan, nonce: '' }).toEqual({ ...second.plan, nonce: '' });
  });

  test('becomes options of the producer that say everything a plan is made of', () => {
    const { plan } = readRequest({ ...options, movies: '650', moviesPerMessage: 'auto', seed: '7' });
    expect(producerArguments(plan).join(' ')).toBe(
      `--movies 650 --movies-per-message ${plan.movies_per_message} --seed 7 --nonce ${plan.nonce} --yes --once`,
    );
  });
});
