// The CloudWatch alarms. The description of each names the command to run. Only the composite alarm, which is on when
// one of them is on, notifies.
import { type CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type CfnLogGroup, CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import { acknowledge, REASON_EMPTY_DEFAULT_UNUSED } from './acknowledge.ts';
import { addDashboard } from './dashboard.ts';
import {
  expressionQuery,
  type MetricQuery,
  metricQuery,
  queueMetric,
  type ResourceNames,
  runningTasksMetric,
} from './metrics.ts';
import { addOptionalParameter } from './parameters.ts';
import { CHECK_EVERY_MINUTES } from './watcher.ts';

export interface AlarmOptions {
  readonly names: ResourceNames;
  readonly logGroup: CfnLogGroup;
  readonly clusterName: string;
  readonly serviceName: string;
  /** MaxConsumers: the largest number of consumers that scaling sets. */
  readonly maxConsumers: CfnParameter;
  /** TableWriteUnits: the write units per second that the table accepts. */
  readonly tableUnits: CfnParameter;
}

/** The CloudWatch namespace of the metrics that metric filters read from the services' log. */
const LOG_NAMESPACE = 'MovieLoad';
/**
 * Below this share of TableWriteUnits, throttling is not caused by a lack of write units. A table that lacks them uses
 * about three quarters of its units, because throttled calls wait.
 */
const FULL_LOAD_SHARE = 0.6;
const OLDEST_MESSAGE_SECONDS = 2 * 60 * 60;
/** Longer than the interval between two runs of the watcher, so that the alarm stays on until the next run. */
const STALLED_MINUTES = CHECK_EVERY_MINUTES + 5;

/**
 * Adds the alarms, the composite alarm and the dashboard. No alarm of one period uses `FILL`. Data points arrive a
 * minute late, so `FILL` would replace the newest one, and the alarm would never evaluate the real value.
 */
export function addAlarms(stack: Stack, options: AlarmOptions): void {
  addLogMetric(stack, options.logGroup, 'FatalLines', '{ $.level = "fatal" }', '1');
  // The watcher's output. The filter also matches 0, so that each run of the watcher gives a data point.
  addLogMetric(stack, options.logGroup, 'StalledCount', '{ $.stalled >= 0 }', '$.stalled');
  const alarms = [...queueAlarms(stack, options), ...consumerAlarms(stack, options), ...logAlarms(stack)];
  addComposite(stack, alarms);
  addDashboard(stack, { ...options, alarms });
}

function queueAlarms(stack: Stack, { names: { queue, dlq } }: AlarmOptions): CfnAlarm[] {
  return [
    alarm(stack, 'DeadLetters', {
      description: 'Messages are in the dead-letter queue. Type: movie-load dlq ls',
      metrics: [evaluated(queueMetric('dead_letters', dlq, 'ApproximateNumberOfMessagesVisible', 'Maximum'))],
      threshold: 1,
    }),
    alarm(stack, 'OldestMessage', {
      description: 'A message is older than two hours. Type: movie-load queue, then movie-load jobs',
      metrics: [evaluated(queueMetric('age', queue, 'ApproximateAgeOfOldestMessage', 'Maximum'))],
      threshold: OLDEST_MESSAGE_SECONDS,
      minutes: 5,
    }),
    alarm(stack, 'NoConsumerWorks', {
      description:
        'Messages wait, and consumers have deleted none for ten minutes. Type: aws ecs describe-services, then aws logs tail: do consumers start, and what do they wait for?',
      metrics: [
        queueMetric('visible', queue, 'ApproximateNumberOfMessagesVisible', 'Minimum'),
        queueMetric('deleted', queue, 'NumberOfMessagesDeleted', 'Sum'),
        expressionQuery('value', 'IF(visible > 0 AND FILL(deleted, 0) == 0, 1, 0)', 'messages wait, none is deleted'),
      ],
      threshold: 1,
      minutes: 10,
    }),
  ];
}

function consumerAlarms(
  stack: Stack,
  { names: { queue, table }, maxConsumers, tableUnits, ...service }: AlarmOptions,
): CfnAlarm[] {
  const tableSum = { namespace: 'AWS/DynamoDB', stat: 'Sum' };
  return [
    alarm(stack, 'AtMaximum', {
      description:
        'All consumers that MaxConsumers allows run, and the oldest message still becomes older. Type: movie-load capacity, then raise MaxConsumers',
      metrics: [
        queueMetric('age', queue, 'ApproximateAgeOfOldestMessage', 'Maximum'),
        runningTasksMetric('tasks', service),
        expressionQuery(
          'value',
          Fn.sub(`IF(FILL(FILL(tasks, REPEAT), 0) >= \${${maxConsumers.logicalId}} AND DIFF(age) > 0, 1, 0)`),
          'at the maximum, and the oldest message becomes older',
        ),
      ],
      threshold: 1,
      minutes: 15,
    }),
    alarm(stack, 'Throttles', {
      description: `DynamoDB throttles writes though the table uses less than ${100 * FULL_LOAD_SHARE} % of TableWriteUnits. Type: aws dynamodb describe-table: is its warm throughput less than TableWriteUnits, or a partition key hot?`,
      metrics: [
        metricQuery('throttled', { ...tableSum, name: 'WriteThrottleEvents', dimensions: { TableName: table } }),
        metricQuery('units', { ...tableSum, name: 'ConsumedWriteCapacityUnits', dimensions: { TableName: table } }),
        metricQuery('writes', {
          namespace: 'AWS/DynamoDB',
          stat: 'SampleCount',
          name: 'SuccessfulRequestLatency',
          dimensions: { TableName: table, Operation: 'BatchWriteItem' },
        }),
        // A large packed job uses all write units of a new table and is throttled, which needs no alarm.
        expressionQuery(
          'value',
          Fn.sub(`IF(units < \${${tableUnits.logicalId}} * ${60 * FULL_LOAD_SHARE}, FILL(throttled, 0) / writes, 0)`),
          'throttled writes per batch',
        ),
      ],
      threshold: 0.5,
      minutes: 10,
    }),
  ];
}

function logAlarms(stack: Stack): CfnAlarm[] {
  const logMetric = (id: string, name: string) =>
    evaluated(metricQuery(id, { namespace: LOG_NAMESPACE, name, dimensions: {}, stat: 'Maximum' }));
  return [
    alarm(stack, 'FatalExits', {
      description:
        'A service found a bug and ended (exit code 70). Type: aws logs tail /movie-load/services --filter-pattern fatal',
      metrics: [logMetric('fatal', 'FatalLines')],
      threshold: 1,
      minutes: 5,
      datapoints: 1,
    }),
    alarm(stack, 'StalledJobs', {
      description:
        'A job is stalled: the queue is empty and the job is not complete. Type: movie-load jobs --stalled, then movie-load resume <job>',
      metrics: [logMetric('stalled', 'StalledCount')],
      threshold: 1,
      minutes: STALLED_MINUTES,
      datapoints: 1,
    }),
  ];
}

/** Marks the query as the one that the alarm evaluates. */
const evaluated = (query: MetricQuery): MetricQuery => ({ ...query, returnData: true });

interface AlarmSettings {
  readonly description: string;
  readonly metrics: MetricQuery[];
  readonly threshold: number;
  /** Periods of a minute that are evaluated. Default: 1. */
  readonly minutes?: number;
  /** How many of these minutes must reach the threshold. Default: all. */
  readonly datapoints?: number;
}

function alarm(stack: Stack, id: string, settings: AlarmSettings): CfnAlarm {
  const { description, metrics, threshold, minutes = 1, datapoints } = settings;
  return new CfnAlarm(stack, id, {
    alarmDescription: description,
    metrics,
    threshold,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    evaluationPeriods: minutes,
    ...(datapoints === undefined ? {} : { datapointsToAlarm: datapoints }),
    treatMissingData: 'notBreaching',
  });
}

function addLogMetric(
  stack: Stack,
  { ref }: CfnLogGroup,
  name: string,
  filterPattern: string,
  metricValue: string,
): void {
  new CfnMetricFilter(stack, name, {
    logGroupName: ref,
    filterPattern,
    metricTransformations: [{ metricNamespace: LOG_NAMESPACE, metricName: name, metricValue }],
  });
}

function addComposite(stack: Stack, alarms: readonly CfnAlarm[]): void {
  const topic = addOptionalParameter(stack, 'AlarmTopicArn', {
    condition: 'HasAlarmTopic',
    description: 'ARN of the SNS topic that receives the alarms. Empty: they are shown in the CloudWatch console only.',
  });
  const actions = [topic.ifGiven(topic.value).toString()];
  const composite = new CfnCompositeAlarm(stack, 'NeedsAttention', {
    alarmDescription: 'An alarm of movie-load is on; its description names the command to run.',
    alarmRule: Fn.sub(alarms.map(({ logicalId }) => `ALARM("\${${logicalId}}")`).join(' OR ')),
    alarmActions: actions,
    okActions: actions,
  });
  acknowledge(composite, 'F3033', REASON_EMPTY_DEFAULT_UNUSED);
}
