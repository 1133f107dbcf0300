// Scaling and alarms as they are in infra/templates, in the model of CloudWatch and Application Auto Scaling.
import { describe, expect, test } from '@jest/globals';
import { CHECKS, type Check } from './checks.ts';
import { MISTAKES } from './mistakes.ts';
import { reader } from './support.ts';

const checks: Readonly<Record<string, Check>> = CHECKS;

describe('in the model', () => {
  test.each(Object.keys(checks))('%s', (name) => {
    expect(checks[name]?.(reader())).toEqual([]);
  });
});

describe('a mistake in the template is found', () => {
  test.each(MISTAKES)('$what', ({ seed, foundBy }) => {
    const problems = () => checks[foundBy]?.(reader(seed)) ?? [];
    expect(problems()).not.toEqual([]);
  });
});

test('every check finds a mistake', () => {
  const used = new Set(MISTAKES.map(({ foundBy }) => foundBy));
  expect(Object.keys(checks).filter((name) => !used.has(name as keyof typeof CHECKS))).toEqual([]);
});
