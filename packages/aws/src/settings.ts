// The AWS part of every service's settings, from the environment variables that the AWS SDK and AWS CLI already use.
import { UsageError } from '@movie-load/schema';
import { z } from 'zod';
import { isAwsUrl } from './hosts.ts';

/** An environment variable: an empty value counts as unset, as in most shells. */
const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .optional();

const validName = (pattern: RegExp, what: string) => z.string().regex(pattern, `is not a valid name of ${what}`);
const nameWithDefault = (fallback: string, pattern: RegExp, what: string) =>
  optionalText.transform((text) => text ?? fallback).pipe(validName(pattern, what));

const endpointUrl = optionalText.pipe(z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }).optional());
/** The region becomes a part of host names. */
const regionName = optionalText.pipe(
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/, 'is not the name of a region')
    .optional(),
);
/** In lower case, as the SDK requires. */
const flag = optionalText.pipe(z.enum(['true', 'false'], 'must be true or false').optional());

const fifoQueueName = /^[A-Za-z0-9_-]{1,75}\.fifo$/;
const tableName = /^[A-Za-z0-9_.-]{3,255}$/;
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A day longer than messages live: what a job has stored must exist while its last message can still be delivered. */
const MIN_RETENTION_DAYS = 15;
const MAX_RETENTION_DAYS = 36_500;
const RETENTION_PROBLEM = `must be a number of days from ${MIN_RETENTION_DAYS} (messages live 14 days) to ${MAX_RETENTION_DAYS}`;

/**
 * For the settings schema of a service. The default names are those of docs/design.md. The SDK reads its other
 * variables itself: docs/aws-environment.md lists all of them.
 *
 * @example const schema = z.object({ ...awsEnvironment.shape, POLLERS: … });
 */
export const awsEnvironment = z.object({
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_ENDPOINT_URL_SQS: endpointUrl,
  AWS_ENDPOINT_URL_DYNAMODB: endpointUrl,
  AWS_ENDPOINT_URL_S3: endpointUrl,
  AWS_ENDPOINT_URL_STS: endpointUrl,
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: flag,
  AWS_REGION: regionName,
  AWS_DEFAULT_REGION: regionName,
  AWS_PROFILE: optionalText,
  AWS_CONFIG_FILE: optionalText,
  AWS_SHARED_CREDENTIALS_FILE: optionalText,
  AWS_USE_FIPS_ENDPOINT: optionalText,
  AWS_USE_DUALSTACK_ENDPOINT: optionalText,
  AWS_CA_BUNDLE: optionalText,
  MOVIE_LOAD_TRUST_ENDPOINT: flag,
  MOVIE_LOAD_QUEUE: nameWithDefault('movie-load.fifo', fifoQueueName, 'a FIFO queue (it ends in .fifo)'),
  MOVIE_LOAD_DLQ: nameWithDefault('movie-load-dlq.fifo', fifoQueueName, 'a FIFO queue (it ends in .fifo)'),
  MOVIE_LOAD_TABLE: nameWithDefault('movie-job-information', tableName, 'a DynamoDB table'),
  MOVIE_LOAD_BUCKET: optionalText.pipe(validName(bucketName, 'an S3 bucket').optional()),
  /** S3 refuses every call when another account owns the bucket. On AWS the default is the account of the credentials. */
  MOVIE_LOAD_BUCKET_OWNER: optionalText.pipe(
    z
      .string()
      .regex(/^\d{12}$/, 'is not the number of an AWS account (12 digits)')
      .optional(),
  ),
  /** Consumers set the expiration of items by it; `setup` makes the bucket remove objects after it. */
  MOVIE_LOAD_RETENTION_DAYS: optionalText.pipe(
    z
      .string()
      .regex(/^\d{1,5}$/, RETENTION_PROBLEM)
      .transform(Number)
      .pipe(z.number().min(MIN_RETENTION_DAYS, RETENTION_PROBLEM).max(MAX_RETENTION_DAYS, RETENTION_PROBLEM))
      .optional(),
  ),
});
export type AwsEnvironment = z.infer<typeof awsEnvironment>;

/** The services that are called; STS only for the number of the account. */
export const AWS_SERVICES = ['sqs', 'dynamodb', 's3', 'sts'] as const;
export type AwsService = (typeof AWS_SERVICES)[number];

/** Where AWS is, and the names of the four resources. */
export interface AwsSettings {
  /** The endpoint of SQS, and of all others unless `endpoints` is given. Undefined: AWS itself. */
  readonly endpoint?: string | undefined;
  /** Set only when services have different endpoints; a service that is missing here is AWS itself. */
  readonly endpoints?: Readonly<Partial<Record<AwsService, string | undefined>>> | undefined;
  readonly region: string;
  /** The user allows the environment's own credentials at an endpoint that is not AWS. Default false. */
  readonly trustsEndpoint?: boolean | undefined;
  /** The profile of AWS_PROFILE when the files do not have it; reported only when no credentials are found. */
  readonly missingProfile?: string | undefined;
  /** A file of additional certificate authorities, in PEM. */
  readonly caBundle?: string | undefined;
  readonly queue: string;
  readonly dlq: string;
  readonly table: string;
  readonly bucket: string;
  /** The account that must own the bucket; undefined: any. */
  readonly bucketOwner?: string | undefined;
  /** The number of days after which DynamoDB and S3 remove data; undefined: never. */
  readonly retentionDays?: number | undefined;
}

