// Reads of settings that the embedded S3 does not support. They answer as AWS does for a bucket without these settings,
// so that programs which read before they write continue; writing the settings is refused.

import { S3Error, type S3ErrorName } from '../errors.ts';
import type { Input, Output } from '../input.ts';
import type { S3State } from '../state.ts';
import type { Operation, Operations } from './operation.ts';

/** A setting that a new bucket has. */
function answers(output: Output): Operation {
  return (state, input) => {
    state.bucket(input);
    return output;
  };
}

/** A setting that a new bucket does not have. */
function isNotSet(error: S3ErrorName): Operation {
  return (state, input) => {
    throw new S3Error(error, { fields: { BucketName: state.bucket(input).name } });
  };
}

/** Only the owner has access. */
function ownersAcl({ owner }: S3State): Output {
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] };
}

export const DEFAULT_OPERATIONS: Operations = {
  GetBucketAcl: (state: S3State, input: Input) => {
    state.bucket(input);
    return ownersAcl(state);
  },
  GetObjectAcl: (state: S3State, input: Input) => {
    state.object(input);
    return ownersAcl(state);
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
