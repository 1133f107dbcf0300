// The settings and the region of a new bucket, over HTTP.

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
  const empty = (root: string) => `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></${root}>`;
  test.each([
    ['acl', '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>'],
    ['encryption', '<SSEAlgorithm>AES256</SSEAlgorithm>'],
    ['ownershipControls', '<ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>'],
    ['requestPayment', '<Payer>BucketOwner</Payer>'],
    ['accelerate', empty('AccelerateConfiguration')],
    ['logging', empty('BucketLoggingStatus')],
    ['notification', empty('NotificationConfiguration')],
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
    const { body } = await get(aws, '/bucket/k?acl');
    const [owner] = /<ID>[0-9a-f]{64}<\/ID>/.exec(body) ?? [];
    expect(body).toContain(`<Owner>${owner}</Owner>`);
    expect(body.match(/<ID>.*?<\/ID>/g)).toEqual([owner, owner]);
    expect(body.match(/<Permission>.*?<\/Permission>/g)).toEqual(['<Permission>FULL_CONTROL</Permission>']);
    expect((await get(aws, '/bucket/none?acl')).body).toContain('<Code>NoSuchKey</Code>');
  });
});

test('a bucket must be in the region that the request is signed for, if that is not us-east-1', async () => {
  const authorization = SIGNED.authorization.replace('us-east-1', 'eu-west-1');
  const create = async (region: string) => {
    const location = `<LocationConstraint>${region}</LocationConstraint>`;
    const body = region && `<CreateBucketConfiguration>${location}</CreateBucketConfiguration>`;
    const init = { method: 'PUT', headers: { ...SIGNED, authorization }, body };
    return await (await fetch(`${aws.endpoint}/elsewhere`, init)).text();
  };
  for (const region of ['', 'us-west-2']) {
    expect(await create(region)).toContain('<Code>IllegalLocationConstraintException</Code>');
  }
  expect(await create('eu-west-1')).toBe('');
  const location = await get(aws, '/elsewhere?location');
  expect(location.body).toContain('>eu-west-1</LocationConstraint>');
});
