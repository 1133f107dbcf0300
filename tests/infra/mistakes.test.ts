// Each mistake, put into a template alone, is found by its rule, and each rule finds a mistake.
import { describe, expect, test } from '@jest/globals';
import { readTemplate } from '../support/template.ts';
import { deployErrors, findingsOf, RULE_NAMES } from './findings.ts';
import { MISTAKES } from './mistakes/index.ts';
import { TEMPLATE_RULE } from './rules/template-text.ts';

const templates = { data: readTemplate('data'), services: readTemplate('services') };

describe('a template with a mistake', () => {
  test.each(MISTAKES)('fails the rule against it: $title', ({ rule, make }) => {
    const copy = structuredClone(templates);
    make(copy);
    expect(findingsOf(rule, copy)).not.toEqual([]);
    // Any rule would fail for a template that cannot be deployed.
    if (rule !== TEMPLATE_RULE) expect(deployErrors(copy)).toEqual([]);
  });
});

test('every rule finds a mistake, and every mistake has a rule', () => {
  const rulesWithMistake = new Set(MISTAKES.map(({ rule }) => rule));
  expect([...rulesWithMistake].sort()).toEqual([...RULE_NAMES].sort());
});

test('no mistake is listed twice', () => {
  const titles = MISTAKES.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThanOrEqual(25);
});
