// The templates keep every rule with each choice of parameters (CHOICES in findings.ts).
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../support/repository.ts';
import { readTemplate, STACKS } from '../support/template.ts';
import { findingsOf, RULE_NAMES } from './findings.ts';

const templates = { data: readTemplate('data'), services: readTemplate('services') };

test.each(RULE_NAMES)('the templates follow the rule “%s”', (rule) => {
  expect(findingsOf(rule, templates)).toEqual([]);
});

test.each(STACKS)('the template %s is small enough to be deployed without a bucket', (name) => {
  expect(statSync(join(root, `infra/templates/${name}.json`)).size).toBeLessThan(51_200);
});
