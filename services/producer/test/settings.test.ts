import { describe, expect, test } from '@jest/globals';
import { planOf } from '@movie-load/queue/request';
import { UsageError } from '@movie-load/schema';
import { readSettings } from '@movie-load/service';
import { readArguments, withOptions } from '@movie-load/service/arguments';
import { HELP, OPTIONS, producerSettings } from '../src/settings.ts';

const read = (args: string[], env: Record<string, string> = {}) =>
  readSettings(producerSettings, withOptions(env, readArguments({ help: HELP, options: OPTIONS, args, env })));

describe('settings of the producer', () => {
  test.each([
    [['--movies', '0'], '--movies must be a whole number from 1 to 100000000'],
    [['--movies', 'x'], '--movies must be a whole number'],
    [['--movies', '200000000'], '--movies must be a whole number'],
    [['--movies', '5', '--movies-per-message', '5001'], '--movies-per-message must be a whole number from 1 to 5000'],
    [['--movies', '5', '--movies-per-message', 'many'], '--movies-per-message must be auto or a whole number'],
    [['--movies', '5', '--seed', '-1'], '--seed'],
    [['--movies', '5', '--nonce', 'a b'], '--nonce must be'],
    [['--movies', '5', '--groups', '65'], '--groups must be a whole number from 1 to 64'],
    [['--movies', '5', '--groups', '0'], '--groups must be a whole number from 1 to 64'],
    [['--movies', '1000001'], '--movies asks for 1,000,001 movies. Look at the price with --dry-run, then add --yes'],
    [['--film', '5'], "Unknown option '--film'"],
    [[], 'MOVIES must be given: how many movies to send, e.g. --movies 1000'],
    [['--once'], 'how many movies'],
    [['--dry-run'], 'how many movies'],
  ])('%j is wrong usage', (args, text) => {
    expect(() => read(args)).toThrow(UsageError);
    expect(() => read(args)).toThrow(text);
  });

  test('are taken from options before the environment; an option is checked, whatever the variable is', () => {
    const env = { MOVIES: '1000', MOVIES_PER_MESSAGE: '10', SEED: '1', HTTP_PORT: '8081' };
    expect(read([], env)).toMatchObject({ movies: 1000, movies_per_message: 10, seed: 1, once: false });
    expect(read(['--movies', '5000', '--movies-per-message', 'auto'], env)).toMatchObject({
      movies: 5000,
      movies_per_message: 'auto',
      seed: 1,
      once: true,
    });
    expect(read(['--movies', '5', '--seed', '0'], env).seed).toBe(0);
    expect(read(['--once'], env)).toMatchObject({ movies: 1000, once: true });
    const eight = { MESSAGE_GROUPS: '8', MOVIES: '1000' };
    expect([read([], eight).groups, read(['--groups', '4'], eight).groups]).toEqual([8, 4]);
    expect(planOf({ ...read([], eight), nonce: 'n' }).group_size).toBe(125);
  });

  test('need --yes for more than a million movies, but not for a dry run', () => {
    expect(read(['--movies', '1000000']).movies).toBe(1_000_000);
    expect(read(['--movies', '100000000', '--yes']).movies).toBe(100_000_000);
    expect(read(['--movies', '100000000', '--dry-run']).movies).toBe(100_000_000);
    expect(() => read([], { MOVIES: '1000001', HTTP_PORT: '8081' })).toThrow('MOVIES asks for 1,000,001');
  });

  test('of a dry run of a service must have a number of movies, too', () => {
    expect(() => read(['--dry-run'], { HTTP_PORT: '8081' })).toThrow('how many movies');
    expect(read(['--dry-run'], { HTTP_PORT: '8081', MOVIES: '5' }).movies).toBe(5);
  });

  test('of a service may have no first job; empty variables count as unset', () => {
    expect(read([], { HTTP_PORT: '8081', MOVIES: '0', SEED: '' })).toMatchObject({ movies: 0, once: false });
    expect(read([], { HTTP_PORT: '8081', MOVIES: '', MOVIES_PER_MESSAGE: '' })).toMatchObject({
      movies_per_message: 1,
    });
  });

  test('make the same plan for the same request; without a seed it follows from the nonce', () => {
    const request = { movies: 10, movies_per_message: 'auto', nonce: 'a' } as const;
    expect(planOf(request)).toEqual(planOf(request));
    expect(planOf(request)).toMatchObject({ movies_per_message: 325, nonce: 'a' });
    expect(planOf({ ...request, nonce: 'b' }).seed).not.toBe(planOf(request).seed);
    expect(planOf({ ...request, seed: 0 }).seed).toBe(0);
  });
});
