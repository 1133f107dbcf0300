// The contract suite against LocalStack: the same cases as for the embedded AWS. Known deviations
// of LocalStack are listed, and each must exist, unless it depends on timing: a deviation that no longer exists is a
// failure too.
import { expect, test } from '@jest/globals';
import { connectTo } from '../contract/connect.ts';
import { contractSuite } from '../contract/suite.ts';
import { needs } from '../support/needs.ts';
import { readText } from '../support/repository.ts';
import { deviations } from './support/deviations.ts';
import { startLocalstack } from './support/localstack.ts';

needs('docker')('LocalStack', () => {
  contractSuite(
    'the contract',
    async () => {
      const { endpoint, stop } = await startLocalstack();
      return connectTo({ endpoint, close: stop });
    },
    { deviations },
  );
});

test('docs/differences.md has a row for each deviation', () => {
  const text = readText('docs/differences.md');
  expect(Object.keys(deviations).filter((name) => !text.includes(`| ${name} |`))).toEqual([]);
});
