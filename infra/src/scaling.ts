// Autoscaling: three alarms, whose step scaling policies set the exact number of consumers by the work in the queue.
// packages/simulation/src/cloudwatch runs these alarms and policies in a model of CloudWatch and Application Auto
// Scaling.
//
// Work is the time in seconds that one consumer would take for all messages, computed from their number and size: a
// packed message takes about eight times as long as a single one. Messages in flight count too. Otherwise the work
// would drop to 0 as soon as consumers have received the last messages.
import { type CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { expressionQuery, type MetricQuery, metricQuery, queueMetric, runningTasksMetric } from './metrics.ts';

export interface ScalingOptions {
  readonly queueName: string;
  readonly tableName: string;
  readonly clusterName: string;
  readonly serviceName: string;
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string;
  readonly minConsumers: number;
  readonly maxConsumers: number;
  /** TableWriteUnits: the write units per second that the table accepts. */
  readonly tableUnits: CfnParameter;
}

/** The time that a consumer takes for a message, and for each of its bytes, as `movie-load capacity` computes it. */
const SECONDS_PER_MESSAGE = 0.0006;
const SECONDS_PER_BYTE = 0.00000009;
/** Bytes of messages whose movies take one write unit of the table. */
const BYTES_PER_WRITE_UNIT = 1230;
/** The size of a message with a single movie, assumed while no metric tells the size. */
const DEFAULT_MESSAGE_BYTES = 400;
/** The wanted number of consumers is the one that finishes the work in this time. */
const TARGET_SECONDS = 300;
const EMPTY_MINUTES = 10;
const LITTLE_WORK_MINUTES = 15;
/** Write units per minute: a fifth of what one consumer uses for single messages. */
const LITTLE_WORK_UNITS = 5000;
const UNITS_PER_PACKED_MESSAGE = 40;
/**
 * The numbers of consumers that scaling out sets. Each has enough message groups: a group has at most 200 messages, so
 * the work that makes one more consumer wanted comes from more groups than the eight that a consumer processes at once.
 * More than 75 consumers would not find enough: SQS searches 120,000 messages, which are 600 groups.
 */
const CONSUMER_STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 28, 40, 55, 75] as const;
/**
 * Consumers are added when more are wanted than the running number times this factor plus this margin, which is about
 * where the next step begins.
 */
const SCALE_OUT_FACTOR = 1.25;
const SCALE_OUT_MARGIN = 0.3;

/**
 * The metrics and expressions that compute the work. Only `visible` is not filled: the alarm evaluates each minute in
 * which SQS has reported it, even if other metrics have no data point.
 */
function workQueries({ queueName, tableName, clusterName, serviceName }: ScalingOptions): MetricQuery[] {
  const tableMetric = { namespace: 'AWS/DynamoDB', dimensions: { TableName: tableName } };
  return [
    queueMetric('visible', queueName, 'ApproximateNumberOfMessagesVisible', 'Maximum'),
    queueMetric('inFlight', queueName, 'ApproximateNumberOfMessagesNotVisible', 'Maximum'),
    queueMetric('size', queueName, 'SentMessageSize', 'Average'),
    queueMetric('deleted', queueName, 'NumberOfMessagesDeleted', 'Sum'),
    metricQuery('units', { ...tableMetric, name: 'ConsumedWriteCapacityUnits', stat: 'Sum' }),
    runningTasksMetric('tasks', { clusterName, serviceName }),
    // SQS reports the number of messages in flight only if there are any.
    intermediate('messages', 'visible + FILL(inFlight, 0)'),
    // SQS reports the size only while messages are sent. After that it follows from the write units per deleted
    // message.
    intermediate(
      'bytes',
      `IF(FILL(size, 0) > 0, FILL(size, 0), IF(FILL(deleted, 0) * FILL(units, 0) > 0, FILL(units, 0) * ${BYTES_PER_WRITE_UNIT} / (FILL(deleted, 0) + (FILL(deleted, 0) == 0)), ${DEFAULT_MESSAGE_BYTES}))`,
    ),
    // The seconds that one consumer takes for each message.
    intermediate('each', `${SECONDS_PER_MESSAGE} + bytes * ${withoutExponent(SECONDS_PER_BYTE)}`),
  ];
}

