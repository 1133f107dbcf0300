// Mistakes that were tried with a linter and AWS's validator: neither found the first eight; they found the last seven.
import { CONTAINER, type Mistake, mistake, replace, set, TEMPLATE_RULE } from './make.ts';

export const OBSERVED_MISTAKES: readonly Mistake[] = [
  mistake(
    'an alarm uses the URL of a queue instead of its name',
    'alarms use metrics that are published',
    replace(
      'services',
      'OldestMessage',
      '"Value":"movie-load.fifo"',
      '"Value":"https://sqs.eu-west-1.amazonaws.com/1/movie-load.fifo"',
    ),
  ),
  mistake(
    'StopTimeout is 300',
    'a container ends within its stop timeout',
    set('services', `${CONTAINER}/StopTimeout`, 300),
  ),
  mistake(
    'a health check has 30 retries',
    'a service has a health check of /livez, within the limits of ECS',
    set('services', `${CONTAINER}/HealthCheck/Retries`, 30),
  ),
  mistake(
    'a throughput limit has no deduplication scope',
    'the name of a FIFO queue ends in .fifo, and high throughput has its deduplication scope',
    set('data', 'Resources/Queue/Properties/DeduplicationScope', undefined),
  ),
  mistake(
    'two metrics of an alarm return data',
    'the expression of an alarm is valid in CloudWatch',
    set('services', 'Resources/NoConsumerWorks/Properties/Metrics/0/ReturnData', true),
  ),
  mistake(
    'LaunchType is beside capacity providers',
    'one task is on demand, all others are on Spot',
    set('services', 'Resources/ConsumerService/Properties/LaunchType', 'FARGATE'),
  ),
  mistake(
    'the dashboard is not JSON',
    'the dashboard is JSON whose graphs have data',
    replace('services', 'Dashboard', '{\\"widgets\\":[', '{\\"widgets\\":[,'),
  ),
  mistake(
    'a bucket has no public access block',
    'the bucket equals that of packages/aws and is private',
    set('data', 'Resources/Bucket/Properties/PublicAccessBlockConfiguration', undefined),
  ),
  mistake(
    'a reference names a missing resource',
    TEMPLATE_RULE,
    replace('services', 'ConsumerService', '"Ref":"Cluster"', '"Ref":"Clusters"'),
  ),
  mistake(
    'two resources depend on each other',
    TEMPLATE_RULE,
    set('data', 'Resources/DeadLetterQueue/Properties/RedriveAllowPolicy/sourceQueueArns/0', {
      'Fn::GetAtt': ['Queue', 'Arn'],
    }),
  ),
  mistake(
    'a FIFO queue has no .fifo in its name',
    'queues have the attributes of packages/aws',
    set('data', 'Resources/Queue/Properties/QueueName', 'movie-load'),
  ),
  mistake(
    'Fargate does not have this memory',
    'tasks have sizes and settings that Fargate accepts',
    set('services', 'Resources/ConsumerTask/Properties/Memory', '1000'),
  ),
  mistake(
    'a log is kept for 45 days',
    'logs of services have a retention time, and writing them does not block',
    set('services', 'Resources/LogGroup/Properties/RetentionInDays', 45),
  ),
  mistake(
    'a key of the index is not defined',
    'the table equals that of packages/aws, can be restored, and is protected from deletion',
    set('data', 'Resources/Table/Properties/AttributeDefinitions/2', undefined),
  ),
  mistake(
    'an alarm looks back for two days',
    'alarms evaluate at most the time that CloudWatch allows',
    set('services', 'Resources/OldestMessage/Properties/EvaluationPeriods', 2880),
  ),
];
