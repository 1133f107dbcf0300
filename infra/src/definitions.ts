// Queues, table and bucket as packages/aws defines them, with the names that the environment sets.
import { awsEnvironment, bucketNameOnAws, type ResourceDefinitions, resourceDefinitions } from '@movie-load/aws';
import { ACCOUNT, REGION } from './placeholders.ts';

/** Only makes the definitions contain a rule that expires objects. Its days come from the parameter RetentionDays. */
const PLACEHOLDER_RETENTION_DAYS = 15;

/** The bucket's default name contains placeholders for account and region, which CloudFormation replaces. */
export function definitionsOf(env: Readonly<Record<string, string | undefined>>): ResourceDefinitions {
  const settings = awsEnvironment.parse(env);
  return resourceDefinitions({
    queue: settings.MOVIE_LOAD_QUEUE,
    dlq: settings.MOVIE_LOAD_DLQ,
    table: settings.MOVIE_LOAD_TABLE,
    bucket: settings.MOVIE_LOAD_BUCKET ?? bucketNameOnAws({ account: ACCOUNT, region: REGION }),
    retentionDays: PLACEHOLDER_RETENTION_DAYS,
  });
}
