// Provisioning the bucket: its creation, and which of its rules are changed.
import { describe, expect, test } from '@jest/globals';
import { awsSettingsFrom, resourceDefinitions } from '../src/index.ts';
import { bucketUse, createBucket, provisionBucket } from '../src/provision-bucket.ts';
import type { Provisioning } from '../src/provisioning.ts';
import { type Answers, fakeAws, refusal } from './fake-aws.ts';

const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
const { bucket } = settings;
const { signal } = new AbortController();
const { lifecycleRules: RULES, publicAccessBlock: BLOCK } = resourceDefinitions(settings).bucket;
const [UPLOADS] = RULES;
if (UPLOADS === undefined) throw new Error('no rule');
const RETENTION = { ID: 'retention', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } } as const;
const THEIRS = { ID: 'theirs', Status: 'Enabled', Filter: { Prefix: 'old/' }, Expiration: { Days: 30 } } as const;

function start(
  answers: Answers,
  {
    isDry = false,
    retentionDays,
    region = 'us-east-1',
  }: { isDry?: boolean; retentionDays?: number; region?: string } = {},
) {
  const world = fakeAws({
    CreateBucket: () => ({}),
    GetBucketLifecycleConfiguration: () => ({ Rules: RULES }),
    GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: BLOCK }),
    PutBucketLifecycleConfiguration: () => ({}),
    PutPublicAccessBlock: () => ({}),
    ...answers,
  });
  const reported: string[] = [];
  const regional = { ...settings, region };
  const work: Provisioning = {
    definitions: resourceDefinitions({ ...regional, retentionDays }),
    settings: regional,
    options: { dryRun: isDry, signal },
    apply: async (call) => (isDry ? undefined : call()),
    created: (what) => reported.push(`created ${what}`),
    changed: (what) => reported.push(`changed ${what}`),
    pause: async () => undefined,
  };
  const puts = () => world.requested.filter(({ name }) => name.startsWith('Put')).map(({ input }) => input);
  return { ...world, reported, work, puts };
}

describe('a new bucket', () => {
  test.each([
    ['us-east-1', {}],
    ['us-east-2', { CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } }],
    ['eu-west-1', { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }],
  ])('is created in %s, with a location only where S3 needs one', async (region, location) => {
    const { clients, work, reported, requested } = start({}, { region });
    expect(await createBucket(clients.s3, work)).toBe(true);
    expect(reported).toEqual([`created ${bucket}`]);
    expect(requested).toEqual([
      { name: 'CreateBucket', input: { Bucket: bucket, ...location }, options: { abortSignal: signal } },
    ]);
    expect(bucketUse(work)).toEqual({ name: bucket, settings: work.settings, options: work.options, verb: 'created' });
  });

  test('is not reported as created when this account has created it concurrently', async () => {
    const { clients, work, reported } = start({ CreateBucket: () => refusal('BucketAlreadyOwnedByYou') });
    expect([await createBucket(clients.s3, work), reported]).toEqual([false, []]);
  });

  test('reports why it cannot be created, or throws the error of S3', async () => {
    const exists = refusal('BucketAlreadyExists', { $metadata: { httpStatusCode: 409 } });
    for (const [error, thrown] of [
      [exists, { code: 'bucket_not_usable' }],
      [refusal('InvalidBucketName'), { name: 'InvalidBucketName' }],
    ] as const) {
      const { clients, work, reported } = start({ CreateBucket: () => error });
      await expect(createBucket(clients.s3, work)).rejects.toMatchObject(thrown);
      expect(reported).toEqual([]);
    }
  });

  test('gets its settings, which are not reported as changes', async () => {
    const { clients, work, reported, puts, requested } = start({
      GetBucketLifecycleConfiguration: () => refusal('NoSuchLifecycleConfiguration'),
      GetPublicAccessBlock: () => refusal('NoSuchPublicAccessBlockConfiguration'),
    });
    await provisionBucket(clients.s3, work, true);
    expect(reported).toEqual([]);
    expect(puts()).toEqual([
      { Bucket: bucket, LifecycleConfiguration: { Rules: RULES } },
      { Bucket: bucket, PublicAccessBlockConfiguration: BLOCK },
    ]);
    expect(requested.every(({ input, options }) => input.Bucket === bucket && options.abortSignal === signal)).toBe(
      true,
    );
  });

  test('is reported in a dry run without any call', async () => {
    const { clients, work, reported, requested } = start({}, { isDry: true });
    expect(await createBucket(clients.s3, work)).toBe(true);
    await provisionBucket(clients.s3, work, true);
    expect([reported, requested]).toEqual([[`created ${bucket}`], []]);
  });
});

