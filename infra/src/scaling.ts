// Scales the number of consumers by the work in the queue, in steps with exact capacity.
// packages/simulation/src/cloudwatch runs these alarms and policies in a model of CloudWatch and Application Auto
// Scaling.
//
// Work is not the number of messages: a packed message takes a consumer seven times as long as a single one. It is
// computed in seconds of one consumer, from the size of messages. Messages in flight count too, or the number would
// fall as soon as consumers have received the last messages.
import { type CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { expressionQuery, type MetricQuery, metricQuery, queueMetric, serviceMetric } from './metrics.ts';

export interface ScalingOptions {
  readonly queueName: string;
  readonly tableName: string;
  readonly clusterName: string;
  readonly serviceName: string;
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string;
  readonly minimum: number;
  readonly maximum: number;
  /** The write units a second that the table accepts. */
  readonly tableUnits: CfnParameter;
}

/** A consumer's seconds for a message, and for each of its bytes, as `movie-load capacity` computes them. */
const MESSAGE_SECONDS = 0.0006;
const BYTE_SECONDS = 0.00000009;
const BYTES_OF_A_WRITE_UNIT = 1230;
/** The size of a single message, used when none is known. */
const LEAST_BYTES = 400;
/** The number of consumers is the one that does the work in this time. */
const DRAIN_SECONDS = 300;
const EMPTY_MINUTES = 10;
const LITTLE_WORK_MINUTES = 15;
/** A fifth of what one consumer writes of single messages in a minute. */
const LITTLE_WORK_UNITS = 5000;
const UNITS_OF_A_PACKED_MESSAGE = 40;
/**
 * Work for one consumer more is more message groups than it receives from at once, for a group has 200 messages at
 * most. Above 75 there would be none: SQS searches 120,000 messages, which are 600 groups, and a consumer receives
 * from eight.
 */
const CONSUMERS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 28, 40, 55, 75] as const;
/** That much more is wanted before consumers are added, and then the next step is. */
const MORE_THAN = 1.25;
const MORE_BY = 0.3;

/** A minute that has the first has a result: whatever else is missing is filled. */
function workQueries({ queueName, tableName, clusterName, serviceName }: ScalingOptions): MetricQuery[] {
  const ofTable = { namespace: 'AWS/DynamoDB', dimensions: { TableName: tableName } };
  return [
    queueMetric('visible', queueName, 'ApproximateNumberOfMessagesVisible', 'Maximum'),
    queueMetric('inFlight', queueName, 'ApproximateNumberOfMessagesNotVisible', 'Maximum'),
    queueMetric('size', queueName, 'SentMessageSize', 'Average'),
    queueMetric('deleted', queueName, 'NumberOfMessagesDeleted', 'Sum'),
    metricQuery('units', { ...ofTable, name: 'ConsumedWriteCapacityUnits', stat: 'Sum' }),
    serviceMetric('tasks', { clusterName, serviceName }),
    // SQS reports messages in flight only if there are any.
    part('messages', 'visible + FILL(inFlight, 0)'),
    // The size is known while messages are sent. After that it follows from their write units.
    part(
      'bytes',
      `IF(FILL(size, 0) > 0, FILL(size, 0), IF(FILL(deleted, 0) * FILL(units, 0) > 0, FILL(units, 0) * ${BYTES_OF_A_WRITE_UNIT} / (FILL(deleted, 0) + (FILL(deleted, 0) == 0)), ${LEAST_BYTES}))`,
    ),
    part('each', `${MESSAGE_SECONDS} + bytes * ${fixed(BYTE_SECONDS)}`),
  ];
}

const fixed = (value: number): string => value.toFixed(8);

/** An expression that another one uses. */
const part = (id: string, expression: string): MetricQuery => ({ id, expression, returnData: false });

