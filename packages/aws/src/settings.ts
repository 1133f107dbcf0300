// The AWS part of every service's settings, from the environment variables that the AWS SDK and AWS CLI already use.
import { z } from 'zod';

/** An environment variable: an empty one counts as unset, as in most shells' habits. */
const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .optional();

const named = (fallback: string, pattern: RegExp, what: string) =>
  optionalText.transform((text) => text ?? fallback).pipe(z.string().regex(pattern, `is no name of ${what}`));

const fifoQueueName = /^[A-Za-z0-9_-]{1,75}\.fifo$/;
const tableName = /^[A-Za-z0-9_.-]{3,255}$/;
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * To be spread into a service's settings schema. Names' defaults are DESIGN's. `AWS_REGION` wins over
 * `AWS_DEFAULT_REGION`, which only the AWS CLI reads.
 *
 * @example const schema = z.object({ ...awsEnvironment.shape, POLLERS: … });
 */
export const awsEnvironment = z.object({
  AWS_ENDPOINT_URL: optionalText.pipe(z.url({ protocol: /^https?$/, error: 'is no http(s) URL' }).optional()),
  AWS_REGION: optionalText,
  AWS_DEFAULT_REGION: optionalText,
  MOVIE_LOAD_QUEUE: named('movie-load.fifo', fifoQueueName, 'a FIFO queue (it ends in .fifo)'),
  MOVIE_LOAD_DLQ: named('movie-load-dlq.fifo', fifoQueueName, 'a FIFO queue (it ends in .fifo)'),
  MOVIE_LOAD_TABLE: named('movie-job-information', tableName, 'a DynamoDB table'),
  MOVIE_LOAD_BUCKET: named('movie-bucket', bucketName, 'an S3 bucket'),
});

/** Where AWS is, and the names of the four resources there. */
export interface AwsSettings {
  /** Undefined: AWS itself. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly queue: string;
  readonly dlq: string;
  readonly table: string;
  readonly bucket: string;
}

/** The settings of an environment. Throws zod's error with every problem when a variable makes no sense. */
export function awsSettingsFrom(env: Readonly<Record<string, string | undefined>>): AwsSettings {
  return awsSettingsOf(awsEnvironment.parse(env));
}

/** The settings of an environment that `awsEnvironment` has parsed already. */
export function awsSettingsOf(parsed: z.infer<typeof awsEnvironment>): AwsSettings {
  return {
    endpoint: parsed.AWS_ENDPOINT_URL,
    region: parsed.AWS_REGION ?? parsed.AWS_DEFAULT_REGION ?? 'us-east-1',
    queue: parsed.MOVIE_LOAD_QUEUE,
    dlq: parsed.MOVIE_LOAD_DLQ,
    table: parsed.MOVIE_LOAD_TABLE,
    bucket: parsed.MOVIE_LOAD_BUCKET,
  };
}