describe('the lifecycle rules of an existing bucket', () => {
  const provisioned = async (found: readonly object[], more: Parameters<typeof start>[1] = {}) => {
    const { clients, work, reported, puts } = start(
      { GetBucketLifecycleConfiguration: () => ({ Rules: found }) },
      more,
    );
    await provisionBucket(clients.s3, work, false);
    return { reported, puts: puts() };
  };
  const nothing = { reported: [], puts: [] };
  const put = (...Rules: object[]) => ({
    reported: [`changed ${bucket} lifecycle`],
    puts: [{ Bucket: bucket, LifecycleConfiguration: { Rules } }],
  });

  test('stay where they have the wanted effect, whatever their ids and whatever other rules exist', async () => {
    expect(await provisioned([UPLOADS])).toEqual(nothing);
    expect(await provisioned([THEIRS, { ...UPLOADS, ID: 'another name' }])).toEqual(nothing);
    expect(await provisioned([{ ...UPLOADS, Filter: undefined }])).toEqual(nothing);
    expect(await provisioned([{ ...UPLOADS, Filter: undefined, Prefix: '' }])).toEqual(nothing);
    expect(await provisioned([UPLOADS, RETENTION], { retentionDays: 30 })).toEqual(nothing);
  });

  test.each([
    ['turned off', { ...UPLOADS, Status: 'Disabled' }],
    ['for objects with a prefix', { ...UPLOADS, Filter: { Prefix: 'a/' } }],
    ['for objects with a prefix, in the older form', { ...UPLOADS, Filter: undefined, Prefix: 'a/' }],
    ['for objects with a tag', { ...UPLOADS, Filter: { Tag: { Key: 'temporary', Value: 'yes' } } }],
    ['for objects of a size', { ...UPLOADS, Filter: { Prefix: '', ObjectSizeGreaterThan: 1 } }],
    ['after another time', { ...UPLOADS, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 16 } }],
    ['with objects removed as well', { ...UPLOADS, Expiration: { Days: 30 } }],
    ['for another purpose', { ID: UPLOADS.ID, Status: 'Enabled', Filter: { Prefix: '' } }],
  ])('are replaced where our rule is %s; other rules stay', async (_, rule) => {
    expect(await provisioned([THEIRS, rule])).toEqual(put(THEIRS, UPLOADS));
    expect(await provisioned([rule, { Status: 'Enabled' }])).toEqual(put({ Status: 'Enabled' }, UPLOADS));
  });

  test('get the wanted retention, and lose our retention rule when none is wanted', async () => {
    expect(await provisioned([UPLOADS], { retentionDays: 30 })).toEqual(put(UPLOADS, RETENTION));
    expect(await provisioned([UPLOADS, { ...RETENTION, Expiration: { Days: 31 } }], { retentionDays: 30 })).toEqual(
      put(UPLOADS, RETENTION),
    );
    expect(await provisioned([THEIRS, UPLOADS, RETENTION])).toEqual(put(THEIRS, UPLOADS));
    expect(await provisioned([UPLOADS, { ...RETENTION, ID: 'theirs too' }])).toEqual(nothing);
  });

  test('are reported and not changed in a dry run', async () => {
    expect(await provisioned([], { isDry: true })).toEqual({ reported: [`changed ${bucket} lifecycle`], puts: [] });
  });
});

describe('an existing bucket', () => {
  test.each(Object.keys(BLOCK))('gets its public access blocked where %s is not set, and reports it', async (name) => {
    for (const value of [false, undefined]) {
      const { clients, work, reported, puts } = start({
        GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: { ...BLOCK, [name]: value } }),
      });
      await provisionBucket(clients.s3, work, false);
      expect(reported).toEqual([`changed ${bucket} public access block`]);
      expect(puts()).toEqual([{ Bucket: bucket, PublicAccessBlockConfiguration: BLOCK }]);
    }
  });

  test('stops provisioning when its rules or its public access block cannot be read', async () => {
    for (const name of ['GetBucketLifecycleConfiguration', 'GetPublicAccessBlock']) {
      const { clients, work, puts } = start({ [name]: () => refusal('AccessDenied') });
      await expect(provisionBucket(clients.s3, work, false)).rejects.toThrow('AccessDenied');
      expect(puts()).toEqual([]);
    }
  });
});
