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
import { errorName, unlessNamed } from './errors.ts';
import { type BucketUse, notUsable } from './find-bucket.ts';
import type { Provisioning } from './provisioning.ts';
import { sdkOptions } from './queue.ts';

export const bucketUse = ({ definitions, settings, options }: Provisioning): BucketUse => ({
  name: definitions.bucket.name,
  settings,
  options,
  verb: 'made',
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
    throw notUsable(error, bucketUse(work)) ?? error;
  }
  work.created(Bucket);
  return true;
}

/** Changes the bucket's settings that differ. */
export async function provisionBucket(s3: S3Sender, work: Provisioning, isNew: boolean): Promise<void> {
  const { name: Bucket, lifecycleRules, publicAccessBlock } = work.definitions.bucket;
  const call = sdkOptions(work.options);
  if (isNew && work.options.dryRun) return;
  const rules = await unlessNamed(MISSING, async () => {
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), call);
    return Rules;
  });
  if (!areAsWanted(rules ?? [], lifecycleRules)) {
    // A put replaces all rules, so it must include the bucket's other rules.
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

/** True when each wanted rule exists, under any id, and our unwanted rules are removed. */
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
