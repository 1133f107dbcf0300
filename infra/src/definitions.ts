// Queues, table and bucket are those of packages/aws, under the names of the environment.
import { awsEnvironment, bucketNameOnAws, type ResourceDefinitions, resourceDefinitions } from '@movie-load/aws';
import { ACCOUNT, REGION } from './texts.ts';

const LEAST_DAYS = 15;

/** The default name of the bucket is filled in by CloudFormation, which knows account and region. */
export function definitionsOf(env: Readonly<Record<string, string | undefined>>): ResourceDefinitions {
  const given = awsEnvironment.parse(env);
  return resourceDefinitions({
    queue: given.MOVIE_LOAD_QUEUE,
    dlq: given.MOVIE_LOAD_DLQ,
    table: given.MOVIE_LOAD_TABLE,
    bucket: given.MOVIE_LOAD_BUCKET ?? bucketNameOnAws({ account: ACCOUNT, region: REGION }),
    // The rule is in the template in any case; its days are a parameter.
    retentionDays: LEAST_DAYS,
  });
}
