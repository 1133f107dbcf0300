// The settings of a new bucket, over HTTP.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../src/index.ts';
import { get, SIGNED } from '../support/server.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
  for (const path of ['/bucket', '/bucket/k'])
    await fetch(`${aws.endpoint}${path}`, { method: 'PUT', headers: SIGNED });
});
afterAll(() => aws.close());

describe('the settings of a new bucket', () => {
  test.each([
    ['acl', '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>'],
    ['encryption', '<SSEAlgorithm>AES256</SSEAlgorithm>'],
    ['ownershipControls', '<ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>'],
    ['requestPayment', '<Payer>BucketOwner</Payer>'],
    ['accelerate', '<AccelerateConfiguration '],
    ['logging', '<BucketLoggingStatus '],
    ['notification', '<NotificationConfiguration '],
    ['cors', 'NoSuchCORSConfiguration'],
    ['policy', 'NoSuchBucketPolicy'],
    ['policyStatus', 'NoSuchBucketPolicy'],
    ['replication', 'ReplicationConfigurationNotFoundError'],
    ['website', 'NoSuchWebsiteConfiguration'],
    ['object-lock', 'ObjectLockConfigurationNotFoundError'],
  ])('have AWS’s default: ?%s', async (setting, expected) => {
    const { status, body: text } = await get(aws, `/bucket?${setting}`);
    expect(text).toContain(expected);
    expect(status).toBe(text.includes('<Error>') ? 404 : 200);
    expect((await get(aws, `/nowhere?${setting}`)).body).toContain('<Code>NoSuchBucket</Code>');
  });

  test('allow only the owner to access an object', async () => {
    expect((await get(aws, '/bucket/k?acl')).body).toContain('<Permission>FULL_CONTROL</Permission>');
    expect((await get(aws, '/bucket/none?acl')).body).toContain('<Code>NoSuchKey</Code>');
  });
});
