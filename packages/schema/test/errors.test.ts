// Our errors, the reasons of dead letters, and the secrets that texts must not have.
import { describe, expect, test } from '@jest/globals';
import {
  assertInvariant,
  DEAD_LETTER_REASONS,
  hideCredentials,
  MovieLoadError,
  ORIGINAL_ATTRIBUTES_LIMIT_BYTES,
  REFUSALS,
  secretsOf,
  UsageError,
} from '../src/index.ts';

describe('an error of movie-load', () => {
  test('has a code, details, a cause, and the name of its class', () => {
    const cause = new Error('below');
    const error = new MovieLoadError('queue_missing', 'There is no queue.', { details: { queue: 'q' }, cause });
    expect(error).toMatchObject({ name: 'MovieLoadError', code: 'queue_missing', details: { queue: 'q' } });
    expect([error.message, error.cause, error instanceof Error]).toEqual(['There is no queue.', cause, true]);
    const bare = new MovieLoadError('queue_missing', 'There is no queue.');
    expect([bare.details, Object.hasOwn(bare, 'cause')]).toEqual([{}, false]);
  });

  test('about wrong usage has the code `usage`', () => {
    const error = new UsageError('No such option.', { details: { option: '--x' } });
    expect(error).toMatchObject({ name: 'UsageError', code: 'usage', details: { option: '--x' } });
    expect(error).toBeInstanceOf(MovieLoadError);
  });

  test('about a broken invariant has both values, which are computed only then', () => {
    expect(() => assertInvariant(false, () => '3 of 2')).toThrow(/bug of movie-load.*: 3 of 2\.$/);
    assertInvariant(true, () => {
      throw new Error('asked');
    });
  });
});

test('the reasons in the dead-letter queue are the refusals and those that consumers do not write', () => {
  expect(DEAD_LETTER_REASONS).toEqual([...REFUSALS, 'too_many_receives', 'unknown']);
  expect(ORIGINAL_ATTRIBUTES_LIMIT_BYTES).toBe(16_384);
});

describe('secrets', () => {
  test('are hidden from six characters on', () => {
    expect(hideCredentials('my s3cret and my s3cre', ['s3cret', 's3cre'])).toBe('my [removed] and my s3cre');
  });

  test('of an environment are its keys and the secrets in its addresses, the longest first', () => {
    const env = {
      AWS_SECRET_ACCESS_KEY: 'short-secret',
      AWS_SESSION_TOKEN: undefined,
      HTTPS_PROXY: 'http://me:a-much-longer-password@proxy:8080',
    };
    const secrets = secretsOf(env);
    expect(secrets).toEqual(expect.arrayContaining(['short-secret', 'a-much-longer-password']));
    const lengths = secrets.map(({ length }) => length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect(new Set(secrets).size).toBe(secrets.length);
  });
});
