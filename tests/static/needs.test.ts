// Which suites run, are skipped or fail on a machine without a program that they need.
import { describe, expect, test } from '@jest/globals';
import { verdictFor } from '../support/needs.ts';
import type { FoundTool } from '../support/tools.ts';

const present: FoundTool = { ok: true, path: '/usr/bin/tool' };
const absent: FoundTool = { ok: false, reason: 'no Docker engine answers' };

describe('a test that needs a program of the machine', () => {
  test('runs when all programs exist', () => {
    expect(verdictFor(['docker', 'aws'], 'docker,browser,aws', () => present)).toEqual({ run: true });
  });

  test('is skipped with the reason when a program is missing', () => {
    const verdict = verdictFor(['aws', 'docker'], undefined, (need) => (need === 'docker' ? absent : present));
    expect(verdict).toEqual({ run: false, fail: false, reason: 'no Docker engine answers' });
  });

  test('fails when MOVIE_LOAD_REQUIRE names the missing program', () => {
    expect(verdictFor(['docker'], 'browser, docker', () => absent)).toMatchObject({ fail: true });
    expect(verdictFor(['docker'], 'browser,aws', () => absent)).toMatchObject({ fail: false });
  });
});