/**
 * The settings of environment and profile. On AWS the default name of the bucket is unknown until the account is known:
 * `resolveBucket` completes it.
 */
export interface LoadedAwsSettings extends Omit<AwsSettings, 'bucket'> {
  readonly bucket?: string | undefined;
}

/** The values of a profile in `~/.aws/config` and `~/.aws/credentials` that movie-load uses. */
export interface Profile {
  readonly isMissing?: boolean;
  readonly region?: string | undefined;
  readonly endpoint_url?: string | undefined;
  /** From the profile's `services` section. */
  readonly service_endpoint_urls?: Readonly<Partial<Record<AwsService, string | undefined>>>;
  readonly ignore_configured_endpoint_urls?: string | undefined;
  readonly use_fips_endpoint?: string | undefined;
  readonly use_dualstack_endpoint?: string | undefined;
  readonly ca_bundle?: string | undefined;
}

/** The endpoint of a service; undefined for AWS itself. */
export function endpointOf(
  { endpoint, endpoints }: Pick<AwsSettings, 'endpoint' | 'endpoints'>,
  service: AwsService,
): string | undefined {
  return endpoints === undefined ? endpoint : endpoints[service];
}

/** True when a service is AWS itself, also when AWS is given as a URL. */
export function isAtAws(settings: Pick<AwsSettings, 'endpoint' | 'endpoints'>, service: AwsService): boolean {
  const endpoint = endpointOf(settings, service);
  return endpoint === undefined || isAwsUrl(endpoint);
}

/**
 * The bucket's default name where S3 is not AWS. On AWS, account and region are appended to it: `bucketNameOnAws`.
 */
export const DEFAULT_BUCKET = 'movie-bucket';

/**
 * The settings of an environment alone, without the files of profiles. Throws zod's error with every problem when a
 * variable is invalid, and `UsageError` when S3 is AWS and no bucket is named: its default name needs a call.
 */
export function awsSettingsFrom(env: Readonly<Record<string, string | undefined>>): AwsSettings {
  const { bucket, ...settings } = awsSettingsOf(awsEnvironment.parse(env));
  if (bucket === undefined)
    throw new UsageError('This program does not look up the name of the bucket on AWS: set MOVIE_LOAD_BUCKET.');
  return { ...settings, bucket };
}

/** The settings of an environment that `awsEnvironment` has already parsed, and of a profile. */
export function awsSettingsOf(parsed: AwsEnvironment, profile: Profile = {}): LoadedAwsSettings {
  const { endpoints, fromProfile } = endpointsOf(parsed, profile);
  const endpoint = endpoints.sqs;
  const isOneEndpoint = AWS_SERVICES.every((service) => endpoints[service] === endpoint);
  // A profile's region does not apply to an endpoint of the environment: an emulator stores its data by region.
  const profileRegion = endpoint === undefined || fromProfile ? profile.region : undefined;
  const region = parsed.AWS_REGION ?? parsed.AWS_DEFAULT_REGION ?? profileRegion ?? 'us-east-1';
  return {
    endpoint,
    ...(isOneEndpoint ? {} : { endpoints }),
    ...(profile.isMissing ? { missingProfile: parsed.AWS_PROFILE } : {}),
    region,
    ...(parsed.MOVIE_LOAD_TRUST_ENDPOINT === 'true' ? { trustsEndpoint: true } : {}),
    caBundle: parsed.AWS_CA_BUNDLE ?? profile.ca_bundle,
    queue: parsed.MOVIE_LOAD_QUEUE,
    dlq: parsed.MOVIE_LOAD_DLQ,
    table: parsed.MOVIE_LOAD_TABLE,
    bucket: parsed.MOVIE_LOAD_BUCKET ?? (isAtAws({ endpoint, endpoints }, 's3') ? undefined : DEFAULT_BUCKET),
    ...(parsed.MOVIE_LOAD_BUCKET_OWNER === undefined ? {} : { bucketOwner: parsed.MOVIE_LOAD_BUCKET_OWNER }),
    ...(parsed.MOVIE_LOAD_RETENTION_DAYS === undefined ? {} : { retentionDays: parsed.MOVIE_LOAD_RETENTION_DAYS }),
  };
}

/** In the SDK's order: a service's own endpoint before the general one, the environment before the profile. */
function endpointsOf(parsed: AwsEnvironment, profile: Profile) {
  const ignores = parsed.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.ignore_configured_endpoint_urls;
  const endpoints: Partial<Record<AwsService, string | undefined>> = {};
  let fromProfile = false;
  if (ignores?.toLowerCase() === 'true') return { endpoints, fromProfile };
  const variables = {
    sqs: parsed.AWS_ENDPOINT_URL_SQS,
    dynamodb: parsed.AWS_ENDPOINT_URL_DYNAMODB,
    s3: parsed.AWS_ENDPOINT_URL_S3,
    sts: parsed.AWS_ENDPOINT_URL_STS,
  };
  for (const service of AWS_SERVICES) {
    const environmentEndpoint = variables[service] ?? parsed.AWS_ENDPOINT_URL;
    const profileEndpoint = profile.service_endpoint_urls?.[service] ?? profile.endpoint_url;
    endpoints[service] = environmentEndpoint ?? profileEndpoint;
    fromProfile ||= environmentEndpoint === undefined && profileEndpoint !== undefined;
  }
  return { endpoints, fromProfile };
}
