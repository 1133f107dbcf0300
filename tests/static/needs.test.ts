import { describe, expect, test } from '@jest/globals';
import { judge } from '../support/needs.ts';
import type { Found } from '../support/tools.ts';

const there: Found = { ok: true, path: '/usr/bin/tool' };
const absent: Found = { ok: false, reason: 'no Docker engine answers' };

describe('a test that needs something of the machine', () => {
  test('runs when all of it is there', () => {
    expect(judge(['docker', 'aws'], 'docker,browser,aws', () => there)).toEqual({ run: true });
  });

  test('is skipped with the reason when something is absent', () => {
    const verdict = judge(['aws', 'docker'], undefined, (need) => (need === 'docker' ? absent : there));
    expect(verdict).toEqual({ run: false, fail: false, reason: 'no Docker engine answers' });
  });

  test('fails when the absence is not accepted', () => {
    expect(judge(['docker'], 'browser, docker', () => absent)).toMatchObject({ fail: true });
    expect(judge(['docker'], 'browser,aws', () => absent)).toMatchObject({ fail: false });
  });
});
