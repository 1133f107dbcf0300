import { describe, expect, test } from '@jest/globals';
import { judge } from '../support/needs.ts';
import type { Found } from '../support/tools.ts';

const there: Found = { ok: true, path: '/usr/bin/tool' };
const absent: Found = { ok: false, reason: 'no Docker engine answers' };

describe('a test that needs a program of the machine', () => {
  test('runs when all programs exist', () => {
    expect(judge(['docker', 'aws'], 'docker,browser,aws', () => there)).toEqual({ run: true });
  });

  test('is skipped with the reason when a program is missing', () => {
    const verdict = judge(['aws', 'docker'], undefined, (need) => (need === 'docker' ? absent : there));
    expect(verdict).toEqual({ run: false, fail: false, reason: 'no Docker engine answers' });
  });

  test('fails when MOVIE_LOAD_REQUIRE names the missing program', () => {
    expect(judge(['docker'], 'browser, docker', () => absent)).toMatchObject({ fail: true });
    expect(judge(['docker'], 'browser,aws', () => absent)).toMatchObject({ fail: false });
  });
});