/** `0.00000009` instead of `9e-8`. */
const withoutExponent = (value: number): string => value.toFixed(8);

/** An expression that other expressions use; the alarm does not evaluate it itself. */
const intermediate = (id: string, expression: string): MetricQuery => ({ id, expression, returnData: false });

export function addScaling(stack: Stack, options: ScalingOptions): void {
  const target = new CfnScalableTarget(stack, 'ConsumerScaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: options.resourceId,
    minCapacity: options.minConsumers,
    maxCapacity: options.maxConsumers,
  });
  const policy = stepPolicies(stack, target);
  addWorkWaits(stack, options, policy('ScaleByWork', steps()));
  const work = workQueries(options);
  new CfnAlarm(stack, 'QueueIsEmpty', {
    alarmDescription: 'Scales to MinConsumers when the queue has been empty for ten minutes. No action is needed.',
    metrics: [
      ...work.filter(({ id }) => id === 'visible' || id === 'inFlight' || id === 'deleted'),
      // Deleted messages count, because consumers that keep up may have emptied the queue whenever SQS counts its
      // messages.
      expressionQuery('value', 'visible + FILL(inFlight, 0) + FILL(deleted, 0)', 'messages'),
    ],
    comparisonOperator: 'LessThanOrEqualToThreshold',
    threshold: 0,
    evaluationPeriods: EMPTY_MINUTES,
    // Without data points the state of the queue is unknown, so the alarm keeps its state.
    treatMissingData: 'ignore',
    alarmActions: [policy('ScaleToMinimum', [{ metricIntervalUpperBound: 0, scalingAdjustment: 0 }]).ref],
  });
  new CfnAlarm(stack, 'LittleWork', {
    alarmDescription:
      'Scales to one consumer when there has been little work for a quarter of an hour. No action is needed.',
    metrics: [
      ...work.filter(({ id }) => ['visible', 'inFlight', 'units', 'tasks'].includes(id)),
      // The write units of this minute, and those of all messages in the queue as if each were packed.
      expressionQuery(
        'value',
        `IF(tasks > 1, FILL(units, 0) + (visible + FILL(inFlight, 0)) * ${UNITS_PER_PACKED_MESSAGE}, ${LITTLE_WORK_UNITS})`,
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
 * Adds the alarm that is on while more consumers are wanted than run. It never scales in, because it is off when enough
 * run: neither while work waits, nor when a deployment adds tasks for a while.
 */
function addWorkWaits(stack: Stack, options: ScalingOptions, policy: CfnScalingPolicy): void {
  const messagesPerSecond = `\${${options.tableUnits.logicalId}} * ${BYTES_PER_WRITE_UNIT} / bytes`;
  new CfnAlarm(stack, 'WorkWaits', {
    alarmDescription: 'Scales out when the work in the queue needs more consumers than run. No action is needed.',
    metrics: [
      ...workQueries(options),
      // The number of consumers that together use all write units of the table; at least 1.
      intermediate('most', Fn.sub(`IF(${messagesPerSecond} * each < 1, 1, FLOOR(${messagesPerSecond} * each))`)),
      intermediate('wanted', `each * messages / ${TARGET_SECONDS}`),
      intermediate('allowed', 'IF(wanted < most, wanted, most)'),
      // REPEAT assumes that tasks of the minute before still run. Without a data point in the last minutes no task
      // runs.
      intermediate('running', 'FILL(FILL(tasks, REPEAT), 0)'),
      expressionQuery(
        'value',
        `IF(allowed > running * ${SCALE_OUT_FACTOR} + ${SCALE_OUT_MARGIN} * (running > 0), allowed, 0)`,
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

/** Rounds the wanted number, and chooses the largest of CONSUMER_STEPS that is not above the result; at least 1. */
function steps(): CfnScalingPolicy.StepAdjustmentProperty[] {
  return CONSUMER_STEPS.map((consumers, index) => {
    const next = CONSUMER_STEPS[index + 1];
    return {
      metricIntervalLowerBound: index === 0 ? 0 : consumers - 0.5,
      ...(next === undefined ? {} : { metricIntervalUpperBound: next - 0.5 }),
      scalingAdjustment: consumers,
    };
  });
}

/** Returns a function that adds a step scaling policy, which sets an exact number of tasks. */
const stepPolicies =
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