export function addScaling(stack: Stack, options: ScalingOptions): void {
  const target = new CfnScalableTarget(stack, 'ConsumerScaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: options.resourceId,
    minCapacity: options.minimum,
    maxCapacity: options.maximum,
  });
  const policy = policyMaker(stack, target);
  addWorkWaits(stack, options, policy('ScaleByWork', steps()));
  const work = workQueries(options);
  new CfnAlarm(stack, 'QueueIsEmpty', {
    alarmDescription: 'Scales to the minimum when the queue has been empty for ten minutes. Nothing to do.',
    metrics: [
      ...work.filter(({ id }) => id === 'visible' || id === 'inFlight' || id === 'deleted'),
      // With a steady flow no message may be waiting at the moments when SQS counts.
      expressionQuery('value', 'visible + FILL(inFlight, 0) + FILL(deleted, 0)', 'messages'),
    ],
    comparisonOperator: 'LessThanOrEqualToThreshold',
    threshold: 0,
    evaluationPeriods: EMPTY_MINUTES,
    // Without a point nothing is known.
    treatMissingData: 'ignore',
    alarmActions: [policy('ScaleToMinimum', [{ metricIntervalUpperBound: 0, scalingAdjustment: 0 }]).ref],
  });
  new CfnAlarm(stack, 'LittleWork', {
    alarmDescription: 'Scales to one consumer when there has been little work for a while. Nothing to do.',
    metrics: [
      ...work.filter(({ id }) => ['visible', 'inFlight', 'units', 'tasks'].includes(id)),
      // What was done in this minute, and what waits: all of it as if it were packed.
      expressionQuery(
        'value',
        `IF(tasks > 1, FILL(units, 0) + (visible + FILL(inFlight, 0)) * ${UNITS_OF_A_PACKED_MESSAGE}, ${LITTLE_WORK_UNITS})`,
        'write units',
      ),
    ],
    comparisonOperator: 'LessThanThreshold',
    threshold: LITTLE_WORK_UNITS,
    evaluationPeriods: LITTLE_WORK_MINUTES,
    treatMissingData: 'notBreaching',
    alarmActions: [policy('ScaleToOne', [{ metricIntervalUpperBound: 0, scalingAdjustment: 1 }]).ref],
  });
}

/**
 * More consumers than run now are wanted: the alarm is off when there are enough, so nothing is scaled in while work
 * waits, and tasks that a deployment adds for a while change nothing.
 */
function addWorkWaits(stack: Stack, options: ScalingOptions, policy: CfnScalingPolicy): void {
  const perByte = `\${${options.tableUnits.logicalId}} * ${BYTES_OF_A_WRITE_UNIT} / bytes`;
  new CfnAlarm(stack, 'WorkWaits', {
    alarmDescription: 'Scales out by the work in the queue. Nothing to do.',
    metrics: [
      ...workQueries(options),
      part('most', Fn.sub(`IF(${perByte} * each < 1, 1, FLOOR(${perByte} * each))`)),

      part('wanted', `each * messages / ${DRAIN_SECONDS}`),
      part('allowed', 'IF(wanted < most, wanted, most)'),
      // Tasks that ran a minute ago still do; without a point for minutes there are none.
      part('running', 'FILL(FILL(tasks, REPEAT), 0)'),
      expressionQuery(
        'value',
        `IF(allowed > running * ${MORE_THAN} + ${MORE_BY} * (running > 0), allowed, 0)`,
        'consumers',
      ),
    ],
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 1,
    treatMissingData: 'notBreaching',
    alarmActions: [policy.ref],
  });
}

/** The nearest number of consumers, and above six the largest that is not above it; at least one. */
function steps(): CfnScalingPolicy.StepAdjustmentProperty[] {
  return CONSUMERS.map((consumers, index) => {
    const next = CONSUMERS[index + 1];
    return {
      metricIntervalLowerBound: index === 0 ? 0 : consumers - 0.5,
      ...(next === undefined ? {} : { metricIntervalUpperBound: next - 0.5 }),
      scalingAdjustment: consumers,
    };
  });
}

const policyMaker =
  (stack: Stack, target: CfnScalableTarget) =>
  (id: string, stepAdjustments: CfnScalingPolicy.StepAdjustmentProperty[]): CfnScalingPolicy =>
    new CfnScalingPolicy(stack, id, {
      policyName: id,
      policyType: 'StepScaling',
      scalingTargetId: target.ref,
      stepScalingPolicyConfiguration: {
        adjustmentType: 'ExactCapacity',
        metricAggregationType: 'Maximum',
        cooldown: 60,
        stepAdjustments,
      },
    });
