// The bucket's name and owner. Bucket names are unique in all of AWS, so the default name there includes account and
// region.
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { MovieLoadError } from '@movie-load/schema';
import { createClients } from './clients.ts';
import { describeError, errorName } from './errors.ts';
import { callerAccount } from './identity.ts';
import { isMissing } from './missing.ts';
import { type CallPolicy, callWithPolicy } from './policy.ts';
import type { CallOptions } from './ports.ts';
import { sdkOptions } from './queue.ts';
import { type AwsSettings, DEFAULT_BUCKET, isAtAws, type LoadedAwsSettings } from './settings.ts';
import { toolPolicy } from './tool-policy.ts';

/**
 * The bucket's default name on AWS. A template may pass placeholders for both.
 *
 * @example bucketNameOnAws({ account: '123456789012', region: 'eu-west-1' }) // 'movie-bucket-123456789012-eu-west-1'
 */
export const bucketNameOnAws = ({ account, region }: { readonly account: string; readonly region: string }): string =>
  `${DEFAULT_BUCKET}-${account}-${region}`;

export interface ResolveOptions extends CallOptions {
  /** The policy for looking up the queue. Default: that of commands. */
  readonly policy?: CallPolicy | undefined;
}

/**
 * The settings with the bucket's name and, on AWS, the account that must own it: the account of the credentials, unless
 * MOVIE_LOAD_BUCKET_OWNER names another one. Every command and service that uses the bucket calls this, so all of them
 * use the same bucket. Makes a call only where S3 is AWS and name or owner are not given.
 *
 * @throws what the look-up of the queue throws, and `MovieLoadError` `account_unknown` when neither SQS nor STS shows
 * the account
 * @example const settings = await resolveBucket(await loadAwsSettings(process.env));
 */
export async function resolveBucket(loaded: LoadedAwsSettings, options: ResolveOptions = {}): Promise<AwsSettings> {
  const { bucket, bucketOwner } = loaded;
  if (!isAtAws(loaded, 's3')) return { ...loaded, bucket: bucket ?? DEFAULT_BUCKET };
  if (bucket !== undefined && bucketOwner !== undefined) return { ...loaded, bucket };
  const account = bucketOwner ?? (await accountOfCredentials(loaded, options));
  // `fips-us-east-1` is a region name that only old clients use.
  const region = loaded.region.replace(/^fips-|-fips$/, '');
  return { ...loaded, bucket: bucket ?? bucketNameOnAws({ account, region }), bucketOwner: account };
}

/**
 * The account of the credentials. The queue's URL contains it, and every service can reach SQS. STS, which is called
 * when SQS does not show the account, is not reachable from many VPCs.
 */
async function accountOfCredentials(loaded: LoadedAwsSettings, options: ResolveOptions): Promise<string> {
  const queueAccount = isAtAws(loaded, 'sqs') ? await accountOfQueue(loaded, options) : undefined;
  if (queueAccount !== undefined) return queueAccount;
  try {
    return await callerAccount(loaded);
  } catch (cause) {
    throw new MovieLoadError(
      'account_unknown',
      `The account of the credentials is unknown, and the bucket's name and owner depend on it: the URL of the queue "${loaded.queue}", which contains it, is not available (the queue does not exist, sqs:GetQueueUrl is not allowed, or SQS is not AWS's), and STS failed (${describeError(cause)}). Set MOVIE_LOAD_BUCKET and MOVIE_LOAD_BUCKET_OWNER.`,
      { cause },
    );
  }
}

/** Undefined when the queue does not exist, or the credentials are not allowed to look it up. */
async function accountOfQueue(
  loaded: LoadedAwsSettings,
  { policy = toolPolicy(), signal }: ResolveOptions,
): Promise<string | undefined> {
  const clients = createClients(loaded);
  try {
    const { QueueUrl } = await callWithPolicy(policy, { operation: 'sqs:GetQueueUrl', signal }, () =>
      clients.sqs.send(new GetQueueUrlCommand({ QueueName: loaded.queue }), sdkOptions({ signal })),
    );
    // Matches the account in `https://sqs.eu-west-1.amazonaws.com/123456789012/movie-load.fifo`.
    const [, account] = /\/(\d{12})\/[^/]+$/.exec(QueueUrl ?? '') ?? [];
    return account;
  } catch (error) {
    if (isMissing(error) || errorName(error) === 'AccessDenied' || errorName(error) === 'AccessDeniedException') {
      return undefined;
    }
    throw error;
  } finally {
    clients.destroy();
  }
}
