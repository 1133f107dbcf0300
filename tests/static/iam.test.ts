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

describe.each(files)('%s', (file) => {
  test('is a policy whose actions and statements have valid, unique names, and docs/security.md links it', () => {
    const { Statement } = policyOf(file);
    const ids = Statement.map(({ Sid }) => Sid);
    expect(ids.filter((id) => !/^[A-Za-z0-9]+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const actions = Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(?:sqs|dynamodb|s3|kms):[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
    expect(page).toContain(`(iam/${file})`);
  });

  test('allows access to buckets only in the own account', () => {
    const ofBuckets = policyOf(file).Statement.filter(({ Resource }) =>
      Resource.some((resource) => resource.startsWith('arn:aws:s3:')),
    );
    for (const { Condition, Resource } of ofBuckets) {
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
