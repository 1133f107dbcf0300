import { describe, expect, test } from '@jest/globals';
import { planJob, shapeOf } from '../src/index.ts';

describe('planJob', () => {
  test('small jobs get parallelism, large ones few ledgers', () => {
    const groups = (movies: number, movies_per_message: number) =>
      shapeOf(planJob({ nonce: 'n', movies, movies_per_message, seed: 1, generator: 1 })).groups;
    expect(groups(1000, 1)).toBe(50);
    expect(groups(1_000_000, 1)).toBe(5000);
    expect(groups(200_000, 325)).toBe(62);
  });
});
