// Whether the bucket exists and may be used. S3 answers a HEAD without a body, so its status and one header must
// explain a refusal.
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import type { S3Sender } from './clients.ts';
import { errorName } from './errors.ts';
import type { CallOptions } from './ports.ts';
import { sdkOptions } from './queue.ts';
import { type AwsSettings, isAtAws } from './settings.ts';

const NO_SUCH_BUCKET_ERRORS = new Set(['NotFound', 'NoSuchBucket']);

/** The bucket, and the action that is about to happen: errors state that it did not happen. */
export interface BucketUse {
  readonly name: string;
  readonly settings: AwsSettings;
  readonly options: CallOptions;
  readonly verb: 'created' | 'removed';
}

/** Throws `MovieLoadError` `bucket_not_usable` for a bucket of another account or region. */
export async function hasBucket(s3: S3Sender, use: BucketUse): Promise<boolean> {
  const { name: Bucket } = use;
  try {
    const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket }), sdkOptions(use.options));
    const isAws = isAtAws(use.settings, 's3');
    if (isAws && BucketRegion !== undefined && BucketRegion !== use.settings.region)
      throw otherRegionError(use, BucketRegion);
    return true;
  } catch (error) {
    if (NO_SUCH_BUCKET_ERRORS.has(errorName(error))) return false;
    throw bucketError(error, use) ?? error;
  }
}

const answerSchema = z.object({
  $metadata: z.object({ httpStatusCode: z.number() }),
  $response: z
    .object({ headers: z.record(z.string(), z.string()) })
    .optional()
    .catch(undefined),
});

/** The error to report when S3 refused a request because of the bucket itself; undefined for any other error. */
export function bucketError(error: unknown, use: BucketUse): MovieLoadError | undefined {
  const answer = answerSchema.safeParse(error).data;
  if (answer === undefined) return undefined;
  const { name } = use;
  const region = answer.$response?.headers['x-amz-bucket-region'];
  const status = answer.$metadata.httpStatusCode;
  if (errorName(error) === 'BucketAlreadyExists') {
    return bucketNotUsable(
      use,
      `The bucket name "${name}" is taken by another account: bucket names are unique in all of AWS. ${NAME_ANOTHER_BUCKET}`,
      error,
    );
  }
  if (errorName(error) === 'OperationAborted') {
    return bucketNotUsable(
      use,
      `The bucket "${name}" is being created or deleted at this moment. Try again in a few minutes.`,
      error,
    );
  }
  if (isInOtherRegion(errorName(error), status)) return otherRegionError(use, region, error);
  if (status === 403) {
    // The answer to a HEAD has no body and so no code; the refusal of a PUT has one.
    const reason =
      errorName(error) === 'AccessDenied'
        ? `The bucket "${name}" does not exist, and these credentials are not allowed to create it (s3:CreateBucket). Allow it,`
        : `The bucket "${name}" exists, but these credentials may not use it: it belongs to another account, or s3:ListBucket is missing. Correct that,`;
    return bucketNotUsable(use, `${reason} or name another one in MOVIE_LOAD_BUCKET.`, error);
  }
  return undefined;
}

const NAME_ANOTHER_BUCKET = 'Name another one in MOVIE_LOAD_BUCKET.';

const OTHER_REGION_ERRORS = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'IncorrectEndpoint',
]);
/** The SDK's names for an error without a code, as in the answer to a HEAD. */
const NAMES_WITHOUT_CODE = new Set(['Unknown', 'UnknownError', 'BadRequest', '400']);
const isInOtherRegion = (name: string, status: number) =>
  OTHER_REGION_ERRORS.has(name) || [301, 307].includes(status) || (status === 400 && NAMES_WITHOUT_CODE.has(name));

function otherRegionError(use: BucketUse, region?: string, cause?: unknown): MovieLoadError {
  const { name, settings } = use;
  const location =
    region === undefined || region === settings.region ? 'seems to be in another region' : `is in ${region}`;
  const regionToSet = region === undefined ? 'the region of the bucket' : region;
  const text = `The bucket "${name}" ${location}, and movie-load uses ${settings.region}. Set AWS_REGION to ${regionToSet}, or name another one in MOVIE_LOAD_BUCKET.`;
  return bucketNotUsable(use, text, cause);
}

function bucketNotUsable({ name, verb }: BucketUse, text: string, cause: unknown): MovieLoadError {
  return new MovieLoadError('bucket_not_usable', `${text} Nothing was ${verb}.`, { details: { bucket: name }, cause });
}
