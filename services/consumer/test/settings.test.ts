// A consumer's default settings and their limits.
import { describe, expect, test } from '@jest/globals';
import { consumerEnvironment, HELP, shutdownLimitMs } from '../src/settings.ts';

describe('the settings of a consumer', () => {
  test('are by default eight receives at once, a minute of visibility, the longest poll, and eight seconds to end', () => {
    expect(consumerEnvironment.parse({})).toMatchObject({
      POLLERS: 8,
      VISIBILITY_SECONDS: 60,
      WAIT_SECONDS: 20,
      DRAIN_SECONDS: 8,
      HTTP_HOST: '127.0.0.1',
      MOVIE_LOAD_QUEUE: 'movie-load.fifo',
    });
    expect(consumerEnvironment.parse({}).HTTP_PORT).toBeUndefined();
  });

  test('leave a process a second and a half after its drain', () => {
    expect([1, 8].map((DRAIN_SECONDS) => shutdownLimitMs({ DRAIN_SECONDS }))).toEqual([2500, 9500]);
  });

  test.each([
    ['POLLERS', 1, 64],
    ['VISIBILITY_SECONDS', 1, 43_200],
    ['WAIT_SECONDS', 1, 20],
    ['DRAIN_SECONDS', 1, 3600],
  ])('%s is a whole number from %i to %i', (name, least, most) => {
    for (const value of [least, most])
      expect(consumerEnvironment.parse({ [name]: String(value) })).toMatchObject({ [name]: value });
    for (const value of [least - 1, most + 1, 1.5])
      expect(consumerEnvironment.safeParse({ [name]: String(value) }).success).toBe(false);
    expect(HELP).toContain(name);
  });
});
