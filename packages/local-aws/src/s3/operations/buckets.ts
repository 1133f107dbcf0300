// Operations on buckets.

import { refuseUnsupported } from '../attributes.ts';
import type { Bucket } from '../bucket.ts';
import { invalidArgument, notImplemented, S3Error } from '../errors.ts';
import {
  type Input,
  isObject,
  type Output,
  optionalInteger,
  optionalList,
  optionalText,
  requiredText,
} from '../input.ts';
import { isBucketName } from '../names.ts';
import type { S3State } from '../state.ts';
import { tagsOf } from '../tags.ts';
import type { Operations } from './operation.ts';

const US_EAST_1 = 'us-east-1';
const REGIONS = new Set(
  'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2'.split(
    ' ',
  ),
);
const MAX_BUCKETS = 10_000;

/** The region whose endpoint a request would have reached: the one that it is signed for. */
function endpointRegion(state: S3State, input: Input): string {
  const signed = optionalText(input, 'SignedRegion');
  return signed !== undefined && REGIONS.has(signed) ? signed : state.region;
}

/** @throws {S3Error} for an unknown location, or one whose buckets the endpoint of the region does not create */
function assertLocation(region: string, location: string | undefined): void {
  if (region === US_EAST_1) {
    if (location === undefined) return;
    if ((location !== 'EU' && !REGIONS.has(location)) || location === US_EAST_1) {
      throw new S3Error('InvalidLocationConstraint', { fields: { LocationConstraint: location } });
    }
  } else if (location !== region && !(location === 'EU' && region === 'eu-west-1')) {
    throw new S3Error('IllegalLocationConstraintException', {
      message: `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    });
  }
}

function createBucket(state: S3State, input: Input): Output {
  const name = requiredText(input, 'Bucket');
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { fields: { BucketName: name } });
  if (input.ObjectLockEnabledForBucket === true) throw notImplemented('x-amz-bucket-object-lock-enabled');
  const ownership = optionalText(input, 'ObjectOwnership');
  if (ownership !== undefined && ownership !== 'BucketOwnerEnforced') {
    if (ownership === 'ObjectWriter' || ownership === 'BucketOwnerPreferred') {
      throw notImplemented('x-amz-object-ownership');
    }
    throw invalidArgument(`Invalid x-amz-object-ownership header: ${ownership}`, 'x-amz-object-ownership');
  }
  refuseUnsupported(input);
  const configuration = isObject(input.CreateBucketConfiguration) ? input.CreateBucketConfiguration : {};
  const location = optionalText(configuration, 'LocationConstraint');
  assertLocation(endpointRegion(state, input), location);
  const tags = configuration.Tags === undefined ? undefined : tagsOf(optionalList(configuration, 'Tags'), 'bucket');
  const existing = state.buckets.get(name);
  // Only in us-east-1 may the owner create a bucket again.
  if (existing !== undefined && (existing.region !== US_EAST_1 || location !== undefined || tags !== undefined)) {
    throw new S3Error('BucketAlreadyOwnedByYou', { fields: { BucketName: name } });
  }
  const bucket = existing ?? state.addBucket(name, location ?? '');
  if (tags !== undefined) bucket.tags = tags;
  return { Location: locationOf(bucket), BucketArn: state.arnOf(bucket) };
}

function locationOf(bucket: Bucket): string {
  return bucket.region === US_EAST_1 ? `/${bucket.name}` : `http://${bucket.name}.s3.amazonaws.com/`;
}

function deleteBucket(state: S3State, input: Input): Output {
  const bucket = state.bucket(input);
  if (!bucket.isEmpty) throw new S3Error('BucketNotEmpty', { fields: { BucketName: bucket.name } });
  state.buckets.delete(bucket.name);
  return {};
}

function listBuckets(state: S3State, input: Input): Output {
  const prefix = optionalText(input, 'Prefix');
  const region = optionalText(input, 'BucketRegion');
  if (region !== undefined && !REGIONS.has(region)) {
    throw invalidArgument(`Argument value ${region} is not a valid AWS Region`, 'bucket-region');
  }
  const maxBuckets = optionalInteger(input, 'MaxBuckets') ?? MAX_BUCKETS;
  if (maxBuckets < 1 || maxBuckets > MAX_BUCKETS) {
    throw invalidArgument('Argument max-buckets must be an integer between 1 and 10000.', 'max-buckets');
  }
  const token = optionalText(input, 'ContinuationToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  const all = [...state.buckets.values()]
    .filter(({ name }) => name.startsWith(prefix ?? '') && name > after)
    .filter((bucket) => region === undefined || bucket.region === region)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = all.slice(0, maxBuckets);
  const last = page.at(-1);
  return {
    Owner: state.owner,
    Buckets: page.map((bucket) => ({
      Name: bucket.name,
      CreationDate: new Date(bucket.createdOn),
      BucketRegion: bucket.region,
      BucketArn: state.arnOf(bucket),
    })),
    ...(all.length > page.length && last && { ContinuationToken: Buffer.from(last.name).toString('base64url') }),
    ...(prefix !== undefined && { Prefix: prefix }),
  };
}

export const BUCKET_OPERATIONS: Operations = {
  CreateBucket: createBucket,
  DeleteBucket: deleteBucket,
  ListBuckets: listBuckets,
  HeadBucket: (state, input) => {
    const bucket = state.bucket(input);
    return { BucketRegion: bucket.region, BucketArn: state.arnOf(bucket), AccessPointAlias: false };
  },
  GetBucketVersioning: (state, input) => {
    state.bucket(input);
    return {};
  },
  GetBucketLocation: (state, input) => ({ LocationConstraint: state.bucket(input).locationConstraint }),
};
