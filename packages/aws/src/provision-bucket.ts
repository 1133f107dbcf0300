// Provisions the bucket: private, with a rule for unfinished uploads.
import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { S3Sender } from './clients.ts';
import { LIFECYCLE_RULES } from './definitions.ts';
import { errorName, undefinedOnErrors } from './errors.ts';
import { type BucketUse, bucketError } from './find-bucket.ts';
import type { Provisioning } from './provisioning.ts';
import { sdkOptions } from './queue.ts';

export const bucketUse = ({ definitions, settings, options }: Provisioning): BucketUse => ({
  name: definitions.bucket.name,
  settings,
  options,
  verb: 'created',
});

/**
 * Creates the bucket unless it exists. Bucket names are global, so only this call shows whether the name is free: it
 * precedes all other creations. Returns true when the bucket is new.
 */
export async function createBucket(s3: S3Sender, work: Provisioning): Promise<boolean> {
  const { name: Bucket } = work.definitions.bucket;
  const { region } = work.settings;
  // `us-east-1` is the only region that a request must not name.
  const CreateBucketConfiguration = { LocationConstraint: region as 'eu-west-1' };
  const location = region === 'us-east-1' ? {} : { CreateBucketConfiguration };
  try {
    await work.apply(() => s3.send(new CreateBucketCommand({ Bucket, ...location }), sdkOptions(work.options)));
  } catch (error) {
    if (errorName(error) === 'BucketAlreadyOwnedByYou') return false;
    throw bucketError(error, bucketUse(work)) ?? error;
  }
  work.created(Bucket);
  return true;
}

/** Changes the bucket's settings that differ. */
export async function provisionBucket(s3: S3Sender, work: Provisioning, isNew: boolean): Promise<void> {
  const { name: Bucket, lifecycleRules, publicAccessBlock } = work.definitions.bucket;
  const requestOptions = sdkOptions(work.options);
  if (isNew && work.options.dryRun) return;
  const rules = await undefinedOnErrors(NOT_CONFIGURED_ERRORS, async () => {
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), requestOptions);
    return Rules;
  });
  if (!matchDefinition(rules ?? [], lifecycleRules)) {
    // A put replaces all rules, so it must include the bucket's other rules.
    const otherRules = (rules ?? []).filter(({ ID }) => !MANAGED_RULE_IDS.has(ID ?? ''));
    const LifecycleConfiguration = { Rules: [...otherRules, ...lifecycleRules] };
    const command = new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration });
    await work.apply(() => s3.send(command, requestOptions));
    if (!isNew) work.changed(`${Bucket} lifecycle`);
  }

  const accessBlock = await undefinedOnErrors(NOT_CONFIGURED_ERRORS, async () => {
    const answer = await s3.send(new GetPublicAccessBlockCommand({ Bucket }), requestOptions);
    return answer.PublicAccessBlockConfiguration;
  });
  const isPrivate = Object.entries(publicAccessBlock).every(
    ([key, value]) => accessBlock?.[key as keyof typeof accessBlock] === value,
  );
  if (!isPrivate) {
    const command = new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: publicAccessBlock });
    await work.apply(() => s3.send(command, requestOptions));
    if (!isNew) work.changed(`${Bucket} public access block`);
  }
}

const MANAGED_RULE_IDS: ReadonlySet<string> = new Set(Object.values(LIFECYCLE_RULES));

/** True when each wanted rule exists, under any id, and movie-load has no rule that is not wanted. */
function matchDefinition(existingRules: readonly LifecycleRule[], wanted: readonly LifecycleRule[]): boolean {
  const isUnwanted = ({ ID = '' }: LifecycleRule) => MANAGED_RULE_IDS.has(ID) && !wanted.some((rule) => rule.ID === ID);
  return (
    !existingRules.some(isUnwanted) &&
    wanted.every((rule) => existingRules.some((existing) => haveSameEffect(existing, rule)))
  );
}

const haveSameEffect = (existing: LifecycleRule, wanted: LifecycleRule): boolean =>
  existing.Status === wanted.Status &&
  isForAllObjects(existing) &&
  existing.Expiration?.Days === wanted.Expiration?.Days &&
  existing.AbortIncompleteMultipartUpload?.DaysAfterInitiation ===
    wanted.AbortIncompleteMultipartUpload?.DaysAfterInitiation;

/** False for a rule that selects objects by prefix, tag or size. `Prefix` outside of `Filter` is S3's older form. */
const isForAllObjects = ({ Prefix = '', Filter = {} }: LifecycleRule): boolean =>
  [Prefix, ...Object.values(Filter)].every((selection) => selection === '' || selection === undefined);

const NOT_CONFIGURED_ERRORS = new Set(['NoSuchLifecycleConfiguration', 'NoSuchPublicAccessBlockConfiguration']);
