// Alarms: each says what to type. All of them are children of one composite, which alone notifies.
import { Aws, CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type CfnLogGroup, CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import { acknowledge, EMPTY_ONLY_WHERE_UNUSED } from './acknowledge.ts';
import { addDashboard } from './dashboard.ts';
import { expressionQuery, type MetricQuery, metricQuery, type Names, queueMetric } from './metrics.ts';

export interface AlarmOptions {
  readonly names: Names;
  readonly logGroup: CfnLogGroup;
  readonly clusterName: string;
  readonly serviceName: string;
}

/** Of what the services write to their log. */
const LOG_NAMESPACE = 'MovieLoad';
const OLDEST_MESSAGE_SECONDS = 3600;

export function addAlarms(stack: Stack, options: AlarmOptions): void {
  const { names, logGroup } = options;
  const { queue, dlq, table } = names;
  const throttles = ['ReadThrottleEvents', 'WriteThrottleEvents'];
  addFatalMetric(stack, logGroup);
  const alarms = [
    alarm(stack, 'DeadLetters', {
      description: 'Messages are in the dead-letter queue. Type: movie-load dlq ls',
      metrics: [
        queueMetric('letters', dlq, 'ApproximateNumberOfMessagesVisible', 'Maximum'),
        expressionQuery('value', 'FILL(letters, 0)', 'dead letters'),
      ],
      threshold: 1,
    }),
    alarm(stack, 'OldestMessage', {
      description: 'The oldest message is older than an hour. Type: movie-load queue, then movie-load jobs',
      metrics: [
        queueMetric('age', queue, 'ApproximateAgeOfOldestMessage', 'Maximum'),
        expressionQuery('value', 'FILL(age, 0)', 'seconds'),
      ],
      threshold: OLDEST_MESSAGE_SECONDS,
      minutes: 5,
    }),
    alarm(stack, 'NoConsumerWorks', {
      description: 'Messages wait, and none is in flight or deleted. Type: aws ecs describe-services, then the log',
      metrics: [
        queueMetric('visible', queue, 'ApproximateNumberOfMessagesVisible', 'Minimum'),
        queueMetric('deleted', queue, 'NumberOfMessagesDeleted', 'Sum'),
        expressionQuery('value', 'IF(FILL(visible, 0) > 0 AND FILL(deleted, 0) == 0, 1, 0)', 'no consumer works'),
      ],
      threshold: 1,
      minutes: 10,
    }),
    alarm(stack, 'Throttles', {
      description: 'DynamoDB throttles. Type: movie-load capacity, then ask AWS for more, or lower MaxConsumers',
      metrics: [
        ...throttles.map((name, index) =>
          metricQuery(`m${index}`, { namespace: 'AWS/DynamoDB', name, dimensions: { TableName: table }, stat: 'Sum' }),
        ),
        expressionQuery('value', 'FILL(m0, 0) + FILL(m1, 0)', 'throttled requests'),
      ],
      threshold: 100,
      minutes: 15,
    }),
    alarm(stack, 'FatalExits', {
      description:
        'A service ended with a bug (exit code 70). Type: aws logs tail /movie-load/services --filter-pattern fatal',
      metrics: [
        metricQuery('fatal', { namespace: LOG_NAMESPACE, name: 'FatalLines', dimensions: {}, stat: 'Sum' }),
        expressionQuery('value', 'FILL(fatal, 0)', 'fatal lines'),
      ],
      threshold: 1,
    }),
  ];
  addComposite(stack, alarms);
  addDashboard(stack, { names, alarms });
}

interface AlarmSettings {
  readonly description: string;
  readonly metrics: MetricQuery[];
  readonly threshold: number;
  readonly minutes?: number;
}

function alarm(stack: Stack, id: string, { description, metrics, threshold, minutes = 1 }: AlarmSettings): CfnAlarm {
  return new CfnAlarm(stack, id, {
    alarmDescription: description,
    metrics,
    threshold,
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    evaluationPeriods: minutes,
    treatMissingData: 'notBreaching',
  });
}

/** A fatal line is a service's last one. */
function addFatalMetric(stack: Stack, logGroup: CfnLogGroup): void {
  new CfnMetricFilter(stack, 'FatalLines', {
    logGroupName: logGroup.ref,
    filterPattern: '{ $.level = "fatal" }',
    metricTransformations: [{ metricNamespace: LOG_NAMESPACE, metricName: 'FatalLines', metricValue: '1' }],
  });
}

function addComposite(stack: Stack, alarms: readonly CfnAlarm[]): void {
  const topic = new CfnParameter(stack, 'AlarmTopicArn', {
    type: 'String',
    default: '',
    description: 'ARN of the SNS topic that is told of alarms. Empty: they are in the console of CloudWatch only.',
  });
  const hasTopic = new CfnCondition(stack, 'HasAlarmTopic', {
    expression: Fn.conditionNot(Fn.conditionEquals(topic.valueAsString, '')),
  });
  const actions = [Fn.conditionIf(hasTopic.logicalId, topic.valueAsString, Aws.NO_VALUE).toString()];
  const composite = new CfnCompositeAlarm(stack, 'NeedsAttention', {
    alarmDescription: 'An alarm of movie-load is on; its description says what to type.',
    alarmRule: Fn.sub(alarms.map((one) => `ALARM("\${${one.logicalId}}")`).join(' OR ')),
    alarmActions: actions,
    okActions: actions,
  });
  acknowledge(composite, 'F3033', EMPTY_ONLY_WHERE_UNUSED);
}
