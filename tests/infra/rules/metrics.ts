// Metrics that AWS and this project publish, with their dimensions: an alarm on any other metric never turns on.
import { z } from 'zod';
import type { Deployment } from '../../support/template.ts';
import { DEFINITIONS } from './data.ts';
import { ofType } from './rule.ts';

export interface NamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const QUEUE_METRICS = new Set([
  'ApproximateAgeOfOldestMessage',
  'ApproximateNumberOfGroupsWithInflightMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesVisible',
  'NumberOfEmptyReceives',
  'NumberOfMessagesDeleted',
  'NumberOfMessagesReceived',
  'NumberOfMessagesSent',
  'NumberOfDeduplicatedSentMessages',
  'SentMessageSize',
]);

/**
 * By name of the metric: its dimensions besides TableName.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
const TABLE_METRICS: Readonly<Record<string, readonly string[]>> = {
  ConsumedReadCapacityUnits: [],
  ConsumedWriteCapacityUnits: [],
  ReadThrottleEvents: [],
  WriteThrottleEvents: [],
  OnlineIndexThrottleEvents: ['GlobalSecondaryIndexName'],
  ConditionalCheckFailedRequests: [],
  SuccessfulRequestLatency: ['Operation'],
  SystemErrors: ['Operation'],
  ThrottledRequests: ['Operation'],
};

/** Without Container Insights. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
const SERVICE_METRICS = new Set(['CPUUtilization', 'MemoryUtilization']);

const STATS = /^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?)$/;

const filterSchema = z.looseObject({
  LogGroupName: z.string(),
  FilterPattern: z.string(),
  MetricTransformations: z
    .array(
      z.looseObject({
        MetricNamespace: z.string(),
        MetricName: z.string(),
        MetricValue: z.string(),
        Dimensions: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
      }),
    )
    .min(1),
});

export const filtersOf = (services: Deployment) => ofType(services, 'AWS::Logs::MetricFilter', filterSchema);

/** The reason why a metric never has values; undefined if it has some. */
export function problemOfMetric(
  services: Deployment,
  { namespace, name, dimensions, stat }: NamedMetric,
): string | undefined {
  const keys = Object.keys(dimensions).sort().join(' and ');
  const metric = `${namespace} ${name}`;
  if (!STATS.test(stat)) return `${metric}: there is no statistic ${stat}`;
  if (namespace === 'AWS/SQS') {
    const { queue, dlq } = DEFINITIONS;
    if (!QUEUE_METRICS.has(name)) return `${metric} is not a metric of SQS`;
    if (keys !== 'QueueName') return `${metric}: its dimension is QueueName, not ${keys}`;
    const isInTemplate = [queue.name, dlq.name].includes(dimensions.QueueName ?? '');
    return isInTemplate ? undefined : `${metric}: ${dimensions.QueueName} is not the name of a queue`;
  }
  if (namespace === 'AWS/DynamoDB') {
    const additionalDimensions = TABLE_METRICS[name];
    if (additionalDimensions === undefined) return `${metric} is not a metric of DynamoDB`;
    if (keys !== ['TableName', ...additionalDimensions].sort().join(' and '))
      return `${metric}: its dimensions are not ${keys}`;
    const isInTemplate = dimensions.TableName === DEFINITIONS.table.TableName;
    return isInTemplate ? undefined : `${metric}: ${dimensions.TableName} is not the name of the table`;
  }
  if (namespace === 'AWS/ECS') {
    if (!SERVICE_METRICS.has(name)) return `${metric} is not a metric of ECS without Container Insights`;
    return keys === 'ClusterName and ServiceName' ? undefined : `${metric}: its dimensions are not ${keys}`;
  }
  const isFiltered = filtersOf(services).some(({ properties }) =>
    properties.MetricTransformations.some(
      (transformation) =>
        transformation.MetricNamespace === namespace &&
        transformation.MetricName === name &&
        hasSameKeys(transformation.Dimensions, dimensions),
    ),
  );
  return isFiltered ? undefined : `${metric}: nothing publishes it`;
}

const hasSameKeys = (
  pairs: readonly { readonly Key: string }[],
  dimensions: Readonly<Record<string, string>>,
): boolean =>
  pairs
    .map(({ Key }) => Key)
    .sort()
    .join() === Object.keys(dimensions).sort().join();
