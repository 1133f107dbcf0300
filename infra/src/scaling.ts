// How many consumers run: by the work in the queue, in steps with exact capacity.
//
// Work is not messages: a packed message takes some twenty times the CPU of a single one. Messages that are in flight count
// too, or the number would fall as soon as consumers hold what is left.
import type { Stack } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { expressionQuery, type MetricQuery, queueMetric } from './metrics.ts';

export interface ScalingOptions {
  readonly queueName: string;
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string;
  readonly minimum: number;
  readonly maximum: number;
}

/** Bytes of a body that cost as much as the message itself. */
const BYTES_OF_A_MESSAGE = 3000;
const SCALE_IN_MINUTES = 10;

/** From this much work on (in single messages), this number of consumers. */
const STEPS: readonly { readonly from: number; readonly consumers: number }[] = [
  { from: 1, consumers: 1 },
  { from: 20_000, consumers: 2 },
  { from: 60_000, consumers: 4 },
  { from: 200_000, consumers: 8 },
  { from: 600_000, consumers: 16 },
  { from: 2_000_000, consumers: 32 },
];

/** Work in single messages. The size is that of the last minute in which messages were sent. */
function workQueries(queueName: string): MetricQuery[] {
  return [
    queueMetric('visible', queueName, 'ApproximateNumberOfMessagesVisible', 'Maximum'),
    queueMetric('inFlight', queueName, 'ApproximateNumberOfMessagesNotVisible', 'Maximum'),
    queueMetric('size', queueName, 'SentMessageSize', 'Average'),
    expressionQuery(
      'work',
      `(FILL(visible, 0) + FILL(inFlight, 0)) * (1 + FILL(size, REPEAT) / ${BYTES_OF_A_MESSAGE})`,
      'work',
    ),
  ];
}

export function addScaling(stack: Stack, { queueName, resourceId, minimum, maximum }: ScalingOptions): void {
  const target = new CfnScalableTarget(stack, 'ConsumerScaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId,
    minCapacity: minimum,
    maxCapacity: maximum,
  });
  const policy = (id: string, steps: CfnScalingPolicy.StepAdjustmentProperty[]) =>
    new CfnScalingPolicy(stack, id, {
      policyName: id,
      policyType: 'StepScaling',
      scalingTargetId: target.ref,
      stepScalingPolicyConfiguration: {
        adjustmentType: 'ExactCapacity',
        metricAggregationType: 'Maximum',
        cooldown: 60,
        stepAdjustments: steps,
      },
    });
  const [first] = STEPS;
  const threshold = first?.from ?? 1;
  const byWork = policy('ScaleByWork', stepAdjustments(threshold));
  const toMinimum = policy('ScaleToMinimum', [{ metricIntervalUpperBound: 0, scalingAdjustment: 0 }]);
  new CfnAlarm(stack, 'WorkWaits', {
    alarmDescription: 'Scales consumers by the work in the queue. Nothing to do.',
    metrics: workQueries(queueName),
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    threshold,
    evaluationPeriods: 1,
    treatMissingData: 'notBreaching',
    alarmActions: [byWork.ref],
  });
  new CfnAlarm(stack, 'NoWork', {
    alarmDescription: 'Scales consumers to the minimum when the queue has been empty for a while. Nothing to do.',
    metrics: workQueries(queueName),
    comparisonOperator: 'LessThanThreshold',
    threshold,
    evaluationPeriods: SCALE_IN_MINUTES,
    treatMissingData: 'breaching',
    alarmActions: [toMinimum.ref],
  });
}

/** Bounds are counted from the alarm's threshold. */
function stepAdjustments(threshold: number): CfnScalingPolicy.StepAdjustmentProperty[] {
  return STEPS.map(({ from, consumers }, index) => {
    const next = STEPS[index + 1];
    return {
      metricIntervalLowerBound: from - threshold,
      ...(next === undefined ? {} : { metricIntervalUpperBound: next.from - threshold }),
      scalingAdjustment: consumers,
    };
  });
}
