// Reads settings that the embedded S3 does not support. The answers are AWS's for a bucket without these settings, so
// that programs which only read them work; writing these settings is refused.

import { S3Error, type S3ErrorName } from '../errors.ts';
import type { Input, Output } from '../input.ts';
import type { S3State } from '../state.ts';
import type { Operation, Operations } from './operation.ts';

/** Answers with the value that the setting has in a new bucket. */
function defaultSetting(output: Output): Operation {
  return (state, input) => {
    state.bucket(input);
    return output;
  };
}

/** Refuses the read: a new bucket does not have the setting. */
function missingSetting(error: S3ErrorName): Operation {
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
  GetBucketOwnershipControls: defaultSetting({
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  }),
  GetBucketRequestPayment: defaultSetting({ Payer: 'BucketOwner' }),
  GetBucketAccelerateConfiguration: defaultSetting({}),
  GetBucketLogging: defaultSetting({}),
  GetBucketNotificationConfiguration: defaultSetting({}),
  GetBucketCors: missingSetting('NoSuchCORSConfiguration'),
  GetBucketPolicy: missingSetting('NoSuchBucketPolicy'),
  GetBucketPolicyStatus: missingSetting('NoSuchBucketPolicy'),
  GetBucketReplication: missingSetting('ReplicationConfigurationNotFoundError'),
  GetBucketWebsite: missingSetting('NoSuchWebsiteConfiguration'),
  GetObjectLockConfiguration: missingSetting('ObjectLockConfigurationNotFoundError'),
};
