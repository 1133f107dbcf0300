// A bucket's settings: lifecycle rules, encryption, public access block, tags. They are stored and returned, but not
// enforced. (What lifecycle rules would do to an object is reported with it: `expiration.ts`.)

import { invalidRequest, notImplemented, S3Error } from '../errors.ts';
import { type Input, type Output, optionalBoolean, optionalList, optionalText, requiredStructure } from '../input.ts';
import { checkedRules } from '../lifecycle.ts';
import type { S3State } from '../state.ts';
import { tagSetOf, tagsOf } from '../tags.ts';
import type { Operations } from './operation.ts';

const MINIMUM_SIZES = ['all_storage_classes_128K', 'varies_by_storage_class'];

function putLifecycle(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const size = optionalText(input, 'TransitionDefaultMinimumObjectSize') ?? 'all_storage_classes_128K';
  if (!MINIMUM_SIZES.includes(size)) {
    throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${size}`);
  }
  const requestedRules = optionalList(requiredStructure(input, 'LifecycleConfiguration'), 'Rules') ?? [];
  const rules = checkedRules(requestedRules, () => state.newId().slice(0, 48));
  bucket.lifecycle = { rules, transitionDefaultMinimumObjectSize: size };
  return { TransitionDefaultMinimumObjectSize: size };
}

function getLifecycle(state: S3State, input: Input): Output {
  const { name, lifecycle } = state.bucket(input);
  if (lifecycle === undefined) throw new S3Error('NoSuchLifecycleConfiguration', { fields: { BucketName: name } });
  return {
    Rules: lifecycle.rules,
    TransitionDefaultMinimumObjectSize: lifecycle.transitionDefaultMinimumObjectSize,
  };
}

function putPublicAccessBlock(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const configuration = requiredStructure(input, 'PublicAccessBlockConfiguration');
  bucket.publicAccessBlock = {
    BlockPublicAcls: optionalBoolean(configuration, 'BlockPublicAcls') ?? false,
    IgnorePublicAcls: optionalBoolean(configuration, 'IgnorePublicAcls') ?? false,
    BlockPublicPolicy: optionalBoolean(configuration, 'BlockPublicPolicy') ?? false,
    RestrictPublicBuckets: optionalBoolean(configuration, 'RestrictPublicBuckets') ?? false,
  };
  return {};
}

function getPublicAccessBlock(state: S3State, input: Input): Output {
  const { name, publicAccessBlock } = state.bucket(input);
  if (publicAccessBlock === undefined) {
    throw new S3Error('NoSuchPublicAccessBlockConfiguration', { fields: { BucketName: name } });
  }
  return { PublicAccessBlockConfiguration: publicAccessBlock };
}

/** @throws {S3Error} `NotImplemented` for keys other than S3's own */
function putEncryption(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  const rules = optionalList(requiredStructure(input, 'ServerSideEncryptionConfiguration'), 'Rules') ?? [];
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) throw new S3Error('MalformedXML');
  const algorithm = optionalText(requiredStructure(rule, 'ApplyServerSideEncryptionByDefault'), 'SSEAlgorithm');
  if (algorithm !== 'AES256') throw notImplemented('x-amz-server-side-encryption');
  bucket.encryption = { bucketKeyEnabled: optionalBoolean(rule, 'BucketKeyEnabled') ?? false };
  return {};
}

function getEncryption(state: S3State, input: Input): Output {
  const BucketKeyEnabled = state.bucket(input).encryption?.bucketKeyEnabled ?? false;
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled };
  return { ServerSideEncryptionConfiguration: { Rules: [rule] } };
}

function getTags(state: S3State, input: Input): Output {
  const { name, tags } = state.bucket(input);
  if (tags.size === 0) throw new S3Error('NoSuchTagSet', { fields: { BucketName: name } });
  return { TagSet: tagSetOf(tags) };
}

export const SETTING_OPERATIONS: Operations = {
  PutBucketLifecycleConfiguration: putLifecycle,
  GetBucketLifecycleConfiguration: getLifecycle,
  DeleteBucketLifecycle: (state, input) => {
    state.bucket(input).lifecycle = undefined;
    return {};
  },
  PutBucketEncryption: putEncryption,
  GetBucketEncryption: getEncryption,
  DeleteBucketEncryption: (state, input) => {
    state.bucket(input).encryption = undefined;
    return {};
  },
  PutPublicAccessBlock: putPublicAccessBlock,
  GetPublicAccessBlock: getPublicAccessBlock,
  DeletePublicAccessBlock: (state, input) => {
    state.bucket(input).publicAccessBlock = undefined;
    return {};
  },
  PutBucketTagging: (state, input) => {
    const bucket = state.bucket(input);
    bucket.tags = tagsOf(optionalList(requiredStructure(input, 'Tagging'), 'TagSet'), 'bucket');
    return {};
  },
  GetBucketTagging: getTags,
  DeleteBucketTagging: (state, input) => {
    state.bucket(input).tags = new Map();
    return {};
  },
};
