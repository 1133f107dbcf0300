// Reads of settings that the embedded S3 does not have. They answer as AWS does for a bucket on which they are not set,
// so that tools which look before they write go on; writing them is refused.

import type { S3Engine } from '../engine.ts';
import { S3Error, type S3ErrorName } from '../errors.ts';
import type { Input, Output } from '../input.ts';
import type { Operation, Operations } from './operation.ts';

/** A setting that a new bucket has. */
function answers(output: Output): Operation {
  return (engine, input) => {
    engine.bucket(input);
    return output;
  };
}

/** A setting that a new bucket does not have. */
function isNotSet(error: S3ErrorName): Operation {
  return (engine, input) => {
    throw new S3Error(error, { fields: { BucketName: engine.bucket(input).name } });
  };
}

/** Only the owner may do everything. */
function ownersAcl({ owner }: S3Engine): Output {
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] };
}

export const DEFAULT_OPERATIONS: Operations = {
  GetBucketAcl: (engine: S3Engine, input: Input) => {
    engine.bucket(input);
    return ownersAcl(engine);
  },
  GetObjectAcl: (engine: S3Engine, input: Input) => {
    engine.object(input);
    return ownersAcl(engine);
  },
  GetBucketOwnershipControls: answers({ OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }),
  GetBucketRequestPayment: answers({ Payer: 'BucketOwner' }),
  GetBucketAccelerateConfiguration: answers({}),
  GetBucketLogging: answers({}),
  GetBucketNotificationConfiguration: answers({}),
  GetBucketCors: isNotSet('NoSuchCORSConfiguration'),
  GetBucketPolicy: isNotSet('NoSuchBucketPolicy'),
  GetBucketPolicyStatus: isNotSet('NoSuchBucketPolicy'),
  GetBucketReplication: isNotSet('ReplicationConfigurationNotFoundError'),
  GetBucketWebsite: isNotSet('NoSuchWebsiteConfiguration'),
  GetObjectLockConfiguration: isNotSet('ObjectLockConfigurationNotFoundError'),
};
