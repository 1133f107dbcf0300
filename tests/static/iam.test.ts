// The files in docs/iam are valid policies, and allow S3 in the own account only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bucketNameOnAws } from '@movie-load/aws';
import { policySchema } from '../support/iam.ts';
import { readText, root } from '../support/repository.ts';

const folder = join(root, 'docs/iam');
const files = readdirSync(folder);
const page = readText('docs/security.md');
const policyOf = (file: string) => policySchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));

/** The statements that allow actions on a bucket or its objects. A list of all buckets has no resource to name. */
const bucketStatementsOf = (file: string) =>
  policyOf(file).Statement.filter(({ Action }) =>
    Action.some((action) => action.startsWith('s3:') && action !== 's3:ListAllMyBuckets'),
  );

test('the policies of consumer, console, operator and deployer allow actions on buckets', () => {
  expect(files.filter((file) => bucketStatementsOf(file).length > 0)).toEqual([
    'console.json',
    'consumer.json',
    'deployer.json',
    'operator.json',
  ]);
});

describe.each(files)('%s', (file) => {
  test('is a policy whose statements have unique names and valid actions, and docs/security.md links it', () => {
    const { Statement } = policyOf(file);
    const ids = Statement.map(({ Sid }) => Sid);
    expect(ids.filter((id) => !/^[A-Za-z0-9]+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const actions = Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(?:sqs|dynamodb|s3|kms):[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
    expect(page).toContain(`(iam/${file})`);
  });

  test('allows access to buckets only in the own account', () => {
    for (const { Condition, Resource } of bucketStatementsOf(file)) {
      const bucket = bucketNameOnAws({ account: 'ACCOUNT', region: 'REGION' });
      for (const resource of Resource) expect(resource.split(/[:/]/)).toContain(bucket);
      expect(Condition).toMatchObject({ StringEquals: { 'aws:ResourceAccount': 'ACCOUNT' } });
    }
  });
});

test('the policy for customer-managed keys allows them through the three services only', () => {
  const services = ['sqs', 'dynamodb', 's3'].map((service) => `${service}.REGION.amazonaws.com`);
  expect(policyOf('customer-managed-key.json').Statement).toEqual([
    expect.objectContaining({
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Condition: { StringEquals: { 'kms:ViaService': services } },
    }),
  ]);
});
