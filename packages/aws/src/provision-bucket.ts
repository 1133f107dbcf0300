// The bucket, private, with its rule for unfinished uploads.
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
import { errorName, unlessNamed } from './errors.ts';
import { type BucketUse, notUsable } from './find-bucket.ts';
import type { Provisioning } from './provisioning.ts';
import { sdk } from './queue.ts';

export const bucketUse = ({ definitions, settings, options }: Provisioning): BucketUse => ({
  name: definitions.bucket.name,
  settings,
  options,
  verb: 'made',
});

/**
 * Makes it unless it is there. Bucket names are global, so only this call says whether the name is free: it comes before
 * anything else is made. True when the bucket is new.
 */
export async function createBucket(s3: S3Sender, work: Provisioning): Promise<boolean> {
  const { name: Bucket } = work.definitions.bucket;
  const { region } = work.settings;
  // `us-east-1` is the only region that must not be named.
  const CreateBucketConfiguration = { LocationConstraint: region as 'eu-west-1' };
  const location = region === 'us-east-1' ? {} : { CreateBucketConfiguration };
  try {
    await work.apply(() => s3.send(new CreateBucketCommand({ Bucket, ...location }), sdk(work.options)));
  } catch (error) {
    if (errorName(error) === 'BucketAlreadyOwnedByYou') return false;
    throw notUsable(error, bucketUse(work)) ?? error;
  }
  work.created(Bucket);
  return true;
}

/** Sets what differs in the bucket. */
export async function provisionBucket(s3: S3Sender, work: Provisioning, isNew: boolean): Promise<void> {
  const { name: Bucket, lifecycleRules, publicAccessBlock } = work.definitions.bucket;
  const call = sdk(work.options);
  if (isNew && work.options.dryRun) return;
  const rules = await unlessNamed(MISSING, async () => {
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), call);
    return Rules;
  });
  if (!areAsWanted(rules ?? [], lifecycleRules)) {
    // The bucket's other rules stay: a put replaces all of them.
    const others = (rules ?? []).filter(({ ID }) => !OWN_RULES.has(ID ?? ''));
    const LifecycleConfiguration = { Rules: [...others, ...lifecycleRules] };
    const command = new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration });
    await work.apply(() => s3.send(command, call));
    if (!isNew) work.changed(`${Bucket} lifecycle`);
  }

  const block = await unlessNamed(MISSING, async () => {
    const answer = await s3.send(new GetPublicAccessBlockCommand({ Bucket }), call);
    return answer.PublicAccessBlockConfiguration;
  });
  const blocks = Object.entries(publicAccessBlock).every(
    ([key, value]) => block?.[key as keyof typeof block] === value,
  );
  if (!blocks) {
    const command = new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: publicAccessBlock });
    await work.apply(() => s3.send(command, call));
    if (!isNew) work.changed(`${Bucket} public access block`);
  }
}

const OWN_RULES: ReadonlySet<string> = new Set(Object.values(LIFECYCLE_RULES));

/** Each rule that is wanted is there, under any name, and none of our own that is not wanted any more. */
function areAsWanted(found: readonly LifecycleRule[], wanted: readonly LifecycleRule[]): boolean {
  const isUnwanted = ({ ID = '' }: LifecycleRule) => OWN_RULES.has(ID) && !wanted.some((rule) => rule.ID === ID);
  return !found.some(isUnwanted) && wanted.every((rule) => found.some((one) => doTheSame(one, rule)));
}

const doTheSame = (found: LifecycleRule, wanted: LifecycleRule): boolean =>
  found.Status === wanted.Status &&
  (found.Filter?.Prefix ?? '') === '' &&
  found.Expiration?.Days === wanted.Expiration?.Days &&
  found.AbortIncompleteMultipartUpload?.DaysAfterInitiation ===
    wanted.AbortIncompleteMultipartUpload?.DaysAfterInitiation;

const MISSING = new Set(['NoSuchLifecycleConfiguration', 'NoSuchPublicAccessBlockConfiguration']);
